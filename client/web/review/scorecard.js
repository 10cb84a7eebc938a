// The scorecard at the side: what it proves, what could have been said, and what a reviewer sees
// otherwise. A verdict that is overruled stays; both are shown.

import { clock, element } from "../view/element.js";

/** Draw into `place`. `on` is told `hear(from, to)`, `overrule(check, begin)`, `save(note)`. */
export function createScorecard({ place, on }) {
  let drawn = {};
  return {
    render({ review, overruling, saving }) {
      const { debrief, overrules } = review ?? {};
      if (
        !review ||
        (debrief === drawn.debrief &&
          overrules === drawn.overrules &&
          overruling === drawn.overruling &&
          saving === drawn.saving)
      )
        return;
      const asked = overruling !== drawn.overruling ? overruling : "";
      drawn = { debrief, overrules, overruling, saving };
      place.replaceChildren(...(debrief ? contents(review, { overruling, saving, on }) : [none(review)]));
      if (asked) place.querySelector("textarea")?.focus();
    },
  };
}

const none = ({ kind }) =>
  element(
    "p",
    { class: "hint" },
    kind === "recorded"
      ? "There is no scorecard: the checks need to know who speaks and what the call was about."
      : "There is no scorecard: the call was cut off before its end.",
  );

function contents({ debrief, overrules, kind }, { overruling, saving, on }) {
  const passed = debrief.checks.filter((check) => verdict(check, overrules)).length;
  return [
    element(
      "p",
      { class: "hint" },
      `${passed} of ${debrief.checks.length}. No grade: things to listen to.`,
    ),
    element(
      "ol",
      { class: "checks" },
      ...debrief.checks.map((check) => {
        const overrule = lastOf(overrules, check.id);
        return item(check, { overrule, open: overruling === check.id, saving, on });
      }),
    ),
    ...(debrief.turning_points.length ? turningPoints(debrief.turning_points, { kind, on }) : []),
  ];
}

const lastOf = (overrules, check) => overrules.findLast((one) => one.check === check) ?? null;
const verdict = (check, overrules) => lastOf(overrules, check.id)?.passed ?? check.passed;
const inWords = (passed) => (passed ? "Yes" : "Not yet");

function item(check, { overrule, open, saving, on }) {
  const { id, question, passed, evidence, you_said: said, you_could_have_said: could } = check;
  const last = overrule?.passed ?? passed;
  return element(
    "li",
    {
      class: "check-item",
      "data-passed": String(last),
      "data-check": id,
      "data-overruled": Boolean(overrule),
    },
    element(
      "p",
      { class: "check-question" },
      element("span", { class: "verdict" }, inWords(last)),
      ` ${question}`,
    ),
    overrule ? overruled(check, overrule, saving, on) : null,
    evidence ? proof(evidence, on) : null,
    could ? alternative(said, could) : null,
    open ? form(check, last, saving, on) : opener(check, last, on),
  );
}

function overruled({ id, passed }, { reason, created }, saving, on) {
  const back = button("Take back", () => on.save({ note: "overrule_removed", check: id }));
  back.disabled = saving;
  return element(
    "div",
    { class: "overruled" },
    element(
      "p",
      {},
      element("s", {}, inWords(passed)),
      " was the page's verdict. A reviewer sees it otherwise:",
    ),
    element("blockquote", {}, reason),
    element("p", { class: "hint" }, `${day(created)} `, back),
  );
}

const opener = (check, last, on) =>
  element(
    "p",
    { class: "overrule-offer" },
    button("I see it otherwise", () => on.overrule(check.id), {
      "aria-label": `I see it otherwise: ${check.question} ${inWords(!last)}.`,
    }),
  );

function form({ id, question }, last, saving, on) {
  const reason = element("textarea", { rows: 2, required: true, maxlength: 2000, id: "overrule-reason" });
  const save = element(
    "button",
    { type: "submit", class: "primary", disabled: saving },
    `Count it as “${inWords(!last)}”`,
  );
  const made = element(
    "form",
    { class: "note-form", "aria-label": `Overrule: ${question}` },
    element("label", { for: "overrule-reason" }, `Why is it “${inWords(!last)}”?`),
    reason,
    element(
      "p",
      { class: "go" },
      save,
      button("Cancel", () => on.overrule("")),
    ),
  );
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = reason.value.trim();
    if (text) on.save({ note: "overrule", check: id, passed: !last, reason: text });
  });
  return made;
}

function button(words, act, attributes = {}) {
  const made = element("button", { type: "button", class: "quiet small", ...attributes }, words);
  made.addEventListener("click", act);
  return made;
}

/** A button that plays a stretch. */
export function hearButton({ from, to, words }, on) {
  const label = element("span", { class: "visually-hidden" }, `Hear ${words} at `);
  const made = element("button", { type: "button", class: "hear" }, label, clock(from));
  made.addEventListener("click", () => on.hear(from, to));
  return made;
}

function proof({ quote, start_seconds: from, end_seconds: to }, on) {
  return element(
    "p",
    { class: "proof" },
    hearButton({ from, to, words: "this sentence" }, on),
    element("q", {}, quote),
  );
}

const alternative = (said, could) =>
  element(
    "dl",
    { class: "alternative" },
    said ? element("div", {}, element("dt", {}, "You said"), element("dd", {}, said)) : null,
    element("div", {}, element("dt", {}, "You could have said"), element("dd", {}, could)),
  );

function turningPoints(points, { on }) {
  return [
    element("h3", {}, "Where it turned"),
    element(
      "ol",
      { class: "turning" },
      ...points.map(({ at_seconds: at, what, better }) =>
        element(
          "li",
          { "data-better": String(better) },
          hearButton({ from: at, to: null, words: "what turned" }, on),
          element(
            "p",
            {},
            element("span", { class: "way" }, better ? "▲ for the better" : "▼ for the worse"),
            ` ${what}`,
          ),
        ),
      ),
    ),
  ];
}

/** A moment as a reader here would write it. */
export const day = (iso) => new Date(iso).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
