import { isFailure, NO_ANSWER, wait } from "../core/requests.js";

/** @import { Network, Server } from "../types" */

const RETRY = 1000;

/**
 * Fills the menu of networks from the server and selects the first one.
 * @param {object} options
 * @param {HTMLSelectElement} options.menu
 * @param {Server} options.server
 * @param {(network: Network | null, problem: string) => void} options.onChoose receives the network,
 *   or null and the reason why there is none
 */
export async function fillNetworkMenu({ menu, server, onChoose }) {
  /**
   * Calls repeatedly until there is an answer or it is no longer wanted.
   * @template Answer
   * @param {() => Promise<Answer | undefined>} call
   * @param {() => boolean} wanted
   */
  async function persist(call, wanted) {
    let answer = await call();
    while (!answer && wanted()) {
      onChoose(null, NO_ANSWER);
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
    if (isFailure(inputs)) onChoose(null, inputs.error);
    else onChoose({ name, ...inputs }, "");
  }

  menu.addEventListener("change", choose);
  const found = await persist(
    () => server.models({}),
    () => true,
  );
  if (!found || isFailure(found)) return;
  menu.replaceChildren(...found.models.map(({ name, title }) => new Option(title, name)));
  if (found.models.length) return choose();
  onChoose(
    null,
    `There is no network in ${found.folder} yet. Run python train.py, then reload this page.`,
  );
}
