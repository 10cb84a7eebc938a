// After a drill: how it went in one sentence, the row of marks, what to work on, each round to open.

import { marksOf, promptOf } from "../drill.js";
import { clock, element } from "./element.js";
import { createMarks, drawMark } from "./marks.js";
import { wordOf } from "./verdict.js";

/** Draw into `place`. `again` and `other` are called by the buttons; `recording` plays what is clicked. */
export function createDrillResult({ place, recording, again, other }) {
  let drawn = null;
  return {
    render(state) {
      const result = state.drill?.result ?? null;
      if (state.screen !== "ended" || result === drawn) return;
      drawn = result;
      if (result) place.replaceChildren(...contents(state, { recording, again, other }));
    },
  };
}

function contents(state, { recording, again, other }) {
  const { drill, record, session } = state;
  const { card, result } = drill;
  return [
    element(
      "header",
      { class: "debrief-head" },
      element("p", { class: "wordmark" }, card.title),
      element("h1", { id: "headline" }, result.headline),
      row(drill),
      result.work_on ? workOn(result.work_on) : null,
      buttons({ session, again, other }),
    ),
    element(
      "section",
      { class: "rounds", "aria-labelledby": "rounds-title" },
      element("h2", { id: "rounds-title" }, "Round by round"),
      record
        ? null
        : element("p", { class: "hint" }, "This drill was not recorded, so there is nothing to hear."),
      element("ol", {}, ...result.verdicts.map((verdict) => roundItem(verdict, state, recording))),
    ),
    element(
      "section",
      { class: "numbers", "aria-labelledby": "numbers-title" },
      element("h2", { id: "numbers-title" }, result.last ? "Against last time" : "In numbers"),
      numbers(result),
    ),
    recording.status,
  ];
}

function row(drill) {
  const list = element("ol", { class: "marks", "aria-label": "Rounds" });
  createMarks(list)(marksOf(drill));
  return list;
}

const workOn = (words) =>
  element("div", { class: "work-on" }, element("h2", {}, "To work on"), element("p", {}, words));

function buttons({ session, again, other }) {
  const button = (id, look, key, words, act) => {
    const made = element(
      "button",
      { type: "button", class: look, id, "aria-keyshortcuts": key },
      words,
      element("kbd", {}, key),
    );
    made.addEventListener("click", act);
    return made;
  };
  return element(
    "p",
    { class: "go" },
    button("again", "primary", "A", "Again ", again),
    button("home", "quiet", "D", "Another drill ", other),
    element("a", { id: "review", href: `/review/${session}` }, "Look at the whole drill"),
  );
}

function roundItem(verdict, { drill, turns, session, record }, recording) {
  const { round, passed, reason, utterance, you_said: said, you_could_have_said: could } = verdict;
  const turn = turns.find(({ key }) => key === `trainee-${utterance}`);
  const hear = record && turn ? hearing({ turn, session, recording, round }) : null;
  return element(
    "li",
    { class: "round", "data-passed": String(passed), "data-round": round },
    element(
      "details",
      {},
      element(
        "summary",
        {},
        drawMark(passed ? "passed" : "missed"),
        element("span", { class: "visually-hidden" }, `Round ${round}: `),
        element("span", { class: "round-word" }, wordOf(verdict)),
        element("span", { class: "round-line" }, promptOf(drill, round)),
      ),
      element(
        "div",
        { class: "round-body" },
        element("p", {}, reason),
        element(
          "dl",
          { class: "alternative" },
          saying("You said", said || "Nothing", hear),
          could ? saying("You could have said", could) : null,
        ),
      ),
    ),
  );
}

const saying = (who, words, hear = null) =>
  element("div", {}, element("dt", {}, who), element("dd", {}, words, hear));

function hearing({ turn, session, recording, round }) {
  const { speaker, start_seconds: from, end_seconds: to } = turn;
  const label = element("span", { class: "visually-hidden" }, `Hear your answer of round ${round} at `);
  const button = element("button", { type: "button", class: "hear" }, label, clock(from));
  button.addEventListener("click", () => recording.play({ session, speaker, from, to, button }));
  return button;
}

const passedOf = ({ passed, rounds }) => `${passed} of ${rounds}`;

function numbers({ score, last }) {
  const figure = (value, words, before) =>
    element(
      "div",
      {},
      element("dt", {}, words, before && element("span", { class: "before" }, `last time ${before}`)),
      element("dd", {}, value),
    );
  return element(
    "dl",
    { class: "figures" },
    figure(passedOf(score), "rounds passed", last && passedOf(last)),
    figure(String(score.longest_streak), "in a row at best", last && String(last.longest_streak)),
  );
}
