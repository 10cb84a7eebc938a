// On a narrow screen the text and the side share one place: buttons choose what is seen. On a wide one
// all of it is there, and the buttons are not.

const PANELS = ["conversation", "checks", "figures", "notes"];

/** Bind the buttons and show the chosen panel. */
export function createPanels({ byId, scope, choose }) {
  const buttons = PANELS.map((name) => byId(`show-${name}`));
  buttons.forEach((button, index) => scope.listen(button, "click", () => choose(PANELS[index])));
  return {
    render({ panel }) {
      if (byId("columns").dataset.panel === panel) return;
      byId("columns").dataset.panel = panel;
      buttons.forEach((button, index) =>
        button.setAttribute("aria-pressed", String(PANELS[index] === panel)),
      );
    },
  };
}
