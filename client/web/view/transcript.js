// The conversation as text, newest at the bottom. The visible list changes while people speak; a
// screen reader hears settled turns only, from a live region of their own.

import { nameOf } from "../moves.js";
import { firstName } from "../people.js";
import { titlesOf } from "../why.js";
import { element } from "./element.js";
import { createHeard } from "./heard.js";
import { createLine } from "./line.js";

const ANNOUNCEMENTS = 5; // kept in the live region; older ones were read long ago
const NEAR_BOTTOM_PX = 60;

/** Draw into `list`; announce settled turns in `live`; `heardSeconds()` tells how far the voice is. */
export function createTranscript({ list, live, scope, heardSeconds }) {
  const lines = new Map();
  const settled = new Map(); // key -> the turn that is drawn
  let session = "";
  let reply = null;
  let following = true; // the newest line stays in sight until the reader scrolls up
  const scroller = list.parentElement;

  const toNewest = () => {
    if (following) scroller.scrollTop = scroller.scrollHeight;
  };
  scope.listen(scroller, "scroll", () => {
    following = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_BOTTOM_PX;
  });
  // Who asks why reads there: new lines do not move it away, and the line stays in sight with its reasons.
  scope.listen(list, "click", ({ target }) => {
    if (target.closest("summary")) following = false;
  });
  const showAll = ({ target }) => {
    const item = target.closest(".line");
    const fits = item.offsetHeight < scroller.clientHeight;
    if (target.open) item.scrollIntoView({ block: fits ? "nearest" : "start" });
  };
  scope.listen(list, "toggle", showAll, true);
  const resized = new ResizeObserver(() => {
    for (const line of lines.values()) line.spreadNames();
    toNewest();
  });
  resized.observe(scroller);
  resized.observe(list);
  scope.own(() => resized.disconnect());

  const lineOf = (key, speaker, who) => {
    if (!lines.has(key)) {
      const line = createLine({ key, speaker, who });
      lines.set(key, line);
      list.append(line.item);
    }
    return lines.get(key);
  };

  const clear = (name) => {
    session = name;
    following = true;
    lines.clear();
    settled.clear();
    reply = null;
    list.replaceChildren();
    live.replaceChildren();
  };

  const settle = (turn, name, titles, earlier) => {
    if (settled.get(turn.key) === turn) return;
    const speaker = turn.speaker === "trainee" ? "You" : name;
    const who = earlier ? `Earlier, ${speaker}` : speaker;
    const line = lineOf(turn.key, turn.speaker, who);
    line.settle(turn, name, titles);
    line.item.toggleAttribute("data-earlier", earlier);
    if (!settled.has(turn.key) && !earlier) live.append(element("p", {}, `${who}: ${spoken(turn)}`));
    while (live.childElementCount > ANNOUNCEMENTS) live.firstElementChild.remove();
    settled.set(turn.key, turn);
  };

  const forget = (keys) => {
    for (const [key, line] of lines) {
      if (keys.has(key)) continue;
      line.item.remove();
      lines.delete(key);
    }
  };

  const heard = createHeard(heardSeconds);
  const follow = () => {
    if (reply) lines.get(reply.key).reveal(heard(reply));
  };

  scope.frames(list, follow);

  return {
    render(state) {
      if (state.session !== session) clear(state.session);
      if (state.drill) return; // shown in a way of its own
      const name = firstName(state.scenario?.person ?? "");
      const { partial } = state;
      const keys = new Set([...state.turns, partial, state.reply].filter(Boolean).map(({ key }) => key));
      forget(keys);
      const titles = titlesOf(state);
      const first = state.origin?.turn ?? 0; // what was said before it was said in the other call
      for (const turn of state.turns) settle(turn, name, titles, turn.index < first);
      showReply(state.reply, name);
      if (partial) {
        lineOf(partial.key, "trainee", "You").update({
          text: partial.settled + partial.tentative,
          moves: partial.moves,
          settledLength: partial.settled.length,
        });
      }
      inOrder(state);
      toNewest();
    },
  };

  function showReply(next, name) {
    reply = next;
    if (!next) return;
    lineOf(next.key, "counterpart", name).update({ text: next.text });
    follow();
  }

  // Somebody who is cut short stands above the one who cut them, whoever's words settle first.
  function inOrder({ turns }) {
    turns.forEach(({ key }, index) => {
      const { item } = lines.get(key);
      if (list.children[index] !== item) list.insertBefore(item, list.children[index]);
    });
  }
}

const spoken = ({ text, moves }) => {
  const names = [...new Set(moves.map(({ kind }) => nameOf(kind)))];
  return names.length ? `${text} (${names.join(", ")})` : text;
};
