// Groups of buttons with a single tab stop: the arrow keys move between them.

/** For each arrow key, the axis, and the direction along it. */
const ARROWS = /** @type {Record<string, ["x" | "y", 1 | -1]>} */ ({
  ArrowLeft: ["x", -1],
  ArrowRight: ["x", 1],
  ArrowUp: ["y", -1],
  ArrowDown: ["y", 1],
});

/**
 * Lets the arrow keys move the focus to the nearest button in their direction.
 * @param {HTMLElement} group contains the buttons; they may come and go
 */
export function roveByArrows(group) {
  const buttons = () => [...group.querySelectorAll("button")];

  group.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    const at = event.target;
    if (!arrow || !(at instanceof HTMLButtonElement) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    nearest(at, buttons(), ...arrow)?.focus();
  });
  group.addEventListener("focusin", ({ target }) => {
    for (const button of buttons()) button.tabIndex = button === target ? 0 : -1;
  });

  return {
    /** Makes one button the tab stop, if none is. */
    refresh() {
      const all = buttons();
      if (
        all.some(
          ({ tabIndex, attributes }) => tabIndex === 0 && attributes.getNamedItem("tabindex"),
        )
      ) {
        return;
      }
      all.forEach((button, i) => {
        button.tabIndex = i === 0 ? 0 : -1;
      });
    },
  };
}

/**
 * @param {HTMLElement} from
 * @param {HTMLElement[]} all
 * @param {"x" | "y"} axis
 * @param {1 | -1} direction
 */
function nearest(from, all, axis, direction) {
  const start = centre(from);
  const across = axis === "x" ? "y" : "x";
  let best;
  let least = Number.POSITIVE_INFINITY;
  for (const button of all) {
    const at = centre(button);
    const ahead = (at[axis] - start[axis]) * direction;
    // To go straight is better than to be close.
    const cost = ahead + 10 * Math.abs(at[across] - start[across]);
    if (ahead > 1 && cost < least) [best, least] = [button, cost];
  }
  return best;
}

/** @param {HTMLElement} element */
function centre(element) {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: left + width / 2, y: top + height / 2 };
}
