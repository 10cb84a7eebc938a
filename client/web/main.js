// The composition of the page: one state, the views that draw it, and what buttons and keys do.

import { askForBranch } from "./branch.js";
import { Call } from "./call.js";
import { bindKeys } from "./keys.js";
import { recall, remember } from "./memory.js";
import { canPopOut, NO_POP_OUT, popOut } from "./pip.js";
import { inRoom } from "./room/in-room.js";
import { sitDown } from "./room/seat.js";
import { Scope } from "./scope.js";
import { Sound } from "./sound.js";
import { initialState, reduce } from "./state.js";
import { browserTrouble, serverTrouble } from "./trouble.js";
import { createBanner, newsOfCall } from "./view/banner.js";
import { createCards } from "./view/cards.js";
import { createControls } from "./view/controls.js";
import { createCue } from "./view/cue.js";
import { createDebrief } from "./view/debrief.js";
import { createDrill } from "./view/drill.js";
import { createDrillCards } from "./view/drill-cards.js";
import { createDrillResult } from "./view/drill-result.js";
import { createFromHere } from "./view/from-here.js";
import { createHold } from "./view/hold.js";
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
import { createVerdict } from "./view/verdict.js";

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
    createDrillCards({ section: byId("drills"), list: byId("drill-cards"), start: beginDrill }),
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
    createDrill({ byId, scope: page, heardSeconds: () => call?.heardSeconds() ?? null }),
    createHold({ picture: byId("hold"), scope: page }),
    createVerdict({ place: byId("drill-verdict"), news: byId("drill-news") }),
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
  if (!scenario || !(await readyToSpeak())) return;
  if (branch?.resume) {
    await resume(branch.resume);
    return;
  }
  const { record, cues, guardedness } = state;
  const hello = branch
    ? { branch: branch.branch, record, cues }
    : { scenario: scenario.id, record, cues, guardedness: guardedness || null };
  await place({ scenario }, hello);
}

async function place(whom, hello) {
  dispatch({ type: "opening", ...whom });
  call = await Call.place({ sound, hello, dispatch, seen: () => state.seq });
}

// A page that was closed in the middle of its call finds it again: the server tells what was said.
async function resume(session) {
  if (!(await readyToSpeak())) return;
  const { record, cues } = state;
  await place({}, { resume: session, record, cues });
}

async function beginDrill(card) {
  if (!(await readyToSpeak())) {
    byId("start-trouble").scrollIntoView({ block: "center" });
    return;
  }
  await place({ drill: card }, { drill: card.id, record: state.record });
}

async function readyToSpeak() {
  if (state.screen === "call") return false;
  recording.stop();
  if (await sound.openMicrophone()) return state.screen !== "call"; // another click, or the trainer, was faster
  if (state.screen === "ended") home(); // the start page says what is wrong with the microphone
  return false;
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

async function otherDrill() {
  home();
  await fetchDrills(); // the score of the one that is over has changed
  byId("drills").scrollIntoView();
  byId("drills").focus({ preventScroll: true });
}

function someoneElse() {
  if (location.search) location.assign("/"); // the address names a line to go on from
  else home();
}

const inCall = () => state.screen === "call";
const afterDrill = () => state.screen === "ended" && Boolean(state.drill?.result);
const panel = (name, open) => dispatch({ type: "panel", name, open });

// Each gives whether it did something, so that a key is taken only then.
const actions = {
  mute() {
    if (!inCall() || !call) return false;
    call.mute(!state.muted);
    return true;
  },
  cues() {
    if (!inCall() || state.drill) return false;
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
  again() {
    if (!afterDrill()) return false;
    beginDrill(state.drill.card);
    return true;
  },
  anotherDrill() {
    if (!afterDrill()) return false;
    otherDrill();
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
  popped = await popOut({ element: byId("call"), along: byId("lobby"), on: { opened, closed } });
}

const fetchCards = () => ask("/api/scenarios", (cards) => ({ type: "cards", cards }));
const fetchDrills = () => ask("/api/drills", (drills) => ({ type: "drills", drills }));

async function ask(address, messageOf) {
  try {
    const answer = await fetch(address);
    if (!answer.ok) throw new TypeError(`The server answered ${answer.status}.`);
    const told = await answer.json();
    if (state.trouble?.code === "server-gone") dispatch({ type: "trouble", trouble: null });
    dispatch(messageOf(told));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // fetch rejects with TypeError when nobody answers
    dispatch({ type: "trouble", trouble: serverTrouble() });
    page.after(ASK_AGAIN_MS, () => ask(address, messageOf));
  }
}

function takeSeat() {
  const seat = sitDown({
    byId,
    scope: page,
    sound,
    page: {
      state: () => state,
      dispatch,
      changed: () => new Promise((wake) => waiting.push(wake)),
      begin,
      beginDrill,
      resume,
      end: actions.confirmEnd,
      home,
      close: () => call?.close(),
    },
  });
  views.push(seat);
  seat.render(state);
}

const views = [
  createScreens({ body: document.body, onLeaveCall: () => popped?.close() }), // first: others measure
  ...startViews(),
  ...callViews(),
  createDebrief({ place: byId("ended"), recording, again: begin, home: someoneElse }),
  createDrillResult({
    place: byId("ended"),
    recording,
    again: () => beginDrill(state.drill.card),
    other: otherDrill,
  }),
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
  fetchDrills();
  askForBranch().then((answer) => answer && dispatch(answer));
  inRoom().then((there) => there && takeSeat());
}
