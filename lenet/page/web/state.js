/** @import { Shared, Store } from "./types" */

/**
 * The store of the state that views share.
 * @param {Shared} initial
 * @returns {Store}
 */
export function makeStore(initial) {
  const values = { ...initial };
  /** @type {Set<{ keys: (keyof Shared)[], listener: () => void }>} */
  const subscriptions = new Set();

  return {
    get: (key) => values[key],

    set(changes) {
      const keys = /** @type {(keyof Shared)[]} */ (Object.keys(changes));
      const changed = keys.filter((key) => values[key] !== changes[key]);
      Object.assign(values, changes);
      for (const { keys, listener } of [...subscriptions]) {
        if (keys.some((key) => changed.includes(key))) listener();
      }
    },

    subscribe(keys, listener) {
      const subscription = { keys, listener };
      subscriptions.add(subscription);
      return () => subscriptions.delete(subscription);
    },
  };
}

/**
 * Returns a function that has `listener` called a little later, once for all calls until then: by
 * default at the end of the current turn of the event loop.
 * @param {() => void} listener
 * @param {(listener: () => void) => void} [defer]
 */
export function coalesced(listener, defer = queueMicrotask) {
  let isWaiting = false;
  return () => {
    if (isWaiting) return;
    isWaiting = true;
    defer(() => {
      isWaiting = false;
      listener();
    });
  };
}
