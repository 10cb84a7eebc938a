// The composition of the page: one state, the views that draw it, and what buttons and keys do.

import { askForBranch } from "./branch.js";
import { Call } from "./call.js";
import { bindKeys } from "./keys.js";
import { recall, remember } from "./memory.js";
import { canPopOut, NO_POP_OUT, popOut } from "./pip.js";
import { inRoom, openLobby } from "./room/lobby.js";
import { createOrders } from "./room/orders.js";
import { Scope } from "./scope.js";
import { Sound } from "./sound.js";
import { initialState, reduce } from "./state.js";
import { browserTrouble, serverTrouble } from "./trouble.js";
import { createBanner, newsOfCall } from "./view/banner.js";
import { createCards } from "./view/cards.js";
import { createControls } from "./view/controls.js";
import { createCue } from "./view/cue.js";
import { createDebrief } from "./view/debrief.js";
import { createFromHere } from "./view/from-here.js";
import { createLatency } from "./view/latency.js";
import { fillLegend } from "./view/legend.js";
import { createMeter } from "./view/meter.js";
import { createPhase } from "./view/phase.js";
import { createPortrait } from "./view/portrait.js";
import { createRecording } from "./view/recording.js";
import { createRing } from "./view/ring.js";
import { createScreens } from "./view/screens.js";
import { createStart } from "./view/start.js";
import { createTimer } from "./view/timer.js";
import { createTranscript } from "./view/transcript.js";

const ASK_AGAIN_MS = 2000;

const page = new Scope();
const byId = (id) => document.getElementById(id);
let state = { ...initialState, cues: recall("cues", true) !== false };
let call = null;
let popped = null; // the pop-out's window
const waiting = []; // who waits for the state to change

function dispatch(message) {
  state = reduce(state, message);
  for (const view of views) view.render(state);
  for (const wake of waiting.splice(0)) wake();
}

const sound = new Sound({
  microphone: (status, trouble) => dispatch({ type: "microphone", status, trouble }),
});
const recording = createRecording({ scope: page });
const tryMicrophoneAgain = { words: "Try again", act: () => sound.openMicrophone() };

function startViews() {
  const [form, list] = [byId("start-form"), byId("cards")];
  page.listen(form, "submit", (event) => {
    event.preventDefault();
    begin();
  });
  page.listen(byId("check-microphone"), "click", () => sound.openMicrophone());
  page.listen(byId("record"), "change", ({ target }) => dispatch({ type: "record", on: target.checked }));
  page.listen(byId("cues"), "change", ({ target }) => wantCues(target.checked));
  page.listen(byId("guardedness"), "change", ({ target }) =>
    dispatch({ type: "guardedness", level: target.value }),
  );
  return [
    createCards({
      list,
      begin: byId("begin"),
      scope: page,
      choose: (scenario) => dispatch({ type: "choose", scenario }),
    }),
    createStart({
      begin: byId("begin"),
      check: byId("check-microphone"),
      words: byId("check-words"),
      record: byId("record"),
      cues: byId("cues"),
      guardedness: byId("guardedness"),
    }),
    createFromHere({ byId }),
    createBanner({
      place: byId("start-trouble"),
      pick: ({ screen, trouble }) => (screen === "start" ? trouble : null),
      actions: startActions,
    }),
  ];
}

function callViews() {
  const element = byId("call");
  return [
    createPhase({ element: byId("phase"), call: element }),
    createTimer({ element: byId("timer"), scope: page }),
    createPortrait({ element: byId("portrait"), scope: page, level: () => call?.level() ?? 0 }),
    createRing({
      picture: byId("ring"),
      titles: byId("ring-titles"),
      list: byId("ring-list"),
      scope: page,
    }),
    createTranscript({
      list: byId("lines"),
      live: byId("settled"),
      scope: page,
      heardSeconds: () => call?.heardSeconds() ?? null,
    }),
    createCue({ element: byId("cue") }),
    createLatency({ place: byId("latency"), button: byId("show-latency") }),
    createBanner({ place: byId("banner"), pick: newsOfCall, actions: bannerActions }),
    createControls({ byId, scope: page, actions }),
  ];
}

function startActions(code) {
  if (code.startsWith("microphone")) return [tryMicrophoneAgain];
  if (code === "branch-refused") return [{ words: "Call somebody anew", act: someoneElse }];
  return [];
}

function bannerActions(code) {
  if (code.startsWith("microphone")) return [tryMicrophoneAgain];
  if (state.link === "lost" || code === "no-debrief") return [{ words: "Back to the start", act: home }];
  if (state.notice) return [{ words: "Dismiss", act: () => dispatch({ type: "notice_read" }) }];
  return [];
}

async function begin() {
  const { branch } = state;
  const scenario = branch ? branch.scenario : state.cards?.find(({ id }) => id === state.chosen);
  if (!scenario || state.screen === "call") return;
  recording.stop();
  if (!(await sound.openMicrophone())) {
    if (state.screen === "ended") home(); // the start page says what is wrong with the microphone
    return;
  }
  if (inCall()) return; // asked for twice, by a hand and by the trainer
  const { record, cues, guardedness } = state;
  const hello = branch
    ? { branch: branch.branch, record, cues }
    : { scenario: scenario.id, record, cues, guardedness: guardedness || null };
  await place(scenario, hello);
}

async function place(scenario, hello) {
  dispatch({ type: "opening", scenario });
  call = await Call.place({ sound, hello, dispatch, seen: () => state.seq });
}

// A page that was closed in the middle of its call finds it again: the server tells what was said.
async function resume(session) {
  if (inCall() || !(await sound.openMicrophone())) return;
  const { record, cues } = state;
  await place(null, { resume: session, record, cues });
}

// In a training room: the bar of the table, and what the trainer asks of this page.
function sitDown() {
  const orders = createOrders({
    scope: page,
    page: {
      state: () => state,
      choose: chooseActivity,
      begin,
      end: actions.confirmEnd,
      home,
      changed: () => new Promise((wake) => waiting.push(wake)),
    },
  });
  const lobby = openLobby({
    place: byId("lobby"),
    out: byId("room-out"),
    scope: page,
    on: {
      start: orders.start,
      stop: orders.stop,
      assigned: (activity) => state.screen === "start" && chooseActivity(activity),
      resume,
      record: (on) => dispatch({ type: "record", on }),
      microphone: () => sound.openMicrophone(),
      gone: () => call?.close(),
    },
  });
  views.push(lobby);
  byId("lede").textContent = "You talk, they answer aloud. All of it stays on the trainer’s machine.";
  sound.listen(({ level }) => lobby.hear(level));
  lobby.render(state);
}

function chooseActivity({ scenario, guardedness }) {
  if (state.cards && !state.cards.some(({ id }) => id === scenario)) return false;
  dispatch({ type: "choose", scenario });
  dispatch({ type: "guardedness", level: guardedness ?? "" });
  return true;
}

function wantCues(on) {
  remember("cues", on);
  if (inCall() && call) call.wantCues(on);
  else dispatch({ type: "cues", on });
}

function home() {
  call?.close();
  call = null;
  recording.stop();
  const { trouble } = state;
  dispatch({ type: "home" });
  if (trouble?.code.startsWith("microphone")) dispatch({ type: "trouble", trouble });
}

function someoneElse() {
  if (location.search) location.assign("/"); // the address names a line to go on from
  else home();
}

const inCall = () => state.screen === "call";
const panel = (name, open) => dispatch({ type: "panel", name, open });

// Each gives whether it did something, so that a key is taken only then.
const actions = {
  mute() {
    if (!inCall() || !call) return false;
    call.mute(!state.muted);
    return true;
  },
  cues() {
    if (!inCall()) return false;
    wantCues(!state.cues);
    return true;
  },
  end() {
    if (!inCall()) return false;
    panel("confirm", !state.panels.confirm);
    return true;
  },
  confirmEnd() {
    if (state.session && call) call.end();
    else home();
    return true;
  },
  latency() {
    if (!inCall()) return false;
    panel("latency", !state.panels.latency);
    return true;
  },
  help() {
    byId("help").showModal();
    return true;
  },
  popOut() {
    if (!inCall()) return false;
    toggleWindow();
    return true;
  },
};

async function toggleWindow() {
  if (popped) {
    popped.close();
    return;
  }
  if (!canPopOut()) {
    dispatch({ type: "notice", code: "no-pop-out", text: NO_POP_OUT });
    return;
  }
  const closed = () => {
    popped = null;
    byId("call-elsewhere").hidden = true;
  };
  const opened = (view, scope) => {
    byId("call-elsewhere").hidden = false;
    bindKeys({ view, scope, actions });
  };
  popped = await popOut({ element: byId("call"), on: { opened, closed } });
}

async function fetchCards() {
  try {
    const answer = await fetch("/api/scenarios");
    if (!answer.ok) throw new TypeError(`The server answered ${answer.status}.`);
    const cards = await answer.json();
    if (state.trouble?.code === "server-gone") dispatch({ type: "trouble", trouble: null });
    dispatch({ type: "cards", cards });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // fetch rejects with TypeError when nobody answers
    dispatch({ type: "trouble", trouble: serverTrouble() });
    page.after(ASK_AGAIN_MS, fetchCards);
  }
}

const views = [
  createScreens({ body: document.body, onLeaveCall: () => popped?.close() }), // first: others measure
  ...startViews(),
  ...callViews(),
  createDebrief({ place: byId("ended"), recording, again: begin, home: someoneElse }),
];

const meters = [createMeter(byId("start-meter")), createMeter(byId("call-meter"))];
sound.listen(({ level }) => {
  const [atStart, inTheCall] = meters;
  if (inCall()) inTheCall.show(state.muted ? 0 : level);
  else atStart.show(level);
});
page.listen(byId("bring-back"), "click", () => popped?.close());
fillLegend(byId("legend"));
bindKeys({ view: window, scope: page, actions });

const lacking = browserTrouble();
if (lacking) dispatch({ type: "trouble", trouble: lacking });
else {
  fetchCards();
  askForBranch().then((answer) => answer && dispatch(answer));
  inRoom().then((there) => there && sitDown());
}
