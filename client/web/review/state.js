// Everything the review page knows, and the only function that changes it: `reduce` is pure.
//
// The position of the sound changes sixty times a second and is not state: it goes straight from the
// player to what draws it.

import { tellCall } from "./call.js";
import { firstSpan, following, moved, spanFrom, zoomed } from "./span.js";

export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3];

export const initialState = Object.freeze({
  phase: "loading", // loading, ready, failed, deleted
  progress: 0, // 0 to 1
  trouble: null, // { code, title, next }
  review: null,
  call: null, // the review as a time line, see call.js
  peaks: Object.freeze({ trainee: null, counterpart: null }), // of each side: { levels, perSecond, gain }
  peaksMissing: false,

  playing: false,
  stretch: null, // { from, to }: what is played and then stops; null plays on
  speed: 1,
  volumes: Object.freeze({ trainee: 1, counterpart: 1 }),
  span: Object.freeze({ from: 0, to: 1 }), // what the time line shows
  following: true, // the transcript keeps what is said in sight

  panel: "conversation", // on a narrow screen: conversation, checks, figures, notes
  commenting: null, // seconds of the comment that is being written
  overruling: "", // id of the check that is being overruled
  saving: false,
  notice: null, // { code, title, next }
  letters: true, // whether single letters are keys
});

/** Give the state after a message; throws `RangeError` on a message that nobody defined. */
export function reduce(state, message) {
  switch (message.type) {
    case "progress":
      return { ...state, progress: message.share };
    case "opened":
      return opened(state, message.review);
    case "failed":
      return { ...state, phase: "failed", trouble: message.trouble };
    case "retry":
      return { ...state, phase: "loading", trouble: null, progress: 0 };
    case "peaks":
      return { ...state, peaks: { ...state.peaks, [message.side]: message.peaks } };
    case "peaks_missing":
      return { ...state, peaksMissing: true };

    case "playing":
      return { ...state, playing: message.on, stretch: message.on ? message.stretch : null };
    case "speed":
      return { ...state, speed: message.speed };
    case "volume":
      return { ...state, volumes: { ...state.volumes, [message.side]: message.volume } };
    case "follow":
      return { ...state, following: message.on };

    case "zoom":
      return look(state, zoomed(state.span, message.factor, message.at, state.call.seconds));
    case "pan":
      return look(state, moved(state.span, message.by, state.call.seconds));
    case "look_at":
      return look(state, spanFrom(message.from, message.length, state.call.seconds));
    case "position":
      return look(state, following(state.span, message.at, state.call.seconds));

    case "panel":
      return { ...state, panel: message.panel };
    case "comment":
      return { ...state, commenting: message.at, panel: message.at === null ? state.panel : "notes" };
    case "overrule":
      return { ...state, overruling: message.check };
    case "letters":
      return { ...state, letters: message.on };

    case "saving":
      return { ...state, saving: true, notice: null };
    case "noted":
      return noted(state, message.review);
    case "refused":
      return { ...state, saving: false, notice: message.notice };
    case "notice":
      return { ...state, notice: message.notice };
    case "deleted":
      return { ...state, phase: "deleted", playing: false };
    default:
      throw new RangeError(`The review page does not know the message "${message.type}".`);
  }
}

function opened(state, review) {
  const call = tellCall(review);
  return { ...state, phase: "ready", progress: 1, review, call, span: firstSpan(call.seconds) };
}

// The server's answer to a note is the whole review; what the reader looks at stays.
function noted(state, review) {
  const done = { saving: false, notice: null, commenting: null, overruling: "" };
  return { ...state, ...done, review, call: tellCall(review) };
}

function look(state, span) {
  const { from, to } = state.span;
  return span.from === from && span.to === to ? state : { ...state, span };
}

/** The speed `steps` further in the list of speeds. */
export function otherSpeed(speed, steps) {
  const place = SPEEDS.findIndex((other) => other >= speed);
  return SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, place + steps))];
}
