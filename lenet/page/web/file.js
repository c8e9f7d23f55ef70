// The single file: starts the page with what it contains.

import { filesIn } from "./core/files.js";
import { workerFrom } from "./core/workers.js";
import { start } from "./main.js";

/** @param {string} workerCode starts the worker as a plain script */
export function openFile(workerCode) {
  const shell = document.querySelector(".sketchpad");
  if (!(shell instanceof HTMLElement)) return;
  const files = filesIn(JSON.parse(document.querySelector("#files")?.textContent ?? ""));
  start(shell, { files, startWorker: () => workerFrom(workerCode) });
}
