// The shape that stands for a person: closed contour lines like those of a hill on a map, different
// for each name and always the same for one. Pure: names and levels in, SVG path data out.

import { numbersOf } from "../people.js";

const POINTS = 72;
const CONTOURS = 9;
const HARMONICS = [2, 3, 5];

/** What is drawn of a person: a hue and one list of harmonics for each contour, from outside in. */
export function shapeOf(name) {
  const numbers = numbersOf(name);
  const draw = (from, to) => from + (to - from) * numbers.next().value;
  const hue = Math.round(draw(220, 500)) % 360; // not the green of the ring
  const outer = HARMONICS.map((order) => ({
    order,
    size: draw(0.15, 1) * (0.26 / order),
    turn: draw(0, 6.283),
  }));
  const [driftX, driftY] = [draw(-0.16, 0.16), draw(-0.16, 0.16)];
  const twist = draw(-0.9, 0.9);
  const contours = Array.from({ length: CONTOURS }, (_, index) => {
    const depth = index / CONTOURS;
    return {
      depth,
      radius: 0.8 * (1 - depth) ** 0.92,
      x: driftX * depth,
      y: driftY * depth,
      waves: outer.map(({ order, size, turn }) => ({
        order,
        size: size * (1 + 0.7 * depth),
        turn: turn + twist * depth,
      })),
    };
  });
  return { hue, contours };
}

/**
 * Give the path of one contour in a box from -1 to 1. `level` (0 to 1) pushes it outward and deepens
 * its waves: voice that reaches a contour is seen to pass through it.
 */
export function contourPath({ depth, radius, x, y, waves }, level) {
  const points = [];
  const swing = 1 + 0.9 * level * (1 - depth); // the inner lines lie close: more would make them cross
  for (let index = 0; index < POINTS; index += 1) {
    const angle = (index / POINTS) * 2 * Math.PI;
    let stretch = 1 + 0.12 * level;
    for (const { order, size, turn } of waves) {
      stretch += size * swing * Math.sin(order * angle + turn + 0.5 * level);
    }
    const distance = radius * stretch;
    points.push([x + distance * Math.cos(angle), y + distance * Math.sin(angle)]);
  }
  return smooth(points);
}

// A closed curve through the middles of the sides, with the points as its handles.
function smooth(points) {
  const middle = ([ax, ay], [bx, by]) => `${((ax + bx) / 2).toFixed(4)} ${((ay + by) / 2).toFixed(4)}`;
  let path = `M${middle(points.at(-1), points[0])}`;
  points.forEach((point, index) => {
    const next = points[(index + 1) % points.length];
    path += `Q${point[0].toFixed(4)} ${point[1].toFixed(4)} ${middle(point, next)}`;
  });
  return `${path}Z`;
}
