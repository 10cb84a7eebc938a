// What is going on, in a few quiet words under the portrait.

import { holdOf } from "../drill.js";
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

// In a drill somebody else calls in each round: what counts is whose turn it is.
const WORDS_IN_A_DRILL = {
  ready: "Getting ready",
  counterpart_speaking: "Listen",
  talked_over: "You are both speaking",
  listening: "Your turn",
  trainee_speaking: "You are speaking",
  trainee_pausing: "Take your time",
  understanding: "One moment",
  ended: "The drill is over",
};

/** What a phase is called while one talks with `name`. */
export const wordsOf = (phase, name) => WORDS[phase](name);

/** What a phase is called in a drill, where silence may be what is asked for. */
export const drillWordsOf = (phase, hold = null) =>
  phase === "listening" && hold !== null ? "Quiet" : WORDS_IN_A_DRILL[phase];

/** Draw into `element`, and mark the whole call with the phase for its style. */
export function createPhase({ element, call }) {
  return {
    render(state) {
      const { phase, link, muted, drill } = state;
      call.dataset.phase = phase;
      call.dataset.link = link;
      call.toggleAttribute("data-muted", muted);
      setText(element, drill ? inDrill(state) : inCall(state));
    },
  };
}

function inCall({ scenario, phase, link, muted }) {
  const name = firstName(scenario?.person ?? "");
  if (link === "connecting") return `Calling ${name}`;
  if (link !== "open" && phase !== "ended") return `The line to ${name} is down`;
  if (muted && phase !== "counterpart_speaking") return `${name} cannot hear you`;
  return wordsOf(phase, name);
}

function inDrill({ drill, phase, link, muted }) {
  if (link === "connecting") return drillWordsOf("ready");
  if (link !== "open" && phase !== "ended") return "The line is down";
  if (muted && phase !== "counterpart_speaking") return "You are muted";
  return drillWordsOf(phase, holdOf(drill));
}
