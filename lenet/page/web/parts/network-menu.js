import { SketchpadError } from "../core/errors.js";
import { NotReachable } from "../core/files.js";

/** @import { Gallery } from "../core/gallery.js" */
/** @import { Network } from "../types" */

const RETRY = 1000;
const RETRYING = "The server isn't responding. Retrying…";
const NOT_LOADED =
  "This network can't be loaded because the server isn't responding. Choose it again later.";

/**
 * Fills the menu of networks and selects the first one. If a network can't be used, the previous
 * one stays selected.
 * @param {object} options
 * @param {HTMLSelectElement} options.menu
 * @param {Gallery} options.gallery
 * @param {string} [options.first] the name of the network to select first
 * @param {(network: Network) => void} options.onChoose
 * @param {(problem: string) => void} options.onProblem
 */
export function fillNetworkMenu({ menu, gallery, first, onChoose, onProblem }) {
  let isClosed = false;
  /** The name of the network in use. */
  let selected = "";

  /**
   * The result of `call`, which is repeated until the files can be reached or nobody wants them.
   * @template Result
   * @param {() => Promise<Result>} call
   * @param {() => boolean} isWanted
   */
  async function persist(call, isWanted) {
    while (isWanted()) {
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof NotReachable) || selected || !isWanted()) throw error;
        onProblem(RETRYING);
        await new Promise((resolve) => setTimeout(resolve, RETRY));
      }
    }
  }

  async function choose() {
    const name = menu.value;
    const isWanted = () => menu.value === name && !isClosed;
    try {
      const network = await persist(() => gallery.network(name), isWanted);
      if (!network || !isWanted()) return;
      selected = name;
      onChoose(network);
    } catch (error) {
      if (!isWanted()) return;
      if (selected) menu.value = selected;
      onProblem(sentence(error));
    }
  }

  async function fill() {
    const found = await persist(
      () => gallery.menu(),
      () => !isClosed,
    );
    if (!found) return;
    const { models, folder } = found;
    menu.replaceChildren(...models.map(({ name, title }) => new Option(title, name)));
    if (models.some(({ name }) => name === first)) menu.value = String(first);
    if (models.length) return choose();
    onProblem(`There is no network in ${folder} yet. Run python train.py, then reload this page.`);
  }

  menu.addEventListener("change", choose);
  fill();

  return {
    close() {
      isClosed = true;
    },
  };
}

/**
 * What to tell people about an error.
 * @param {unknown} error
 */
function sentence(error) {
  if (error instanceof SketchpadError) return error.message;
  if (error instanceof NotReachable) return NOT_LOADED;
  throw error;
}
