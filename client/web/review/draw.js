// The time line as a picture: ruler, waves, silences, interruptions. Only what is in the span is drawn.
//
// Who speaks is told by side and shape: the trainee's loudness stands up in solid bars, the other
// side's hangs down as an outline.

import { clock } from "../view/element.js";
import { heights } from "./lanes.js";
import { rulerStep } from "./span.js";

const BAR = 3; // pixels from one bar to the next
const POINT = 2; // pixels from one point of the outline to the next

/** What all painters need: `{ context, palette, span, width, toX }`. */
export function view({ context, palette, span, width }) {
  const perSecond = width / (span.to - span.from);
  return { context, palette, span, width, perSecond, toX: (at) => (at - span.from) * perSecond };
}

export const visible = ({ from, to }, span) => to >= span.from && from <= span.to;

export function drawRuler({ context, palette, span, width, toX }, { y, height }, bottom) {
  const step = rulerStep(span, width);
  context.font = `500 11px ${palette.sans}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  for (let at = Math.ceil(span.from / step) * step; at <= span.to; at += step) {
    const x = Math.round(toX(at)) + 0.5;
    context.strokeStyle = palette.rule;
    line(context, x, y + 4, x, bottom);
    context.fillStyle = palette["ink-soft"];
    const text = step < 1 ? `${clock(at)}.${Math.round((at % 1) * 10)}` : clock(at);
    if (x + 34 < width) context.fillText(text, x + 4, y + height / 2);
  }
}

export function drawWave(scene, lane, peaks) {
  const { context, palette, width } = scene;
  const zero = lane.down ? lane.y : lane.y + lane.height;
  context.strokeStyle = palette.edge;
  line(context, 0, zero + 0.5, width, zero + 0.5);
  if (!peaks) return;
  if (lane.down) drawOutline(scene, lane, peaks);
  else drawBars(scene, lane, peaks);
}

function drawBars({ context, palette, span, width }, lane, peaks) {
  const count = Math.max(1, Math.round(width / BAR));
  const zero = lane.y + lane.height;
  context.fillStyle = palette.ink;
  heights(peaks, span, count).forEach((share, index) => {
    const tall = share * (lane.height - 3);
    if (tall > 0.6) context.fillRect((index / count) * width, zero - tall, BAR - 1, tall);
  });
}

function drawOutline({ context, palette, span, width }, lane, peaks) {
  const count = Math.max(2, Math.round(width / POINT));
  const points = heights(peaks, span, count);
  context.beginPath();
  context.moveTo(0, lane.y);
  points.forEach((share, index) =>
    context.lineTo(((index + 0.5) / count) * width, lane.y + share * (lane.height - 3)),
  );
  context.lineTo(width, lane.y);
  context.fillStyle = palette["paper-sunk"];
  context.fill();
  context.strokeStyle = palette.ink;
  context.lineWidth = 1.2;
  context.stroke();
  context.lineWidth = 1;
}

export function drawSilences({ context, palette, span, toX }, waves, marks) {
  const [top, bottom] = [waves[0].y, waves.at(-1).y + waves.at(-1).height];
  const seam = waves.length > 1 ? waves[1].y : bottom - 12;
  for (const { kind, from, to, afterLabel } of marks) {
    if (kind !== "silence" || !visible({ from, to }, span)) continue;
    const [left, right] = [toX(from), toX(to)];
    const colour = afterLabel ? palette.understood : palette.edge;
    context.save();
    context.beginPath();
    context.rect(left, top, right - left, bottom - top);
    context.clip();
    context.strokeStyle = colour;
    context.globalAlpha = 0.45;
    // The hatching is fixed to time: it moves with what it lies on.
    for (let x = left - (bottom - top); x < right; x += 9)
      line(context, x, bottom, x + (bottom - top), top);
    context.restore();
    name({ context, palette }, `${(to - from).toFixed(1)} s`, { left, right, y: seam, colour });
  }
}

// A few words in the middle of a stretch, where there is room.
function name({ context, palette }, text, { left, right, y, colour }) {
  context.font = `600 11px ${palette.sans}`;
  const wide = context.measureText(text).width;
  if (wide + 12 > right - left) return;
  const middle = (left + right) / 2;
  context.fillStyle = palette.paper;
  context.beginPath();
  context.roundRect(middle - wide / 2 - 5, y - 9, wide + 10, 18, 9);
  context.fill();
  context.strokeStyle = colour;
  context.stroke();
  context.fillStyle = palette.ink;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(text, middle, y + 0.5);
}

// A bolt across the seam, with its head on the side of whoever was talked over.
export function drawInterruptions({ context, palette, span, toX }, waves, marks) {
  const seam = waves[0].y + waves[0].height;
  context.strokeStyle = palette.warning;
  context.fillStyle = palette.warning;
  for (const mark of marks) {
    if (mark.kind !== "interruption" || !visible(mark, span)) continue;
    const x = toX(mark.from);
    const way = mark.by === "trainee" ? 1 : -1;
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(x + 3, seam - 13 * way);
    context.lineTo(x - 3, seam - 1 * way);
    context.lineTo(x + 3, seam + 1 * way);
    context.lineTo(x, seam + 9 * way);
    context.stroke();
    context.beginPath();
    context.moveTo(x - 4.5, seam + 7 * way);
    context.lineTo(x + 4.5, seam + 7 * way);
    context.lineTo(x, seam + 14 * way);
    context.fill();
    context.lineWidth = 1;
  }
}

export function drawComments({ context, palette, span, toX }, { y, height }, marks, bottom) {
  for (const mark of marks) {
    if (mark.kind !== "comment" || !visible(mark, span)) continue;
    const x = Math.max(8, toX(mark.from));
    context.strokeStyle = palette.ink;
    context.setLineDash([2, 3]);
    line(context, x, y + height - 3, x, bottom);
    context.setLineDash([]);
    context.fillStyle = palette.ink;
    context.beginPath();
    context.roundRect(x - 7, y + 1, 14, 11, 3);
    context.moveTo(x - 3, y + 11);
    context.lineTo(x, y + height - 2);
    context.lineTo(x + 3, y + 11);
    context.fill();
    context.fillStyle = palette.paper;
    for (const dot of [-3.5, 0, 3.5]) context.fillRect(x + dot - 1, y + 5.5, 2, 2);
  }
}

export function line(context, x1, y1, x2, y2) {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}
