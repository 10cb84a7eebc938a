// The conversation as text, newest at the bottom. The visible list changes while people speak; a
// screen reader hears settled turns only, from a live region of their own.

import { firstName } from "../people.js";
import { element } from "./element.js";
import { createLine } from "./line.js";

const CHARACTERS_PER_SECOND = 14; // of a calm voice: how far a reply is while its length is unknown
const NEAR_BOTTOM_PX = 80;

/** Draw into `list`; announce settled turns in `live`; `heardSeconds()` tells how far the voice is. */
export function createTranscript({ list, live, scope, heardSeconds }) {
  const lines = new Map();
  const announced = new Set();
  let session = "";
  let reply = null;
  let rateHz = 1;

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
    lines.clear();
    announced.clear();
    list.replaceChildren();
    live.replaceChildren();
  };

  const settle = (turn, name) => {
    const who = turn.speaker === "trainee" ? "You" : name;
    const line = lineOf(turn.key, turn.speaker, who);
    line.update(turn);
    line.reveal(1);
    line.item.dataset.settled = "";
    line.item.toggleAttribute("data-thats-right", turn.thats_right);
    line.note(remark(turn, name));
    if (announced.has(turn.key)) return;
    announced.add(turn.key);
    live.append(element("p", {}, `${who}: ${spoken(turn)}`));
    while (live.childElementCount > 5) live.firstElementChild.remove();
  };

  const forget = (keys) => {
    for (const [key, line] of lines) {
      if (keys.has(key)) continue;
      line.item.remove();
      lines.delete(key);
    }
  };

  // The words of the voice appear as they are heard, so that nobody reads ahead of the conversation.
  const follow = () => {
    if (!reply) return;
    const line = lines.get(reply.key);
    if (reply.samples === 0) line.reveal(1);
    else line.reveal(heardShare());
  };

  const heardShare = () => {
    const heard = heardSeconds();
    if (heard === null) return reply.heardAll ? 1 : 0;
    const length = reply.samples ? reply.samples / rateHz : reply.text.length / CHARACTERS_PER_SECOND;
    reply.heardAll = heard >= length * 0.9;
    return Math.min(1, heard / length + 0.04);
  };

  scope.frames(list, follow);

  return {
    render(state) {
      if (state.session !== session) clear(state.session);
      const name = firstName(state.scenario?.person ?? "");
      const scroller = list.parentElement;
      const below = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
      const { partial } = state;
      const keys = new Set([...state.turns, partial, state.reply].filter(Boolean).map(({ key }) => key));
      forget(keys);
      for (const turn of state.turns) settle(turn, name);
      showReply(state.reply, name);
      if (partial) {
        lineOf(partial.key, "trainee", "You").update({
          text: partial.settled + partial.tentative,
          moves: partial.moves,
          settledLength: partial.settled.length,
        });
      }
      inOrder(state);
      if (below < NEAR_BOTTOM_PX) scroller.scrollTop = scroller.scrollHeight;
    },
  };

  function showReply(next, name) {
    if (!next) {
      reply = null;
      return;
    }
    if (reply?.key !== next.key) reply = { heardAll: false };
    reply = { ...reply, ...next };
    rateHz = next.rateHz;
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

function remark({ speaker, interrupted, thats_right: thatsRight }, name) {
  if (speaker === "counterpart" && interrupted) return "— you talked over this";
  if (speaker === "counterpart" && thatsRight) return "— they felt understood";
  if (speaker === "trainee" && interrupted) return `— over ${name}’s words`;
  return "";
}

const spoken = ({ text, moves }) => {
  const names = [...new Set((moves ?? []).map(({ kind }) => kind.replaceAll("_", " ")))];
  return names.length ? `${text} (${names.join(", ")})` : text;
};
