/**
 * Tabs that follow the ARIA Authoring Practices: only the open tab is in the tab order; the arrow
 * keys, Home and End move to a different tab and open it. Hidden tabs are skipped.
 * @param {HTMLElement} list contains a button for each tab, which names its panel
 * @param {(tab: HTMLElement) => void} onChoose receives the tab that a person chose
 */
export function makeTabs(list, onChoose) {
  const tabs = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[role=tab]")]);

  list.addEventListener("click", (event) => {
    const tab = tabs.find((candidate) => candidate.contains(/** @type {Node} */ (event.target)));
    if (tab) onChoose(tab);
  });
  list.addEventListener("keydown", (event) => {
    const visible = tabs.filter((tab) => !tab.hidden);
    const at = visible.indexOf(/** @type {HTMLElement} */ (event.target));
    /** @type {Record<string, number>} */
    const goals = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: -1 };
    if (at < 0 || !(event.key in goals)) return;
    event.preventDefault();
    const goal = visible.at(goals[event.key] % visible.length);
    goal?.focus();
    if (goal) onChoose(goal);
  });

  return {
    /**
     * Opens the tab and closes the rest.
     * @param {HTMLElement} open
     */
    open(open) {
      for (const tab of tabs) {
        tab.ariaSelected = String(tab === open);
        tab.tabIndex = tab === open ? 0 : -1;
      }
    },
  };
}
