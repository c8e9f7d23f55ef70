// Tabs by the pattern of the ARIA Authoring Practices: only the open one is in the tab order; the
// arrow keys, Home and End move to another and open it. A tab that is opened hears "open".

const tabs = [...element.querySelectorAll("[role=tab]")];
const openTab = () => tabs.find((tab) => tab.ariaSelected === "true");

function turnTo(tab) {
  for (const other of tabs) {
    other.ariaSelected = String(other === tab);
    other.tabIndex = other === tab ? 0 : -1;
    find("#" + other.getAttribute("aria-controls")).hidden = other !== tab;
  }
  tab.dispatchEvent(new CustomEvent("open"));
}

tabs.forEach((tab, i) => {
  const goals = { ArrowLeft: i - 1, ArrowRight: i + 1, Home: 0, End: -1 };
  tab.addEventListener("click", () => turnTo(tab));
  tab.addEventListener("keydown", (event) => {
    if (!(event.key in goals)) return;
    event.preventDefault();
    const goal = tabs.at(goals[event.key] % tabs.length);
    goal.focus();
    turnTo(goal);
  });
});
