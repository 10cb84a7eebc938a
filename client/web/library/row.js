// One call in the list. Pure: a row of the server becomes an element.

import { clock, element } from "../view/element.js";

const OUTCOMES = {
  agreement: "agreed on their terms",
  not_today: "not today",
  hung_up: "they hung up",
  trainee_left: "you ended it",
  interrupted: "broke off",
};

const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

const counted = (number, one, many) => `${number} ${number === 1 ? one : many}`;

function outcome({ kind, running, problem, complete, score, outcome: how }) {
  if (running) return "going on now";
  if (problem) return "cannot be read";
  if (kind === "recorded") return complete ? "recorded call" : "recorded call, heard in part";
  if (kind === "drill" && complete) return `drill, ${score.passed} of ${score.rounds} passed`;
  return OUTCOMES[how] ?? "cut off";
}

/** Whether a call can be taken up where it was, or ended properly. */
export const isCutOff = ({ kind, running, complete, problem }) =>
  kind !== "recorded" && !running && !complete && !problem;

const goOn = ({ id }) =>
  element(
    "p",
    { class: "call-go-on" },
    element("a", { href: `/?resume=${id}` }, "Go on with it"),
    element("button", { type: "button", class: "quiet", "data-end": id }, "End it as it is"),
  );

/** Draw a row: when, with whom, how it ended, what was done in it. */
export function createRow(row) {
  const { id, title, created, seconds, labels, summaries, thats_right: right, problem } = row;
  const marks = [counted(labels, "label", "labels"), counted(summaries, "summary", "summaries")];
  const when = created ? day.format(new Date(created)) : id;
  return element(
    "li",
    { class: "call-row", "data-session": id },
    element(
      "a",
      { href: `/review/${id}` },
      element("span", { class: "call-title" }, title || "A call"),
      element("span", { class: "call-when" }, `${when} · ${clock(seconds)}`),
    ),
    element(
      "p",
      { class: "call-marks" },
      right ? element("span", { class: "heard-right" }, "“that’s right”") : null,
      problem || element("span", {}, `${outcome(row)} · ${marks.join(", ")}`),
    ),
    isCutOff(row) ? goOn(row) : null,
  );
}
