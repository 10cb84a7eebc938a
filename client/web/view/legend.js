// What colours, patterns and names of strokes mean, in the help.

import { element } from "./element.js";

const FAMILIES = [
  [
    "reflection",
    "label",
    true,
    "their feeling or situation, named tentatively; a summary is drawn the same way",
  ],
  ["reflection", "mirror", false, "their last words given back, or said in your own"],
  ["empathy", "accusation audit", false, "what they may hold against you, said first"],
  ["question", "open question", false, "how and what, or a question that a “no” answers well"],
  ["flow", "go on", false, "an invitation to talk, or a pause that you held"],
  ["solution", "premature solution", false, "an answer before they felt understood"],
  ["pressure", "leverage", false, "pressure of any kind: it costs trust"],
];

/** Fill the legend of the help. */
export function fillLegend(list) {
  list.replaceChildren(
    ...FAMILIES.map(([family, name, strong, meaning]) =>
      element(
        "li",
        {},
        element(
          "span",
          { class: "stroke", "data-family": family, "data-strong": strong },
          element("span", { class: "stroke-words" }, name),
        ),
        element("span", {}, meaning),
      ),
    ),
  );
}
