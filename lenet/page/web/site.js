// The static site: starts the page, and makes it available offline.

import { start } from "./main.js";
import { fromServer } from "./served.js";

export function openSite() {
  const shell = document.querySelector(".sketchpad");
  if (!(shell instanceof HTMLElement)) return;
  // Later than the first reading, so that the two don't compete for the connection.
  shell.addEventListener("reading", registerWorker, { once: true });
  start(shell, fromServer());
}

/** Some browsers have no service workers in private windows, in frames, or without HTTPS. */
function registerWorker() {
  navigator.serviceWorker?.register("service-worker.js").catch(console.info);
}
