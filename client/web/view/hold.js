// The silence to hold: a circle around the portrait that fills while nobody speaks. No numbers race.

import { holdOf } from "../drill.js";

const STEPS_WHEN_CALM = 4; // who wants no movement sees it fill by quarters

/** Draw into `picture`, an SVG with one circle of class `hold-fill` in it. */
export function createHold({ picture, scope, now = () => performance.now() }) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const fill = picture.querySelector(".hold-fill");
  let round = null;
  let startedAt = 0;
  let seconds = null;

  const show = (share) => {
    const filled = calm.matches ? Math.floor(share * STEPS_WHEN_CALM) / STEPS_WHEN_CALM : share;
    fill.style.strokeDasharray = `${filled} 2`;
  };
  scope.frames(picture, () => {
    if (seconds !== null) show(Math.min(1, (now() - startedAt) / (1000 * seconds)));
  });

  return {
    render({ drill }) {
      const wanted = drill ? holdOf(drill) : null;
      if (wanted !== null && drill.round !== round) {
        [round, startedAt] = [drill.round, now()];
        show(0);
      }
      if (seconds !== null && wanted === null) show(drill?.shown?.verdict.passed ? 1 : 0);
      seconds = wanted;
      picture.toggleAttribute("data-holding", seconds !== null);
    },
  };
}
