// The marks of a drill's rounds: each state has a shape of its own, and a word for who cannot see it.

import { element, svg } from "./element.js";

/** What a mark says. */
export const MARK_WORDS = { passed: "passed", missed: "not yet", now: "now", open: "to come" };

/** Draw one mark; sized by its style. */
export const drawMark = (kind) =>
  svg(
    "svg",
    { class: "mark", viewBox: "0 0 24 24", "aria-hidden": "true", "data-mark": kind },
    ...shape(kind),
  );

function shape(kind) {
  switch (kind) {
    case "passed":
      return [
        svg("circle", { class: "mark-solid", cx: 12, cy: 12, r: 11 }),
        svg("path", { class: "mark-cut", d: "M6.6 12.4l3.7 3.7 7.2-7.7" }),
      ];
    case "missed":
      return [
        svg("path", { class: "mark-edge", d: "M12 2.2L21.8 12L12 21.8L2.2 12Z" }),
        svg("path", { class: "mark-edge", d: "M8.4 12h7.2" }),
      ];
    case "now":
      return [
        svg("circle", { class: "mark-edge", cx: 12, cy: 12, r: 9.6 }),
        svg("circle", { class: "mark-solid", cx: 12, cy: 12, r: 4.4 }),
      ];
    case "dot": // one of so many, no matter which
      return [svg("circle", { class: "mark-solid", cx: 12, cy: 12, r: 6 })];
    default:
      return [svg("circle", { class: "mark-edge", cx: 12, cy: 12, r: 5 })];
  }
}

/** Draw the row of a drill into `list`, an `ol`; a mark that stays keeps its node. */
export function createMarks(list) {
  let drawn = [];
  return (marks) => {
    marks.forEach((kind, index) => {
      if (drawn[index] === kind) return;
      const words = `Round ${index + 1}: ${MARK_WORDS[kind]}`;
      const spoken = element("span", { class: "visually-hidden" }, words);
      const item = element("li", { "data-mark": kind }, drawMark(kind), spoken);
      if (list.children[index]) list.children[index].replaceWith(item);
      else list.append(item);
    });
    while (list.childElementCount > marks.length) list.lastElementChild.remove();
    drawn = marks;
  };
}
