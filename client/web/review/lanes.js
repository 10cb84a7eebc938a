// Where things stand on the time line, from top to bottom, and what is under the pointer. Pure.

import { loudness } from "./peaks.js";

const GAP = 2;
const TALL = { ruler: 20, pins: 18, moves: 20, wave: 46, course: 44, strip: 5 };
const LOW = { ruler: 18, pins: 18, moves: 14, wave: 30, course: 34, strip: 4 };

/**
 * Give `{ ruler, pins, moves, waves: [{ side, y, height, down }], course, ring, height }`.
 *
 * `sides` are those that are drawn; `topics` how many segments the ring has; 0 leaves
 * the course out. Without `comments` there are no pins.
 */
export function lanesFor({ sides, topics, comments, low }) {
  const size = low ? LOW : TALL;
  let y = 0;
  const lane = (height, after = GAP) => {
    const made = { y, height };
    y += height + after;
    return made;
  };
  const ruler = lane(size.ruler, 0);
  const pins = lane(comments ? size.pins : 0);
  const moves = lane(size.moves);
  const waves = sides.map((side, index) => ({ side, down: index === 1, ...lane(size.wave, 0) }));
  y += 6;
  const course = topics ? lane(size.course, 4) : null;
  const ring = topics ? { ...lane(topics * size.strip), strip: size.strip } : null;
  return { ruler, pins, moves, waves, course, ring, height: y + 2 };
}

const inside = ({ y, height }, at) => at >= y && at < y + height;

/** Give the mark under a point of the time line, or `null`; `toX` turns seconds into pixels. */
export function markUnder({ x, y }, { lanes, marks, toX }) {
  const near = (at, pixels) => Math.abs(toX(at) - x) <= pixels;
  const across = ({ from, to }, least) => {
    const left = toX(from);
    return x >= left - 1 && x <= Math.max(toX(to), left + least) + 1;
  };
  const nearest = (kind, pixels) =>
    marks
      .filter((mark) => mark.kind === kind && near(mark.from, pixels))
      .sort((a, b) => Math.abs(toX(a.from) - x) - Math.abs(toX(b.from) - x))[0] ?? null;
  if (inside(lanes.pins, y)) return nearest("comment", 9);
  if (inside(lanes.moves, y)) return marks.findLast((m) => m.kind === "move" && across(m, 8)) ?? null;
  if (lanes.course && inside(lanes.course, y)) return nearest("turning", 9);
  if (!lanes.waves.some((wave) => inside(wave, y))) return null;
  const seam = lanes.waves[0].y + lanes.waves[0].height;
  if (Math.abs(y - seam) <= 14 && nearest("interruption", 7)) return nearest("interruption", 7);
  return marks.find((mark) => mark.kind === "silence" && across(mark, 0)) ?? null;
}

/** Heights of bars or points of one side's wave, 0 to 1, as the eye likes them: quiet speech is seen. */
export function heights(peaks, span, count) {
  const found = loudness(peaks.levels, { ...span, count, perSecond: peaks.perSecond });
  return found.map((value) => Math.min(1, value * peaks.gain) ** 0.8);
}
