// Moves on the time line: the same colour, pattern and name as their strokes in the text.

import { lastBegun } from "./call.js";
import { line, visible } from "./draw.js";

const ROOM = 10; // pixels of air around a name

/** Draw every visible move; strong ones (labels, summaries) over the quieter ones. */
export function drawMoves({ context, palette, span, toX }, lane, marks) {
  const moves = marks.filter((mark) => mark.kind === "move" && visible(mark, span));
  moves.sort((a, b) => Number(a.stroke.strong) - Number(b.stroke.strong) || a.from - b.from);
  context.font = `600 11px ${palette.sans}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  const begins = moves.toSorted((a, b) => a.from - b.from);
  const middle = lane.y + (lane.height - 3) / 2 + 0.5;
  for (const { from, to, stroke } of moves) {
    const next = toX(begins[lastBegun(begins, from) + 1]?.from ?? Infinity);
    const left = toX(from);
    const wide = Math.max(toX(to) - left, 5);
    context.fillStyle = palette[`${stroke.family}-wash`];
    context.fillRect(left, lane.y, wide, lane.height - 3);
    context.save();
    context.beginPath();
    context.rect(left, lane.y, wide, lane.height);
    context.clip();
    context.strokeStyle = palette[stroke.family];
    context.fillStyle = palette[stroke.family];
    pattern(context, stroke, { left, right: left + wide, y: lane.y + lane.height - 3 });
    context.restore();
    // The name stands in its move, or beside it where that is too short and the next one far enough.
    const long = context.measureText(stroke.name).width + ROOM;
    const beside = left + wide + long <= next && left + wide > 0;
    context.fillStyle = palette[stroke.family];
    if (long <= wide) context.fillText(stroke.name, Math.max(left, 0) + ROOM / 2, middle);
    else if (beside) context.fillText(stroke.name, left + wide + ROOM / 2, middle);
  }
}

function pattern(context, { family, kind }, { left, right, y }) {
  context.lineWidth = kind === "summary" ? 4 : 2;
  if (family === "question") {
    for (let x = left; x < right; x += 6) context.fillRect(x, y - 1.5, 3, 3);
  } else if (family === "empathy") {
    context.lineWidth = 1.2;
    line(context, left, y - 2, right, y - 2);
    line(context, left, y + 1.5, right, y + 1.5);
  } else if (family === "pressure") {
    context.beginPath();
    for (let x = left, up = true; x <= right + 5; x += 5, up = !up) context.lineTo(x, up ? y - 3 : y + 2);
    context.stroke();
  } else if (family === "solution") {
    context.setLineDash([7, 4]);
    line(context, left, y, right, y);
    context.setLineDash([]);
  } else {
    if (family === "flow") context.lineWidth = 1;
    line(context, left, y, right, y);
  }
  context.lineWidth = 1;
}
