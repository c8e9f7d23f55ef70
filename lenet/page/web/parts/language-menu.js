import { LANGUAGES, text } from "../core/texts.js";
import { element } from "./dom.js";

/** @import { Store } from "../types" */

/**
 * A menu of the page's languages.
 * @param {Store} state
 */
export function makeLanguageMenu(state) {
  const menu = element('<select id="language"></select>');
  if (!(menu instanceof HTMLSelectElement)) throw new Error("This is not a menu.");
  menu.ariaLabel = text("page.language");
  menu.append(
    ...Object.entries(LANGUAGES).map(([code, { page }]) => {
      const option = new Option(code.toUpperCase(), code);
      option.title = option.ariaLabel = String(page.name);
      option.lang = code;
      return option;
    }),
  );
  menu.value = state.get("language");
  menu.addEventListener("change", () => state.set({ language: menu.value }));
  return menu;
}
