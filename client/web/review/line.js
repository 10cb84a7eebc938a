// One line of the reviewed conversation: every word can be heard, every stroke has a button, and under
// the other side's lines stands why they said it and a way back into the call.

import { runs } from "../moves.js";
import { clock, element } from "../view/element.js";
import { createWhy } from "../view/why.js";

const ENDED = {
  fell: ["↘", "voice fell"],
  rose: ["↗", "voice rose"],
  level: ["→", "voice stayed level"],
};

/**
 * Make the element of a line. `context` has `names`, `titles`, `session`, `kind`.
 *
 * Words carry `data-word`, their number in `line.words`; strokes `data-move`, their number in
 * `line.moves`: one listener on the list serves them all, because a long call has ten thousand words.
 */
export function createLine(reviewTurn, line, context) {
  const { turn } = reviewTurn;
  const who = line.known ? context.names[line.side] : "Somebody";
  const item = element("li", {
    class: "line",
    "data-line": turn.index,
    "data-speaker": line.known ? turn.speaker : "unknown",
    "data-thats-right": turn.thats_right,
  });
  const hear = element(
    "button",
    { type: "button", class: "hear", "data-hear": "" },
    element("span", { class: "visually-hidden" }, `Hear ${who} at `),
    clock(line.from),
  );
  const text = element("p", {}, element("span", { class: "visually-hidden" }, `${who}: `));
  text.append(...words(turn, line));
  const note = remark(turn, context.names);
  if (note) text.append(" ", element("small", { class: "note" }, note));
  item.append(hear, text);
  const foot = footOf(reviewTurn, line, context);
  if (foot.length) item.append(element("div", { class: "line-foot" }, ...foot));
  return item;
}

function words({ text, moves }, line) {
  let number = 0;
  return runs(text, moves).flatMap(({ stroke, words: pieces }) => {
    const made = pieces.flatMap(({ start, text: letters }) => {
      while (line.words[number]?.end <= start && line.words[number + 1]) number += 1;
      const [space, word] = [/^\s*/u.exec(letters)[0], letters.trimStart()];
      return [space, ...(word ? [element("span", { class: "word", "data-word": number }, word)] : [])];
    });
    if (!stroke) return made;
    const move = line.moves.findIndex((one) => one.stroke.start === stroke.start);
    return [strokeOf(stroke, line.moves[move], move, made)];
  });
}

function strokeOf({ kind, family, name, strong }, { pitch }, number, made) {
  const [sign, told] = ENDED[pitch?.ended] ?? ["", ""];
  const label = element(
    "button",
    { type: "button", class: "stroke-name", "data-move": number },
    element("span", { class: "visually-hidden" }, "Hear this "),
    name,
    told
      ? element(
          "span",
          { class: "pitch", title: told },
          ` ${sign} `,
          element("span", { class: "pitch-words" }, told),
        )
      : null,
  );
  return element(
    "mark",
    { class: "stroke", "data-kind": kind, "data-family": family, "data-strong": strong },
    label,
    element("span", { class: "stroke-words" }, ...made),
  );
}

function remark({ speaker, interrupted, thats_right: thatsRight }, names) {
  if (speaker === "counterpart" && interrupted) return "— you talked over this";
  if (speaker === "counterpart" && thatsRight) return "— they felt understood";
  if (speaker === "trainee" && interrupted) return `— over ${names.counterpart}’s words`;
  return "";
}

function footOf({ turn, speaker_known: known, can_branch: canBranch }, line, context) {
  const foot = [];
  if (turn.because) foot.push(lazyWhy(turn.because, context.titles));
  if (canBranch) {
    const address = `/?branch=${encodeURIComponent(context.session)}&turn=${turn.index}`;
    foot.push(
      element(
        "a",
        { class: "again", href: address },
        "Try again from here",
        element("span", { class: "visually-hidden" }, `, from ${clock(line.to)}`),
      ),
    );
  }
  if (!known || context.mono) foot.push(owners(turn, known));
  return foot;
}

function owners({ speaker, index }, known) {
  const owner = (side, words) =>
    element(
      "button",
      {
        type: "button",
        class: "owner",
        "data-owner": side,
        "aria-pressed": String(known && speaker === side),
        "aria-label": `Turn ${index + 1} is ${words.toLowerCase()}`,
      },
      words,
    );
  return element(
    "span",
    { class: "owners", role: "group", "aria-label": "Whose turn is this?" },
    known ? null : element("span", { class: "hint" }, "Whose turn? "),
    owner("trainee", "Mine"),
    owner("counterpart", "Theirs"),
  );
}

// The reasons of a long call are ten thousand elements that hardly anybody opens: made when asked for.
function lazyWhy(because, titles) {
  const details = element(
    "details",
    { class: "why" },
    element(
      "summary",
      {},
      element("span", { "aria-hidden": "true" }, "Why?"),
      element("span", { class: "visually-hidden" }, "Why did they say that?"),
    ),
  );
  const fill = () => details.append(createWhy(because, titles).querySelector(".why-body"));
  details.addEventListener("toggle", fill, { once: true });
  return details;
}

/** Make the element of a silence between two lines. */
export function createSilence({ from, to, afterLabel }, number) {
  const long = `${(to - from).toFixed(1)} seconds`;
  return element(
    "li",
    { class: "gap", "data-after-label": afterLabel },
    element(
      "button",
      { type: "button", "data-silence": number },
      element("span", { class: "visually-hidden" }, "Hear the silence: "),
      afterLabel ? `${long} of silence after a label: it works` : `${long} of silence`,
    ),
  );
}
