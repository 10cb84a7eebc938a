// How the other side stood over time: trust as a line with dots, tension dashed with squares, turning
// points as arrows, and the ring unrolled: one band for each topic, which grows as it is understood.

import { FILLED } from "../view/ring.js";
import { line } from "./draw.js";

const DOT = 2.5;
const ROOM = 12; // pixels from dot to dot, on average; closer ones would make one thick line

export function drawCourse(scene, lane, course, seconds) {
  const { context, palette, width } = scene;
  context.strokeStyle = palette.rule;
  line(context, 0, lane.y + lane.height + 0.5, width, lane.y + lane.height + 0.5);
  const toY = (value) => lane.y + 3 + (1 - value) * (lane.height - 6);
  const [from, to] = [scene.toX(0), scene.toX(seconds)];
  const sparse = (to - from) / course.length > ROOM;
  const draw = (pick, colour, dashes, mark) => {
    context.strokeStyle = colour;
    context.fillStyle = colour;
    context.lineWidth = 1.8;
    context.setLineDash(dashes);
    context.beginPath();
    for (const entry of course) context.lineTo(scene.toX(entry.at_seconds), toY(pick(entry)));
    if (course.length) context.lineTo(scene.toX(seconds), toY(pick(course.at(-1))));
    context.stroke();
    context.setLineDash([]);
    if (sparse) for (const entry of course) mark(scene.toX(entry.at_seconds), toY(pick(entry)));
    context.lineWidth = 1;
  };
  draw(
    ({ tension }) => tension,
    palette.warning,
    [5, 4],
    (x, y) => context.fillRect(x - DOT, y - DOT, 2 * DOT, 2 * DOT),
  );
  draw(
    ({ trust }) => trust,
    palette.understood,
    [],
    (x, y) => {
      context.beginPath();
      context.arc(x, y, DOT, 0, 7);
      context.fill();
    },
  );
}

export function drawTurningPoints({ context, palette, toX }, { y, height }, marks) {
  for (const { kind, from, better } of marks) {
    if (kind !== "turning") continue;
    const [x, way] = [toX(from), better ? -1 : 1];
    const tip = better ? y : y + height;
    context.fillStyle = better ? palette.understood : palette.warning;
    context.strokeStyle = palette.paper;
    context.beginPath();
    context.moveTo(x - 6, tip - 9 * way);
    context.lineTo(x + 6, tip - 9 * way);
    context.lineTo(x, tip);
    context.closePath();
    context.stroke();
    context.fill();
  }
}

export function drawRing({ context, palette, toX, width }, { y, strip }, course, seconds) {
  const topics = course[0]?.ring.map(({ topic }) => topic) ?? [];
  topics.forEach((topic, row) => {
    const bottom = y + (row + 1) * strip - 2;
    context.strokeStyle = palette.rule;
    line(context, 0, bottom + 0.5, width, bottom + 0.5);
    context.fillStyle = palette.understood;
    course.forEach((entry, index) => {
      const state = entry.ring.find((segment) => segment.topic === topic)?.state ?? "unspoken";
      const tall = FILLED[state] * (strip - 1.5);
      const left = toX(entry.at_seconds);
      const right = toX(course[index + 1]?.at_seconds ?? seconds);
      if (tall && right >= 0 && left <= width) context.fillRect(left, bottom - tall, right - left, tall);
    });
  });
}
