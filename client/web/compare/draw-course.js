// How one measure went in both tries, drawn over each other. The first is dashed and ends in a square,
// the second is solid and ends in a dot, so that colour alone says nothing.

import { element, svg } from "../view/element.js";

const [WIDTH, HEIGHT, EDGE] = [560, 150, 14];

/** A figure: its name, the picture, and the same in words. `course` is that of `courseOf`. */
export function drawCourse({ name, course, names }) {
  const x = (step) => EDGE + (step * (WIDTH - 2 * EDGE)) / (course.steps - 1);
  const y = (value) => EDGE + (1 - value) * (HEIGHT - 2 * EDGE);
  const line = (points, side) =>
    svg("polyline", {
      class: "course-line",
      "data-side": side,
      points: points.map(({ step, value }) => `${x(step).toFixed(1)},${y(value).toFixed(1)}`).join(" "),
    });
  const parting = course.shared.at(-1);
  const picture = svg(
    "svg",
    { class: "course-picture", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": words(name, course, names) },
    ...[0, 0.5, 1].map((value) =>
      svg("line", { class: "course-grid", x1: EDGE, x2: WIDTH - EDGE, y1: y(value), y2: y(value) }),
    ),
    ...(parting
      ? [svg("line", { class: "course-parting", x1: x(parting.step), x2: x(parting.step), y1: 0, y2: HEIGHT })]
      : []),
    line(course.shared, "shared"),
    line(course.left, sideOf(names[0])),
    line(course.right, sideOf(names[1])),
    ...[
      [course.left, names[0]],
      [course.right, names[1]],
    ]
      .filter(([points]) => points.length)
      .map(([points, who]) => end(x(points.at(-1).step), y(points.at(-1).value), sideOf(who))),
  );
  return element("figure", { class: "course" }, element("figcaption", {}, name), picture);
}

/** What a line of this try looks like, for the legend. */
export function drawKey(who) {
  const side = sideOf(who);
  return svg(
    "svg",
    { class: "course-key", viewBox: "0 0 44 14", "aria-hidden": "true" },
    svg("polyline", { class: "course-line", "data-side": side, points: "2,7 34,7" }),
    end(36, 7, side),
  );
}

const sideOf = (who) => (who === "First try" ? "first" : "second");

const end = (x, y, side) =>
  side === "first"
    ? svg("rect", { class: "course-end", "data-side": side, x: x - 5, y: y - 5, width: 10, height: 10 })
    : svg("circle", { class: "course-end", "data-side": side, cx: x, cy: y, r: 5.5 });

function words(name, { shared, left, right }, names) {
  const level = (points) => Math.round(100 * (points.at(-1)?.value ?? 0));
  const begin = shared.length ? `${level(shared)} of 100 where they part; ` : "";
  return `${name}: ${begin}${names[0].toLowerCase()} ends at ${level(left)}, ${names[1].toLowerCase()} at ${level(right)}.`;
}
