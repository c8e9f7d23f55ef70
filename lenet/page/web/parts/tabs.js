/**
 * Tabs by the pattern of the ARIA Authoring Practices: only the open one is in the tab order; the
 * arrow keys, Home and End move to another and open it. Hidden tabs are passed over.
 * @param {HTMLElement} list holds a button for each tab, which names its panel
 * @param {(tab: HTMLElement) => void} chosen is called with the tab that a person chose
 */
export function makeTabs(list, chosen) {
  const tabs = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[role=tab]")]);

  list.addEventListener("click", (event) => {
    const tab = tabs.find((candidate) => candidate.contains(/** @type {Node} */ (event.target)));
    if (tab) chosen(tab);
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
    if (goal) chosen(goal);
  });

  return {
    /**
     * Opens the tab and closes all other tabs.
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
