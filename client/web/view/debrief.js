// After the call: how it went in one sentence, checks that can be heard, numbers, the conversation.

import { firstName } from "../people.js";
import { titlesOf } from "../why.js";
import { clock, element } from "./element.js";
import { createLine } from "./line.js";

/** Draw into `place`. `again` and `home` are called by the buttons; `recording` plays what is clicked. */
export function createDebrief({ place, recording, again, home }) {
  let drawn = null;
  return {
    render(state) {
      if (state.screen !== "ended" || state.drill?.result || state.debrief === drawn) return;
      drawn = state.debrief;
      place.replaceChildren(...contents(state, { recording, again, home }));
    },
  };
}

function contents(state, { recording, again, home }) {
  const { debrief, scenario, turns, origin, session } = state;
  const name = firstName(scenario.person);
  const titles = titlesOf(state);
  const comparison = origin && `/compare/${origin.session}/${session}`;
  const hear = state.record ? hearing(state, recording) : () => null;
  const speakerOf = ({ turn }) => turns.find(({ index }) => index === turn)?.speaker ?? "trainee";
  return [
    element(
      "header",
      { class: "debrief-head" },
      element("p", { class: "wordmark" }, `Your call with ${name}`),
      element("h1", { id: "headline" }, debrief.headline),
      buttons({ name, session, again, home, comparison }),
    ),
    element(
      "section",
      { class: "checks", "aria-labelledby": "checks-title" },
      element("h2", { id: "checks-title" }, "What to look at"),
      state.record
        ? null
        : element("p", { class: "hint" }, "This call was not recorded, so there is nothing to hear."),
      element("ol", {}, ...debrief.checks.map((check) => checkItem(check, hear, speakerOf))),
    ),
    element(
      "section",
      { class: "numbers", "aria-labelledby": "numbers-title" },
      element("h2", { id: "numbers-title" }, "In numbers"),
      numbers(debrief, name),
    ),
    element(
      "section",
      { class: "whole", "aria-labelledby": "whole-title" },
      element("h2", { id: "whole-title" }, "The conversation"),
      element("ol", { class: "lines" }, ...turns.map((turn) => wholeLine({ turn, name, hear, titles }))),
    ),
    recording.status,
  ];
}

function buttons({ name, session, again, home, comparison }) {
  const words = comparison ? "Try it once more from there" : `Call ${name} again`;
  const once = element("button", { type: "button", class: "primary", id: "again" }, words);
  const other = element("button", { type: "button", class: "quiet", id: "home" }, "Someone else");
  once.addEventListener("click", again);
  other.addEventListener("click", home);
  const whole = element("a", { id: "review", href: `/review/${session}` }, "Look at the whole call");
  const compare = comparison ? element("a", { href: comparison }, "Compare with the first try") : null;
  return element("p", { class: "go" }, once, other, whole, compare);
}

// A button that plays a stretch of one side's track: `hear({ speaker, from, to, words })`.
function hearing({ session }, recording) {
  return ({ speaker, from, to, words }) => {
    const label = element("span", { class: "visually-hidden" }, `Hear ${words} at `);
    const button = element("button", { type: "button", class: "hear" }, label, clock(from));
    button.addEventListener("click", () => recording.play({ session, speaker, from, to, button }));
    return button;
  };
}

function checkItem(check, hear, speakerOf) {
  const { question, passed, evidence, you_said: said, you_could_have_said: could } = check;
  return element(
    "li",
    { class: "check-item", "data-passed": String(passed), "data-check": check.id },
    element(
      "p",
      { class: "check-question" },
      element("span", { class: "verdict" }, passed ? "Yes" : "Not yet"),
      ` ${question}`,
    ),
    evidence ? proof(evidence, speakerOf(evidence), hear) : null,
    could ? alternative(said, could) : null,
  );
}

function proof({ quote, start_seconds: from, end_seconds: to }, speaker, hear) {
  const button = hear({ speaker, from, to, words: "this sentence" });
  return element("p", { class: "proof" }, button, element("q", {}, quote));
}

function alternative(said, could) {
  return element(
    "dl",
    { class: "alternative" },
    said ? element("div", {}, element("dt", {}, "You said"), element("dd", {}, said)) : null,
    element("div", {}, element("dt", {}, "You could have said"), element("dd", {}, could)),
  );
}

function numbers({ labels, summaries, thats_right: thatsRight, talk_share: share }, name) {
  const yours = Math.round(share * 100);
  const bar = element("span", { class: "share-bar" });
  bar.style.inlineSize = `${yours}%`;
  const row = (term, ...value) =>
    element("div", {}, element("dt", {}, term), element("dd", {}, ...value));
  return element(
    "dl",
    { class: "figures" },
    row(labels === 1 ? "label" : "labels", String(labels)),
    row(summaries === 1 ? "summary" : "summaries", String(summaries)),
    row("“that’s right”", thatsRight ? "yes" : "no"),
    row(
      `of the talking was yours, the rest ${name}’s`,
      `${yours}%`,
      element("span", { class: "share", "aria-hidden": "true" }, bar),
    ),
  );
}

function wholeLine({ turn, name, hear, titles }) {
  const line = createLine({
    key: turn.key,
    speaker: turn.speaker,
    who: turn.speaker === "trainee" ? "You" : name,
  });
  line.settle(turn, name, titles);
  const { speaker, start_seconds: from, end_seconds: to } = turn;
  const button = hear({ speaker, from, to, words: "this turn" });
  if (button) line.item.prepend(button);
  return line.item;
}
