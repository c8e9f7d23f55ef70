// What the page gets from the server that it comes from, when it is linked into one file:
// web-VERSION/page.js.

import { filesAt } from "./core/files.js";
import { workerAt } from "./core/workers.js";

/** The address of the app or the static site. */
export const HOME = new URL("..", import.meta.url);

export const fromServer = () => ({
  files: filesAt(HOME),
  startWorker: () => workerAt(new URL("worker.js", import.meta.url)),
});
