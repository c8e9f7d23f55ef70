// Makes the static site work offline. lenet/page/site.py writes this file to the site's folder, after
// a line that sets `self.SITE`. It handles only the addresses listed there, so
// it changes nothing for other pages of the same host.

/**
 * Addresses relative to the site's folder. What is at an address in `fixed` never changes; the rest
 * is in `changing`. The first visit stores those in `first`. `version` is a hash of all content.
 * @typedef {{ version: string, fixed: string[], changing: string[], first: string[] }} Site
 */
/**
 * @typedef {Event & {
 *   request: Request,
 *   respondWith(answer: Promise<Response>): void,
 *   waitUntil(work: Promise<unknown>): void,
 * }} WorkerEvent
 */
/**
 * @typedef {{
 *   SITE: Site,
 *   registration: { scope: string },
 *   clients: { claim(): Promise<void> },
 *   skipWaiting(): Promise<void>,
 *   addEventListener(type: string, listener: (event: WorkerEvent) => void): void,
 * }} WorkerScope
 */

/** Milliseconds to wait for a slow server before the stored file is used. */
const PATIENCE = 3000;

const worker = /** @type {WorkerScope} */ (/** @type {unknown} */ (globalThis));
const { scope } = worker.registration;
// Other sites on the same host have caches with other names.
const OURS = `lenet-sketchpad ${scope} `;
const CACHE = OURS + worker.SITE.version;

/** @param {string[]} addresses */
const resolved = (addresses) => new Set(addresses.map((path) => new URL(path, scope).href));
const fixed = resolved(worker.SITE.fixed);
const changing = resolved(worker.SITE.changing);
const first = resolved(worker.SITE.first);

// An open page has loaded all its modules, so a new version need not wait until it is closed.
worker.addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => worker.skipWaiting()));
});
worker.addEventListener("activate", (event) => event.waitUntil(takeOver()));
worker.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const address = url.replace(/[?#].*/, "");
  if (method !== "GET") return;
  if (fixed.has(address)) event.respondWith(cacheFirst(address, event.request));
  else if (changing.has(address)) event.respondWith(networkFirst(address, event.request));
});

async function fill() {
  const cache = await caches.open(CACHE);
  const addresses = [...fixed, ...changing];
  await Promise.all(
    addresses.map(async (address) => {
      const isFirst = first.has(address);
      // Networks that were used before an update of the site stay available.
      const old = isFirst && changing.has(address) ? undefined : await caches.match(address);
      if (old) await cache.put(address, old);
      else if (isFirst) await cache.add(fresh(address));
    }),
  );
}

/**
 * A request that bypasses the browser's own cache, unless the file never changes.
 * @param {string} address
 */
const fresh = (address) =>
  new Request(address, { cache: fixed.has(address) ? "default" : "no-cache" });

async function takeOver() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(OURS) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/**
 * The stored file, or else the server's.
 * @param {string} address
 * @param {Request} request
 */
async function cacheFirst(address, request) {
  return (await find(address)) ?? store(address, await fetch(request));
}

/**
 * The server's file, or else the stored one.
 * @param {string} address
 * @param {Request} request
 */
async function networkFirst(address, request) {
  const old = await find(address);
  const answer = fetchAndStore(address, request);
  if (!old) return answer;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE)).then(() => old);
  return Promise.race([answer.catch(() => old), late]);
}

/**
 * @param {string} address
 * @param {Request} request
 */
async function fetchAndStore(address, request) {
  const response = await fetch(request);
  if (response.status >= 500) throw new Error(`status ${response.status}`);
  return store(address, response);
}

/** @param {string} address */
const find = async (address) => (await caches.open(CACHE)).match(address, { ignoreVary: true });

/**
 * @param {string} address
 * @param {Response} response
 */
async function store(address, response) {
  const copy = response.clone();
  const cache = await caches.open(CACHE);
  // If the browser has no room for it, the page still works online.
  if (response.ok) await cache.put(address, copy).catch(console.info);
  return response;
}
