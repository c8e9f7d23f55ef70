import { SketchpadError } from "../core/errors.js";
import { NotReachable } from "../core/files.js";
import { menuTitle } from "../core/format.js";
import { text } from "../core/texts.js";

/** @import { Gallery } from "../core/gallery.js" */
/** @import { Menu, Network } from "../types" */

const RETRY = 1000;

/**
 * Fills the menu of networks and selects the first one. If a network can't be used, the previous
 * one stays selected.
 * @param {object} options
 * @param {HTMLSelectElement} options.menu
 * @param {Gallery} options.gallery
 * @param {string} [options.first] the name of the network to select first
 * @param {(models: Menu["models"]) => void} options.onFill
 * @param {(network: Network) => void} options.onChoose
 * @param {(problem: string) => void} options.onProblem
 */
export function fillNetworkMenu({ menu, gallery, first, onFill, onChoose, onProblem }) {
  let isClosed = false;
  /** The name of the network in use. */
  let selected = "";
  /** @type {Menu["models"]} */
  let listed = [];

  /**
   * The result of `call`; undefined if it failed, which is reported, or is no longer wanted. The page
   * needs a network to be of use, so the first one is requested until it arrives.
   * @template Result
   * @param {() => Promise<Result>} call
   * @param {() => boolean} isWanted
   */
  async function attempt(call, isWanted) {
    while (isWanted()) {
      try {
        const result = await call();
        if (isWanted()) return result;
      } catch (error) {
        if (!isWanted()) return;
        if (selected || !(error instanceof NotReachable)) return report(error);
        onProblem(text("errors.retrying"));
        await new Promise((resolve) => setTimeout(resolve, RETRY));
      }
    }
  }

  /** @param {unknown} error */
  function report(error) {
    if (selected) menu.value = selected;
    onProblem(sentence(error));
  }

  async function choose() {
    const name = menu.value;
    const network = await attempt(
      () => gallery.network(name),
      () => menu.value === name && !isClosed,
    );
    if (!network) return;
    selected = name;
    onChoose(network);
  }

  async function fill() {
    const found = await attempt(
      () => gallery.menu(),
      () => !isClosed,
    );
    if (!found) return;
    const { models, folder } = found;
    listed = models;
    menu.replaceChildren(...models.map((model) => new Option(menuTitle(model), model.name)));
    if (models.some(({ name }) => name === first)) menu.value = String(first);
    onFill(models);
    if (models.length) return choose();
    onProblem(text("errors.noNetwork", { folder }));
  }

  menu.addEventListener("change", choose);
  fill();

  return {
    /** Shows the titles in the current language. */
    translate() {
      listed.forEach((model, i) => {
        menu.options[i].text = menuTitle(model);
      });
    },
    /**
     * Chooses the network of that name, which must be in the menu.
     * @param {string} name
     */
    choose(name) {
      menu.value = name;
      return choose();
    },
    close() {
      isClosed = true;
    },
  };
}

/**
 * The message that an error shows.
 * @param {unknown} error
 */
function sentence(error) {
  if (error instanceof SketchpadError) return error.message;
  if (error instanceof NotReachable) return text("errors.notLoaded");
  throw error;
}
