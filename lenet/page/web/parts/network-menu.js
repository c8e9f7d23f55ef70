import { isFailure, NO_ANSWER, wait } from "../core/asking.js";

/** @import { Network, Server } from "../types" */

const RETRY = 1000;

/**
 * The menu of networks, filled by the server. The first is chosen at once.
 * @param {object} options
 * @param {HTMLSelectElement} options.menu
 * @param {Server} options.server
 * @param {(network: Network | null, problem: string) => void} options.chosen receives the network, or
 *   what keeps the page from having one
 */
export async function fillNetworkMenu({ menu, server, chosen }) {
  /**
   * Calls until there is an answer, as long as it is wanted.
   * @template Answer
   * @param {() => Promise<Answer | undefined>} call
   * @param {() => boolean} wanted
   */
  async function persist(call, wanted) {
    let answer = await call();
    while (!answer && wanted()) {
      chosen(null, NO_ANSWER);
      await wait(RETRY);
      answer = await call();
    }
    return wanted() ? answer : undefined;
  }

  async function choose() {
    const name = menu.value;
    const inputs = await persist(
      () => server.inputs(name),
      () => menu.value === name,
    );
    if (!inputs) return;
    if (isFailure(inputs)) chosen(null, inputs.error);
    else chosen({ name, ...inputs }, "");
  }

  menu.addEventListener("change", choose);
  const found = await persist(
    () => server.models({}),
    () => true,
  );
  if (!found || isFailure(found)) return;
  menu.replaceChildren(...found.models.map(({ name, title }) => new Option(title, name)));
  if (found.models.length) return choose();
  chosen(
    null,
    `There is no network in ${found.folder} yet. Run python train.py, then reload this page.`,
  );
}
