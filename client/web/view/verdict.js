// What an answer was worth: a shape, a word and a colour that are seen from afar, then the reason.

import { element, setText } from "./element.js";
import { drawMark } from "./marks.js";

/** The word of a verdict. */
export const wordOf = ({ passed }) => (passed ? "Passed" : "Not yet");

/** The verdict in one breath, as a screen reader says it. */
export function spokenVerdict({ round, reason, you_could_have_said: could, ...verdict }) {
  const more = !verdict.passed && could ? ` You could have said: ${could}` : "";
  return `Round ${round}: ${wordOf(verdict).toLowerCase()}. ${reason}${more}`;
}

/** Draw into `place`, and say it once in `news`, a polite live region. */
export function createVerdict({ place, news }) {
  let drawn = null;
  return {
    render({ drill }) {
      const verdict = drill?.shown?.verdict ?? null;
      if (verdict === drawn) return;
      drawn = verdict;
      place.hidden = !verdict;
      place.dataset.passed = String(verdict?.passed ?? "");
      place.replaceChildren(...(verdict ? contents(verdict) : []));
      if (verdict) {
        setText(news, spokenVerdict(verdict));
        place.scrollIntoView({ block: "nearest" });
      } else if (drill?.takenBack) setText(news, "The verdict is taken back: go on.");
    },
  };
}

function contents(verdict) {
  const { passed, reason, you_could_have_said: could } = verdict;
  return [
    element(
      "p",
      { class: "judged-word" },
      drawMark(passed ? "passed" : "missed"),
      element("strong", {}, wordOf(verdict)),
    ),
    element("p", { class: "judged-reason" }, reason),
    !passed && could ? youCouldHaveSaid(could) : null,
  ].filter(Boolean);
}

const youCouldHaveSaid = (could) =>
  element(
    "p",
    { class: "judged-could" },
    element("span", {}, "You could have said"),
    " ",
    element("q", {}, could),
  );
