/** Milliseconds without a change after which a drawing counts as finished. */
const REST = 250;

/**
 * Calls a function once the drawing has rested for a moment; `cancel` forgets a call that waits.
 * @param {() => void} action
 */
export function whenResting(action) {
  let timer = 0;
  return {
    schedule() {
      clearTimeout(timer);
      timer = setTimeout(action, REST);
    },
    cancel: () => clearTimeout(timer),
  };
}
