// What is going on, in a few quiet words under the portrait.

import { firstName } from "../people.js";
import { setText } from "./element.js";

const WORDS = {
  ready: (name) => `${name} is picking up`,
  counterpart_speaking: (name) => `${name} is speaking`,
  talked_over: (name) => `You are both speaking`,
  listening: (name) => `${name} is listening`,
  trainee_speaking: (name) => `${name} is listening to you`,
  trainee_pausing: (name) => `${name} waits`,
  understanding: (name) => `${name} takes that in`,
  ended: (name) => `The call is over`,
};

/** What a phase is called while one talks with `name`. */
export const wordsOf = (phase, name) => WORDS[phase](name);

/** Draw into `element`, and mark the whole call with the phase for its style. */
export function createPhase({ element, call }) {
  return {
    render({ scenario, drill, phase, link, muted }) {
      call.dataset.phase = phase;
      call.dataset.link = link;
      call.toggleAttribute("data-muted", muted);
      const name = firstName(scenario?.person ?? "");
      if (link === "connecting" && !drill) setText(element, `Calling ${name}`);
      else if (link === "connecting" || (drill && phase === "ready")) setText(element, "Getting ready");
      else if (link !== "open" && phase !== "ended") setText(element, `The line to ${name} is down`);
      else if (muted && phase !== "counterpart_speaking") setText(element, `${name} cannot hear you`);
      else setText(element, wordsOf(phase, name));
    },
  };
}
