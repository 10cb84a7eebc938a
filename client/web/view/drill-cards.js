// The drills one can do, on the start page: each opens to how it goes, and begins with its own button.

import { element } from "./element.js";
import { drawMark } from "./marks.js";

/** Draw into `list`; the `section` is hidden while there is none. The buttons call `start(card)`. */
export function createDrillCards({ section, list, start }) {
  let drawn = null;
  return {
    render({ drills, branch }) {
      section.hidden = !drills?.length || Boolean(branch);
      if (drills === drawn || drills === null) return;
      const open = list.querySelector("[open]")?.closest("[data-drill]").dataset.drill;
      drawn = drills;
      list.replaceChildren(...drills.map((card) => drillCard(card, start, card.id === open)));
    },
  };
}

function drillCard(card, start, open) {
  const { id, title, trains, how, rounds, prompts, last } = card;
  const button = element("button", { type: "button", class: "primary" }, "Start");
  button.append(element("span", { class: "visually-hidden" }, `: ${title}`));
  button.addEventListener("click", () => start(card));
  return element(
    "li",
    { class: "drill-card", "data-drill": id },
    element(
      "details",
      { name: "drill", open },
      element(
        "summary",
        {},
        element("span", { class: "drill-card-title" }, title),
        element("span", { class: "drill-card-trains" }, trains),
        lastTime(last),
      ),
      element(
        "div",
        { class: "drill-card-body" },
        element("p", {}, how),
        element("p", { class: "hint" }, `${rounds} rounds, out of ${prompts} lines.`),
        button,
      ),
    ),
  );
}

function lastTime(last) {
  if (!last) return element("span", { class: "drill-card-last" }, "Not tried yet");
  const { rounds, passed } = last;
  const dots = Array.from({ length: rounds }, (_, index) => drawMark(index < passed ? "dot" : "open"));
  return element(
    "span",
    { class: "drill-card-last" },
    element("span", { class: "dots", "aria-hidden": "true" }, ...dots),
    scoreInWords(last),
  );
}

/** "Last time 7 of 10, 4 in a row". */
export function scoreInWords({ passed, rounds, longest_streak: streak }) {
  const row = streak > 1 ? `, ${streak} in a row` : "";
  return `Last time ${passed} of ${rounds}${row}`;
}
