/** Milliseconds without a change after which a drawing counts as finished. */
const REST = 250;

/**
 * Calls a function with the newest values once they have rested for a moment; `cancel` forgets a
 * call that waits.
 * @template {unknown[]} Values
 * @param {(...values: Values) => void} action
 * @param {number} [rest] milliseconds
 */
export function whenResting(action, rest = REST) {
  let timer = 0;
  return {
    /** @param {Values} values */
    schedule(...values) {
      clearTimeout(timer);
      timer = setTimeout(() => action(...values), rest);
    },
    cancel: () => clearTimeout(timer),
  };
}
