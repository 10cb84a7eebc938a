// How the person spoke, in numbers that explain themselves. None is a grade, so none has a colour.

import { element } from "../view/element.js";

/** Draw into `place`. */
export function createFigures({ place }) {
  let drawn = null;
  return {
    render({ review }) {
      if (!review || review.figures === drawn) return;
      drawn = review.figures;
      place.replaceChildren(
        drawn.length
          ? element("dl", { class: "measures" }, ...drawn.map(measure))
          : element("p", { class: "hint" }, "Nothing was measured in this call."),
      );
    },
  };
}

function measure({ id, name, value, unit, meaning, good }) {
  return element(
    "div",
    { "data-figure": id },
    element("dt", {}, name),
    element(
      "dd",
      { class: "value" },
      value === null ? "not known" : `${tidy(value)}`,
      value === null || !unit ? null : element("span", { class: "unit" }, unitOf(unit)),
    ),
    element("dd", {}, meaning),
    good ? element("dd", { class: "good" }, good) : null,
  );
}

const unitOf = (unit) => (unit === "%" ? "%" : ` ${unit}`);

/** A number as one would say it: no more digits than mean something. */
export function tidy(value) {
  const digits = Math.abs(value) >= 10 || Number.isInteger(value) ? 0 : 1;
  return value.toFixed(digits);
}
