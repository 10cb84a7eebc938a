// One line of the conversation. Words are nodes that stay: a word that is settled keeps its node, a
// highlighter stroke is laid around the nodes that are there, and only the tentative tail is replaced.

import { runs } from "../moves.js";
import { element, setText } from "./element.js";
import { createWhy } from "./why.js";

/** Make the line of `speaker`: `update` draws its words, `reveal` those that were heard, `settle` a whole turn. */
export function createLine({ key, speaker, who }) {
  const words = element("span", { class: "words" });
  const note = element("small", { class: "note" });
  const text = element("p", {}, element("span", { class: "visually-hidden" }, `${who}: `), words, note);
  const item = element("li", { class: "line", "data-speaker": speaker, "data-key": key }, text);
  let nodes = new Map(); // "start:text" -> word
  let marks = new Map(); // "start:kind" -> stroke

  const word = ({ start, text: letters, settled }, keep) => {
    const name = `${start}:${letters}`;
    const node = nodes.get(name) ?? element("span", { class: "word" }, letters);
    node.classList.toggle("tentative", !settled);
    keep.set(name, node);
    return node;
  };

  const stroke = ({ start, kind, family, name, strong }, keep) => {
    const id = `${start}:${kind}`;
    const mark = marks.get(id) ?? createStroke({ kind, family, name, strong });
    keep.set(id, mark);
    return mark;
  };

  // A name wider than its stroke would lie over the next one: that one stands below its words.
  const spreadNames = () => {
    let edge = null; // where the last name above the words ends
    for (const { root, label } of marks.values()) {
      delete root.dataset.below;
      const { left, right, top } = label.getBoundingClientRect();
      if (edge && Math.abs(top - edge.top) < 2 && left < edge.right) root.dataset.below = "";
      else edge = { right, top };
    }
  };

  const update = ({ text: whole, moves = [], settledLength = whole.length }) => {
    const [keptWords, keptMarks] = [new Map(), new Map()];
    const wanted = runs(whole, moves, settledLength).map((run) => {
      const children = run.words.map((part) => word(part, keptWords));
      if (!run.stroke) return children;
      const mark = stroke(run.stroke, keptMarks);
      arrange(mark.words, children);
      return [mark.root];
    });
    arrange(words, wanted.flat());
    nodes = keptWords;
    marks = keptMarks;
    if (marks.size > 1) spreadNames();
  };

  // Show as many of the words as were heard, a share from 0 to 1; the rest keeps its place.
  const reveal = (share) => {
    const all = [...nodes.values()];
    const letters = all.reduce((sum, node) => sum + node.textContent.length, 0);
    let before = 0;
    for (const node of all) {
      node.classList.toggle("unheard", before >= share * letters);
      before += node.textContent.length;
    }
  };

  // `titles` are those of the topics that have come up: a turn's reasons name no other.
  const settle = (turn, name, titles) => {
    update(turn);
    reveal(1);
    if (turn.because) {
      item.querySelector(".why")?.remove();
      item.append(createWhy(turn.because, titles));
    }
    item.dataset.settled = "";
    item.toggleAttribute("data-thats-right", turn.thats_right);
    setText(note, remark(turn, name));
  };

  return { item, update, reveal, settle, spreadNames };
}

function remark({ speaker, interrupted, thats_right: thatsRight }, name) {
  if (speaker === "counterpart" && interrupted) return "— you talked over this";
  if (speaker === "counterpart" && thatsRight) return "— they felt understood";
  if (speaker === "trainee" && interrupted) return `— over ${name}’s words`;
  return "";
}

function createStroke({ kind, family, name, strong }) {
  const words = element("span", { class: "stroke-words" });
  const label = element(
    "small",
    { class: "stroke-name" },
    name,
    element("span", { class: "visually-hidden" }, ": "),
  );
  const attributes = { class: "stroke", "data-kind": kind, "data-family": family, "data-strong": strong };
  return { root: element("mark", attributes, label, words), label, words };
}

// Make `parent` hold exactly these children in this order. What goes is taken out first, so that what
// stays is not moved: a stroke that is put in again would be drawn again.
function arrange(parent, children) {
  const wanted = new Set(children);
  for (const node of [...parent.childNodes]) if (!wanted.has(node)) node.remove();
  children.forEach((child, index) => {
    const there = parent.childNodes[index];
    if (there !== child) parent.insertBefore(child, there ?? null);
  });
}
