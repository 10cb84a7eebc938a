// The composition of the review page: one state, the views that draw it, what buttons and keys do.

import { recall, remember } from "../memory.js";
import { Scope } from "../scope.js";
import { soundTrouble } from "../trouble.js";
import { createBanner } from "../view/banner.js";
import { element } from "../view/element.js";
import { fillLegend } from "../view/legend.js";
import { lineAt, neighbour, sideName } from "./call.js";
import { createFigures } from "./figures.js";
import { createHead } from "./head.js";
import { bindKeys, KEYS, SPEAKER_KEYS } from "./keys.js";
import { bindMenus } from "./menus.js";
import { createNotes } from "./notes.js";
import { createOverview } from "./overview.js";
import { createPanels } from "./panels.js";
import { gainOf, pyramid } from "./peaks.js";
import { Player } from "./player.js";
import { createScorecard } from "./scorecard.js";
import { Session, sessionOf, Trouble } from "./server.js";
import { createStanding } from "./standing.js";
import { createStates } from "./states.js";
import { initialState, otherSpeed, reduce } from "./state.js";
import { createTimeline } from "./timeline.js";
import { createTranscript } from "./transcript.js";
import { createTransport } from "./transport.js";

const ASK_AGAIN_MS = 2000;

const page = new Scope();
const byId = (id) => document.getElementById(id);
const session = new Session(sessionOf(location.pathname));
let state = { ...initialState, letters: recall("letters", true) !== false };
let player = null;
let shownAt = -1;
const menus = bindMenus({ root: document, scope: page });

function dispatch(message) {
  state = reduce(state, message);
  for (const view of views) view.render(state);
}

const names = () => ({ trainee: "You", counterpart: sideName(state.review) });

// ---- what is played

const on = {
  hear(from, to = null) {
    dispatch({ type: "follow", on: true });
    player.play(from, to);
  },
  zoom: (factor, at) => dispatch({ type: "zoom", factor, at }),
  pan: (by) => dispatch({ type: "pan", by }),
  lookAt: (from, length) => dispatch({ type: "look_at", from, length }),
  scrolled: () => dispatch({ type: "follow", on: false }),
  speed(speed) {
    player.speed = speed;
    dispatch({ type: "speed", speed });
  },
  volume(side, volume) {
    player.setVolume(side, volume);
    dispatch({ type: "volume", side, volume });
  },
  letters(wanted) {
    remember("letters", wanted);
    dispatch({ type: "letters", on: wanted });
  },
  comment: (at) => dispatch({ type: "comment", at }),
  overrule: (check) => dispatch({ type: "overrule", check }),
  mark: (turn, speaker) => on.save({ note: "speaker_marked", turn, speaker }),
  async save(note) {
    if (state.saving) return;
    dispatch({ type: "saving" });
    try {
      dispatch({ type: "noted", review: await session.note(note) });
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      dispatch({ type: "refused", notice: error.trouble });
    }
  },
};

function openPlayer() {
  const tracks = state.review.tracks.map(({ side }) => ({ side, address: session.sound(side) }));
  const listener = {
    changed: (playing, stretch) => dispatch({ type: "playing", on: playing, stretch }),
    moved: (at) => dispatch({ type: "position", at }),
    failed: () => dispatch({ type: "notice", notice: soundTrouble() }),
  };
  player = new Player({ tracks, place: byId("tracks"), scope: page, on: listener });
}

function show() {
  if (state.phase !== "ready" || !player) return;
  const { at } = player;
  if (state.playing) {
    const before = state.span;
    state = reduce(state, { type: "position", at });
    if (state.span !== before) for (const view of views) view.render(state);
  }
  if (at === shownAt && state.span === shownSpan) return;
  [shownAt, shownSpan] = [at, state.span];
  for (const view of views) view.show?.(at);
}
let shownSpan = null;

// ---- keys and buttons

const go = (target, stop) => {
  if (!target) return;
  const to = stop && target.to > target.from ? target.to : null;
  on.hear(target.from, to);
};
const marksOf = (kind) => state.call.marks.filter((mark) => mark.kind === kind);

// Each gives false when it did nothing, so that the key is left to the browser.
const ready = {
  toggle() {
    if (player.playing) player.pause();
    else player.play(player.at >= state.call.seconds - 0.1 ? 0 : player.at);
  },
  skip: (by) => player.seek(Math.min(Math.max(0, player.at + by), state.call.seconds - 0.05)),
  to: (share) => player.seek(share * Math.max(0, state.call.seconds - 0.05)),
  word: (step) => go(neighbour(allWords(), step < 0 ? player.at + 0.8 : player.at, step)),
  move: (step) => go(neighbour(marksOf("move"), player.at, step), true),
  line: (step) => go(neighbour(state.call.lines, player.at, step)),
  silence: (step) => go(neighbour(marksOf("silence"), player.at, step), true),
  speed: (steps) => on.speed(otherSpeed(state.speed, steps)),
  zoom: (factor) => on.zoom(factor, inSpan(player.at)),
  fit: () => on.lookAt(0, state.call.seconds),
  comment: () => on.comment(player.at),
  follow: () => dispatch({ type: "follow", on: !state.following }),
  speaker(side) {
    const line = lineAt(state.call.lines, player.at) ?? state.call.lines[0];
    if (!line || !canMark()) return false;
    return on.mark(line.index, side);
  },
  help: () => byId("help").showModal(),
  leave() {
    if (menus.close()) return true;
    if (state.commenting !== null) return on.comment(null);
    if (state.overruling) return on.overrule("");
    if (!player.playing) return false;
    return player.pause();
  },
};
const actions = Object.fromEntries(
  Object.entries(ready).map(([name, act]) => [
    name,
    (argument) => (state.phase === "ready" && player ? act(argument) : false),
  ]),
);

const allWords = () =>
  [...state.call.words.trainee, ...state.call.words.counterpart].sort((a, b) => a.from - b.from);
const inSpan = (at) => {
  const { from, to } = state.span;
  return at >= from && at <= to ? at : (from + to) / 2;
};
const canMark = () =>
  state.review.kind === "recorded" &&
  (state.review.tracks.length === 1 || state.call.lines.some(({ known }) => !known));

// ---- loading, deleting

async function open() {
  try {
    const review = await session.review((share) => dispatch({ type: "progress", share }));
    dispatch({ type: "opened", review });
    openPlayer();
    fillHelp();
    shownAt = -1;
    await Promise.all(review.tracks.map(({ side }) => openPeaks(side)));
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    dispatch({ type: "failed", trouble: error.trouble });
    if (error.trouble.code === "server-gone") page.after(ASK_AGAIN_MS, open);
  }
}

async function openPeaks(side) {
  try {
    const { bytes, perSecond } = await session.peaks(side);
    const levels = pyramid(bytes);
    dispatch({ type: "peaks", side, peaks: { levels, perSecond, gain: gainOf(levels) } });
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    dispatch({ type: "peaks_missing" });
  }
}

function askToDelete() {
  const count = state.review?.branches.length ?? 0;
  byId("ask-branches").hidden = count === 0;
  byId("ask-branches-why").textContent =
    count === 1
      ? "A call was tried again from this one, and begins with what was said here."
      : `${count} calls were tried again from this one, and begin with what was said here.`;
  byId("confirm-delete").showModal();
}

const chosenForBranches = () => byId("ask-branches").querySelector("input:checked").value;

async function remove() {
  try {
    player.pause();
    await session.delete(byId("ask-branches").hidden ? "" : chosenForBranches());
    byId("confirm-delete").close();
    dispatch({ type: "deleted" });
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    byId("confirm-delete").close();
    dispatch({ type: "refused", notice: error.trouble });
  }
}

function fillHelp() {
  const rows = canMark() ? [...KEYS, ...SPEAKER_KEYS] : KEYS;
  byId("keys").replaceChildren(
    ...rows.map(([keys, words]) =>
      element(
        "div",
        {},
        element("dt", {}, ...keys.map((key) => element("kbd", {}, key))),
        element("dd", {}, words),
      ),
    ),
  );
  fillLegend(byId("legend"));
}

const retry = () => {
  dispatch({ type: "retry" });
  open();
};
const dismiss = () => [{ words: "Dismiss", act: () => dispatch({ type: "notice", notice: null }) }];

const views = [
  createStates({ body: document.body, place: byId("instead"), on: { retry } }), // first: others measure
  createPanels({ byId, scope: page, choose: (panel) => dispatch({ type: "panel", panel }) }),
  createHead({ byId, session, names }),
  createBanner({ place: byId("notice"), pick: ({ notice }) => notice, actions: dismiss }),
  createTransport({ byId, scope: page, names, actions, on }),
  createOverview({ place: byId("overview"), scope: page, on }),
  createTimeline({ place: byId("timeline"), scope: page, names, on }),
  createTranscript({ list: byId("lines"), scope: page, names, on }),
  createStanding({ place: byId("standing"), scope: page, names }),
  createScorecard({ place: byId("scorecard"), on }),
  createFigures({ place: byId("figures") }),
  createNotes({ place: byId("notes"), on, now: () => player.at }),
];

page.listen(byId("delete"), "click", askToDelete);
page.listen(byId("delete-really"), "click", remove);
page.frames(document.body, show);
bindKeys({ view: window, scope: page, actions, letters: () => state.letters });
dispatch({ type: "progress", share: 0 });
open();
