// A level meter: a bar of small marks, louder to the right. It follows the microphone directly.

import { element } from "./element.js";

const MARKS = 16;
const FLOOR_DB = -54;
const CEILING_DB = -9;
const FALL_PER_FRAME = 0.06;

/** How many of the marks a level (root mean square, 0 to 1) lights, as a share from 0 to 1. */
export function shareOf(level) {
  if (level <= 0) return 0;
  const decibels = 20 * Math.log10(level);
  return Math.max(0, Math.min(1, (decibels - FLOOR_DB) / (CEILING_DB - FLOOR_DB)));
}

/** Draw into `place`; gives `show(level)`, to be called for each frame of the microphone. */
export function createMeter(place) {
  const marks = Array.from({ length: MARKS }, () => element("span", { class: "meter-mark" }));
  place.replaceChildren(...marks);
  let shown = 0;
  let lit = 0;
  return {
    show(level) {
      shown = Math.max(shareOf(level), shown - FALL_PER_FRAME);
      const now = Math.round(shown * MARKS);
      if (now === lit) return;
      lit = now;
      place.setAttribute("aria-valuenow", lit);
      marks.forEach((mark, index) => mark.classList.toggle("lit", index < lit));
    },
  };
}
