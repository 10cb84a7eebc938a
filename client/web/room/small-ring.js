// The ring at the size of a card: how much of why the counterpart came is understood, at a glance.

import { svg } from "../view/element.js";
import { arc, FILLED } from "../view/ring.js";
import { understood } from "./standing.js";

const GAP_DEGREES = 16;

/** Give `root`, and `render(ring)` which touches only what is different. */
export function createSmallRing() {
  const root = svg("svg", { class: "small-ring", viewBox: "-1.05 -1.05 2.1 2.1", role: "img" });
  let fills = [];
  let shown = null;

  const build = (length) => {
    const share = 360 / length;
    const paths = Array.from({ length }, (_, index) =>
      arc(index * share + GAP_DEGREES / 2, (index + 1) * share - GAP_DEGREES / 2),
    );
    fills = paths.map((d) => svg("path", { class: "small-ring-fill", d, pathLength: 1 }));
    root.replaceChildren(...paths.map((d) => svg("path", { class: "small-ring-track", d })), ...fills);
  };

  return {
    root,
    render(ring) {
      const states = ring.map(({ state }) => state).join(" ");
      if (states === shown) return;
      shown = states;
      root.toggleAttribute("hidden", ring.length === 0);
      if (ring.length !== fills.length) build(ring.length);
      ring.forEach(({ state }, index) => {
        fills[index].style.setProperty("--filled", FILLED[state]);
        fills[index].dataset.state = state;
      });
      root.setAttribute("aria-label", understood(ring));
    },
  };
}
