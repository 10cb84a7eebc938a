// Trends as pictures: marks for checks, a line for moves, and the same in words for who does not see.

import { element, svg } from "../view/element.js";

const WIDTH = 240;
const HEIGHT = 56;
const EDGE = 5;
const MARKS = 20; // the latest calls that have room in a row of marks

const share = (value) => `${Math.round(value * 100)} %`;
const rate = (value) => value.toFixed(1);

/** One check: a row of marks, oldest left; filled is yes. */
export function createCheck(trend) {
  const points = trend.points.slice(-MARKS);
  const marks = points.map(({ value }, index) =>
    svg("circle", {
      cx: EDGE + 2 + index * 12,
      cy: 10,
      r: 4,
      class: value ? "mark yes" : "mark",
    }),
  );
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} 20`, class: "marks", "aria-hidden": "true" }, ...marks);
  return item(trend, picture, share);
}

/** One move: how often in ten minutes, call after call. */
export function createMove(trend) {
  const most = Math.max(...trend.points.map(({ value }) => value));
  const across = (index) => EDGE + (index * (WIDTH - 2 * EDGE)) / Math.max(1, trend.points.length - 1);
  const down = (value) => HEIGHT - EDGE - (value / most) * (HEIGHT - 2 * EDGE);
  const places = trend.points.map(({ value }, index) => [across(index), down(value)]);
  const last = places.at(-1);
  const picture = svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "line", "aria-hidden": "true" },
    svg("line", { x1: EDGE, x2: WIDTH - EDGE, y1: HEIGHT - EDGE, y2: HEIGHT - EDGE, class: "ground" }),
    svg("polyline", { points: places.map((place) => place.join(",")).join(" ") }),
    svg("circle", { cx: last[0], cy: last[1], r: 4, class: "mark yes" }),
  );
  return item(trend, picture, rate);
}

function item({ id, name, wanted, lately, before, points }, picture, words) {
  const change = before === null ? "" : `, before ${words(before)}`;
  return element(
    "li",
    { class: "trend", "data-trend": id },
    element(
      "p",
      { class: "trend-name" },
      name,
      wanted ? null : element("span", { class: "hint" }, " (less is better)"),
    ),
    picture,
    element("p", { class: "trend-words" }, `lately ${words(lately)}${change}`),
    element(
      "details",
      {},
      element("summary", {}, "Call by call", element("span", { class: "visually-hidden" }, `: ${name}`)),
      element("ol", {}, ...points.map((point) => pointItem(point, words))),
    ),
  );
}

const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

function pointItem({ session, created, value }, words) {
  const link = element("a", { href: `/review/${session}` }, day.format(new Date(created)));
  return element("li", {}, link, ` ${words(value)}`);
}
