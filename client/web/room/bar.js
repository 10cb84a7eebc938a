// The bar of a table above every screen: where it sits, what the trainer says, asks and sends. What appears
// here never takes the focus: somebody may be in the middle of a sentence, with a finger on a key.

import { element, setText } from "../view/element.js";
import { titleOf } from "./lobby-state.js";

const HASTY_MS = 500; // a button that has just appeared under a pointer was not meant

const SENT = {
  "": "From the trainer",
  sent: "The trainer has sent you",
  started: "The trainer has started",
};

const button = (words, attributes = {}) => element("button", { type: "button", ...attributes }, words);

/** Draw into `place`. Gives `below`, a place for the panel, `meter`, one for the level, and `render`. */
export function createBar({ place, scope, actions }) {
  const name = element("strong");
  const room = element("span", { class: "lobby-room" });
  const told = element("span", { class: "lobby-told" });
  const link = element("span", { class: "lobby-link", role: "status" });
  const who = button("Who may see what", {
    class: "quiet lobby-who",
    "aria-expanded": "false",
    "aria-controls": "lobby-panel",
  });
  const below = element("div", { class: "lobby-below" });

  const note = createStrip({ kind: "note", live: true });
  const dismiss = button("Dismiss", { class: "quiet" });
  note.buttons.append(dismiss);

  const asked = createStrip({ kind: "ask", live: true });
  const [yes, no] = [button("Yes, they may", { class: "quiet" }), button("No", { class: "quiet" })];
  asked.buttons.append(yes, no);

  const heard = createStrip({ kind: "heard", live: true });
  const stop = button("Stop that", { class: "quiet" });
  heard.buttons.append(stop);

  const sent = createStrip({ kind: "sent", live: true });
  const begin = button("Start", { class: "primary" });
  sent.buttons.append(begin);

  const ready = createStrip({ kind: "ready", live: false });
  const meter = element("span", { class: "meter", "aria-hidden": "true" });
  const open = button("Switch the microphone on", { class: "quiet" });
  ready.buttons.append(meter, open);

  const going = createStrip({ kind: "going", live: true });
  const goOn = button("Go on with it", { class: "primary" });
  going.buttons.append(goOn);

  place.append(
    element(
      "div",
      { class: "lobby-line" },
      element("p", { class: "lobby-where" }, name, room),
      link,
      told,
      who,
    ),
    ...[heard, asked, note, going, sent, ready].map((strip) => strip.root),
    below,
  );

  scope.listen(who, "click", () => actions.panel(who.getAttribute("aria-expanded") !== "true"));
  scope.listen(dismiss, "click", actions.noteRead);
  scope.listen(yes, "click", () => asked.meant() && actions.answer(true));
  scope.listen(no, "click", () => asked.meant() && actions.answer(false));
  scope.listen(stop, "click", () => actions.answer(false));
  scope.listen(begin, "click", actions.begin);
  scope.listen(open, "click", actions.microphone);
  scope.listen(goOn, "click", actions.resume);

  return {
    below,
    meter,
    render(lobby, { screen, microphone }) {
      const { consent, activity, listening, session } = lobby;
      const here = !lobby.out;
      const idle = here && screen !== "call";
      place.hidden = !here;
      document.body.toggleAttribute("data-room", here);
      setText(name, lobby.name);
      setText(room, lobby.room);
      setText(link, lobby.link === "open" ? "" : "The room is out of reach; trying again.");
      setText(told, toldOf(consent));
      who.setAttribute("aria-expanded", String(lobby.open));

      note.show(lobby.note && here ? `From the trainer: ${lobby.note}` : "");
      asked.show(here && listening === "asked" ? "The trainer asks to listen to you." : "");
      heard.show(here && listening === "yes" ? "The trainer is listening to you now." : "");
      going.show(idle && session && screen === "start" ? "Your call is still going on." : "");
      const sends = idle && activity && !(session && screen === "start");
      sent.show(sends ? `${SENT[lobby.sign]}: ${titleOf(activity)}` : "");
      ready.show(idle ? readiness(microphone, lobby) : "");
      meter.hidden = microphone !== "ready";
      open.hidden = microphone === "ready";
      open.disabled = microphone === "asking";
    },
  };
}

function toldOf({ record, share }) {
  const sound = record ? "recorded" : "not recorded";
  return share ? `${sound} · the trainer may read along` : `${sound} · the trainer sees no words`;
}

function readiness(microphone, { activity, trainerPresent }) {
  if (microphone === "ready") {
    if (activity) return "Your microphone is on. Start when you like, or the trainer starts everybody.";
    return trainerPresent
      ? "Your microphone is on. The trainer will send you something; you may also choose yourself."
      : "Your microphone is on. The trainer is not there just now; you may choose somebody yourself.";
  }
  if (microphone === "asking") return "The browser asks whether this page may use the microphone.";
  return "Switch your microphone on now, so that you can begin together with the others.";
}

// One line of news with its buttons. Its text stands in a live region that is always there, as a screen
// reader needs it; the line itself shows only with something to say.
function createStrip({ kind, live }) {
  const words = element("p", live ? { role: "status" } : {});
  const buttons = element("div", { class: "lobby-buttons" });
  const root = element("div", { class: "lobby-strip", "data-kind": kind, "data-empty": true }, words, buttons);
  let since = 0;
  buttons.hidden = true;
  return {
    root,
    buttons,
    meant: () => performance.now() - since > HASTY_MS,
    show(text) {
      if (text && buttons.hidden) since = performance.now();
      setText(words, text);
      buttons.hidden = text === "";
      root.toggleAttribute("data-empty", text === "");
    },
  };
}
