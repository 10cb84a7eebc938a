// Everything the page knows, and the only function that changes it: `reduce(state, message)` is pure.
//
// Messages are those of the wire (`voice_coach/messages.py`) and a few of the page's own, which are
// marked below. Microphone levels and playback positions change sixty times a second and are not
// state: they go straight from their source to the element that draws them.

import * as drilling from "./drill.js";

export const initialState = Object.freeze({
  screen: "start", // start, call, ended
  cards: null, // null until the server has answered
  drills: null, // the cards of drills; null until the server has answered
  chosen: "", // scenario id
  record: true,
  cues: true, // whether cues are wanted
  guardedness: "", // for the next call; empty: as the scenario has it
  branch: null, // the line from which the next call goes on, as the server tells of it

  link: "idle", // idle, connecting, open, reconnecting, lost
  seq: 0, // last message seen: what a resumed connection tells the server
  session: "",
  scenario: null,
  drill: null, // the drill that is going on, or that has just ended: see drill.js
  origin: null, // { session, turn }: where this call was taken up again; its earlier turns were said there
  startedSeconds: 0, // where on the call's time line it was taken up

  microphone: "off", // off, asking, ready, failed
  muted: false,
  trouble: null, // { title, next, code }: what is wrong and what to do, in words

  phase: "ready",
  ending: false, // the end of the call was asked for
  turns: [], // settled turns of both sides, in the order of the call
  partial: null, // the trainee's words that are still being spoken
  reply: null, // the counterpart's words that are still being spoken
  ring: [],
  glow: { topics: [], number: 0 }, // `number` grows so that the same topic can glow again
  cue: null,
  notice: null,
  latency: null,

  outcome: "",
  debrief: null,

  panels: Object.freeze({ confirm: false, latency: false, help: false }),
});

// What stays when a call begins or is left behind.
const fresh = ({ cards, drills, chosen, record, cues, guardedness, branch, microphone, panels }) => ({
  ...initialState,
  cards,
  drills,
  chosen,
  record,
  cues,
  guardedness,
  branch,
  microphone,
  panels: { ...panels, confirm: false },
});

/**
 * Give the state after a message; throws `RangeError` on a message that nobody defined.
 *
 * Messages of the server carry `seq` from 1 on. What was seen is not taken twice. After a resume the
 * welcome has a new number and what was missed follows it under its old numbers, so a welcome does not
 * move what counts as seen.
 */
export function reduce(state, message) {
  const numbered = message.seq > 0 && message.type !== "welcome";
  if (numbered && message.seq <= state.seq) return state;
  const next = step(state, message);
  return numbered ? { ...next, seq: message.seq } : next;
}

function step(state, message) {
  switch (message.type) {
    // ---- the server's
    case "welcome":
      return welcome(state, message);
    case "phase":
      return { ...state, phase: message.phase };
    case "partial":
      return partial(state, message);
    case "turn":
      return settle(state, message);
    case "reply":
      return reply(state, message);
    case "reply_end":
      return replyEnd(state, message);
    case "turn_taken_back":
      return takeBack(state, message);
    case "stop_playback": // the player obeys; the text is cut when the turn settles
    case "pause_playback":
    case "resume_playback":
      return state;
    case "ring":
      return ring(state, message);
    case "round":
      return onDrill(state, (drill) => drilling.startRound(drill, message.round));
    case "verdict":
      return onDrill(state, (drill) => drilling.judge(drill, message.verdict, latestUtterance(state)));
    case "cue":
      return { ...state, cue: state.cues ? message.cue : null };
    case "latency":
      return { ...state, latency: message };
    case "notice":
      return { ...state, notice: { code: message.code, title: message.text, next: "" } };
    case "ended":
      return ended(state, message);
    case "error":
      return failed(state, message);

    // ---- the page's own
    case "cards":
      return { ...state, cards: message.cards, chosen: state.chosen || (message.cards[0]?.id ?? "") };
    case "drills":
      return { ...state, drills: message.drills };
    case "choose":
      return { ...state, chosen: message.scenario };
    case "record":
      return { ...state, record: message.on };
    case "cues":
      return { ...state, cues: message.on, cue: message.on ? state.cue : null };
    case "guardedness":
      return { ...state, guardedness: message.level };
    case "branch":
      return { ...state, branch: message.branch, trouble: null };
    case "microphone":
      return { ...state, microphone: message.status, trouble: message.trouble ?? null };
    case "opening":
      return open(state, message);
    case "link":
      return { ...state, link: message.status };
    case "muted":
      return { ...state, muted: message.on };
    case "ending":
      return { ...state, ending: true, panels: { ...state.panels, confirm: false } };
    case "panel":
      return { ...state, panels: { ...state.panels, [message.name]: message.open } };
    case "trouble":
      return { ...state, trouble: message.trouble };
    case "notice_read":
      return { ...state, notice: null };
    case "home":
      return fresh(state);
    default:
      throw new RangeError(`The page does not know the message "${message.type}".`);
  }
}

// A call with somebody, or a drill: who speaks its lines is told by the server.
function open(state, { scenario = null, drill = null }) {
  const begun = drill && drilling.begin(drill);
  return { ...fresh(state), screen: "call", link: "connecting", scenario, drill: begun };
}

const onDrill = (state, change) => ({ ...state, drill: state.drill && change(state.drill) });

// The highest number of the trainee's utterances so far.
const latestUtterance = ({ partial, turns }) =>
  [partial, ...turns]
    .filter((line) => line?.key.startsWith("trainee-"))
    .reduce((latest, { key }) => Math.max(latest, Number(key.split("-")[1])), -1);

function welcome(state, message) {
  const { branch, next_sample: nextSample, microphone_rate_hz: rateHz } = message;
  return {
    ...state,
    origin: branch ?? null,
    startedSeconds: branch && !message.resumed ? nextSample / rateHz : state.startedSeconds,
    seq: message.resumed ? state.seq : message.seq,
    link: "open",
    session: message.session,
    scenario: message.scenario,
    drill: message.drill ? (state.drill ?? drilling.begin(message.drill)) : null,
    record: message.record,
    trouble: null,
  };
}

function partial(state, { utterance, settled, tentative, moves }) {
  // A late partial of a turn that is settled already must not bring its words back.
  if (state.turns.some((line) => line.key === `trainee-${utterance}`)) return state;
  const next = { ...state, partial: { key: `trainee-${utterance}`, settled, tentative, moves } };
  return onDrill(next, (drill) => drilling.answer(drill, utterance));
}

function reply(state, message) {
  const line = replyLine(message);
  return onDrill({ ...state, reply: line }, (drill) => drilling.speak(drill, line));
}

function replyLine({ reply, sentences, delivery, sample_rate_hz: rateHz }) {
  return {
    key: `counterpart-${reply}`,
    reply,
    text: sentences.join(" "),
    delivery,
    rateHz,
    samples: null,
  };
}

function replyEnd(state, { reply, samples }) {
  if (state.reply?.reply !== reply) return state;
  return { ...state, reply: { ...state.reply, samples } };
}

function settle(state, { utterance, turn }) {
  const line = { ...turn, key: `${turn.speaker}-${utterance}` };
  const others = state.turns.filter(({ key }) => key !== line.key);
  const turns = [...others, line].sort((a, b) => a.index - b.index);
  const next = {
    ...state,
    turns,
    partial: state.partial?.key === line.key ? null : state.partial,
    reply: state.reply?.key === line.key ? null : state.reply,
  };
  if (turn.speaker !== "trainee") return next;
  return onDrill(next, (drill) => drilling.answer(drill, utterance)); // a slow machine sends no partials
}

// The turn was not over: its line goes, and what answered it; its partials follow again.
function takeBack(state, { utterance }) {
  const turns = state.turns.filter(({ key }) => key !== `trainee-${utterance}`);
  return onDrill({ ...state, turns, reply: null }, (drill) => drilling.takeBack(drill, utterance));
}

function ring(state, { segments, opened }) {
  const glow = opened.length ? { topics: opened, number: state.glow.number + 1 } : state.glow;
  return { ...state, ring: segments, glow };
}

function ended(state, { session, outcome, debrief, drill = null }) {
  return {
    ...state,
    screen: "ended",
    link: "idle",
    phase: "ended",
    session,
    outcome,
    debrief,
    drill: state.drill && { ...state.drill, result: drill },
    ending: false,
    cue: null,
    trouble: null,
    partial: null,
    panels: { ...state.panels, confirm: false },
  };
}

function failed(state, { code, text, fatal }) {
  // Our word about a reply crossed the server's own decision about it: nothing is wrong.
  if (code === "unknown-reply") return state;
  if (!fatal) return { ...state, notice: { code, title: text, next: "" } };
  const next = "What was said so far is kept. Go back and start again.";
  return { ...state, link: "lost", trouble: { code, title: text, next } };
}
