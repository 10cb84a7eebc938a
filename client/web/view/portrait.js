// The counterpart's portrait: still while they are silent; their voice travels outward through the
// contours. `data-level` and `data-peak` hold the loudness now and the loudest of the call.

import { fullName } from "../people.js";
import { svg } from "./element.js";
import { contourPath, shapeOf } from "./shape.js";

const FRAMES_PER_CONTOUR = 3;
const LOUD = 0.25; // root mean square of a loud voice: full movement
const REST = 0.004;

/** Draw a person, without movement: for cards. */
export function drawPortrait(person) {
  const { hue, contours } = shapeOf(fullName(person));
  const picture = svg("svg", { class: "portrait", viewBox: "-1 -1 2 2", "aria-hidden": "true" });
  picture.style.setProperty("--hue", hue);
  const paths = contours.map((contour, index) =>
    svg("path", { class: index ? "portrait-line" : "portrait-ground", d: contourPath(contour, 0) }),
  );
  picture.append(...paths);
  return { picture, contours, paths };
}

/** Put the portrait of a call into `element`; `level()` gives the loudness of the voice. */
export function createPortrait({ element, scope, level }) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let person = null;
  let drawn = null;
  let past = [];
  let peak = 0;

  const frame = () => {
    if (!drawn) return;
    const now = level();
    peak = Math.max(peak, now);
    element.dataset.level = now.toFixed(3);
    element.dataset.peak = peak.toFixed(3);
    // Quick to rise, slow to fall: syllables are seen, samples are not.
    const last = past[0] ?? 0;
    const shown = Math.min(1, now / LOUD);
    past.unshift(shown > last ? last + (shown - last) * 0.5 : last * 0.88);
    past.length = Math.min(past.length, drawn.contours.length * FRAMES_PER_CONTOUR);
    if (!calm.matches && past.some((value) => value > REST)) move();
  };

  const move = () => {
    const { contours, paths } = drawn;
    contours.forEach((contour, index) => {
      const age = (contours.length - 1 - index) * FRAMES_PER_CONTOUR;
      const reached = past[age] ?? 0;
      paths[index].setAttribute("d", contourPath(contour, reached < REST ? 0 : reached));
    });
  };

  scope.frames(element, frame);
  return {
    render({ scenario }) {
      if (!scenario || scenario.person === person) return;
      person = scenario.person;
      drawn = drawPortrait(person);
      past = [];
      peak = 0;
      element.replaceChildren(drawn.picture);
    },
  };
}
