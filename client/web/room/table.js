// One table on the trainer's page. Its elements are made once; an update changes only the texts that differ.

import { clock, element, setText, svg } from "../view/element.js";
import { createLine } from "../view/line.js";
import { titleOf } from "./lobby-state.js";
import { createSmallRing } from "./small-ring.js";
import { awaySeconds, callSeconds, movesThatFit, need, standing } from "./standing.js";
import { createTableButtons } from "./table-buttons.js";

/** Make the card of a table. Gives `root`, `card` (which takes the focus), `render` and `tick`. */
export function createTable({ id, scope, actions }) {
  const name = element("h3", { id: `name-${id}` });
  const shape = svg(
    "svg",
    { class: "shape", viewBox: "-1 -1 2 2", "aria-hidden": "true" },
    svg("circle", { r: 0.7 }),
  );
  const state = element("span", { class: "state" });
  const timer = element("span", { class: "table-timer" });
  const flag = element("p", { class: "need" });
  const activity = element("span", { class: "activity" });
  const said = createLine({ key: "said", speaker: "trainee", who: "They say" });
  const replied = createLine({ key: "replied", speaker: "counterpart", who: "Counterpart" });
  const lines = element("ol", { class: "lines" }, replied.item, said.item);
  const marks = element("p", { class: "marks" });
  const moves = element("ul", { class: "moves", "aria-label": "Moves in this call" });
  const terms = element("p", { class: "terms" });
  const note = element("p", { class: "noted" });
  const ring = createSmallRing();
  const buttons = createTableButtons({ id, scope, actions });
  const card = element(
    "article",
    { class: "table", tabindex: "-1", "aria-labelledby": `name-${id}`, "data-table": id },
    element("header", {}, name, element("p", { class: "standing" }, shape, state, timer, activity), ring.root),
    flag,
    lines,
    element("div", { class: "table-foot" }, marks, moves, terms, note),
    buttons.root,
  );
  let table = null;
  let counts = "";
  let words = "";

  const tick = (now) => {
    if (!table) return;
    const lasted = table.connected ? callSeconds(table, now) : awaySeconds(table, now);
    setText(timer, table.session || !table.connected ? clock(lasted) : "");
    const why = need(table, now);
    if (why) card.dataset.need = why.kind;
    else delete card.dataset.need;
    setText(flag, why ? `Needs you: ${why.words} ${clock(why.seconds)}` : "");
  };

  return {
    root: element("li", {}, card),
    card,
    tick,
    render(now, { table: next, note: sent, ...context }) {
      table = next;
      const { shape: kind, words: stands } = standing(table);
      card.dataset.shape = kind;
      card.dataset.listening = table.listening;
      setText(name, table.name);
      setText(state, stands);
      setText(activity, activityOf(table));
      drawWords();
      drawMoves();
      setText(marks, marksOf(table));
      setText(terms, termsOf(table));
      setText(note, sent ? `Your note: ${sent}` : "");
      ring.render(table.ring);
      buttons.render(table, context);
      tick(now);
    },
  };

  function drawWords() {
    const { last_words: text, last_moves: made = [], last_reply: reply } = table;
    const mark = JSON.stringify([text, made, reply]);
    if (mark === words) return;
    words = mark;
    said.update({ text, moves: made });
    replied.update({ text: reply });
    said.item.hidden = text === "";
    replied.item.hidden = reply === "";
  }

  function drawMoves() {
    const mark = JSON.stringify(table.moves);
    if (mark === counts) return;
    counts = mark;
    const fitting = movesThatFit(table.moves);
    const shown = fitting.map(({ name, count }) =>
      element("li", {}, element("strong", {}, String(count)), ` ${name}`),
    );
    const more = table.moves.length - fitting.length;
    if (more > 0) shown.push(element("li", {}, `+${more}`));
    moves.replaceChildren(...shown);
    moves.hidden = shown.length === 0 || table.rounds !== null; // a drill counts its rounds
  }
}

function activityOf({ activity, calls, session }) {
  const done = calls && !session ? `${calls} ${calls === 1 ? "call" : "calls"} done` : "";
  const what = activity ? titleOf(activity) : "";
  return [what, done].filter(Boolean).join(" · ");
}

// "4 of 6 rounds passed, 3 in a row"; in a call, the one sign that matters.
function marksOf({ rounds, streak, thats_right: right }) {
  if (!rounds) return right ? "✓ “that’s right”" : "";
  const [passed, answered] = rounds;
  return `${passed} of ${answered} rounds passed${streak > 1 ? `, ${streak} in a row` : ""}`;
}

function termsOf({ consent, client }) {
  const terms = [consent.share ? "" : "keeps its words to itself", consent.record ? "" : "not recorded"];
  if (client.startsWith("headset")) terms.push("headset client");
  return terms.filter(Boolean).join(" · ");
}
