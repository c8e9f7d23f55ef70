// The Gradio app: starts the page in the element that Gradio provides.

import { start } from "./main.js";
import { fromServer } from "./served.js";

/** @param {HTMLElement} shell */
export const openApp = (shell) => start(shell, fromServer());
