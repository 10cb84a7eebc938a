// The parts of the page: how both ended, how trust and tension went, what came out differently, and
// the conversations themselves.

import { fullName } from "../people.js";
import { clock, element } from "../view/element.js";
import { createLine } from "../view/line.js";
import { drawCourse, drawKey } from "./draw-course.js";
import { checksOf, courseOf, endingOf, isApart, titlesIn } from "./pair.js";

/** How each try ended, with the way to its review. */
export function endings({ left, right, names, person }) {
  const one = (review, who) =>
    element(
      "section",
      { class: "ending", "aria-label": `How it ended: ${who}` },
      element("h2", {}, drawKey(who), ` ${who}`),
      element("p", { class: "ending-words" }, endingOf(review, person)),
      review.debrief ? element("p", { class: "ending-headline" }, review.debrief.headline) : null,
      element(
        "p",
        { class: "hint" },
        `${clock(review.seconds)} long${whenOf(review)}. `,
        element("a", { href: `/review/${review.session}` }, "Look at it alone"),
      ),
    );
  return element("div", { class: "endings" }, one(left, names[0]), one(right, names[1]));
}

const whenOf = ({ created }) =>
  created
    ? `, ${new Date(created).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" })}`
    : "";

/** Trust and tension, both tries over each other. */
export function courses({ left, right, names, shared }) {
  if (!left.course.length && !right.course.length) return null;
  const figure = (name, measure) =>
    drawCourse({ name, names, course: courseOf(left, right, measure, shared) });
  const key = (who) => element("li", {}, drawKey(who), ` ${who}`);
  return element(
    "section",
    { class: "courses", "aria-labelledby": "courses-title" },
    element("h2", { id: "courses-title" }, "How it went, answer by answer"),
    element("ul", { class: "course-keys" }, ...names.map(key)),
    element("div", { class: "course-pair" }, figure("Trust", "trust"), figure("Tension", "tension")),
    shared
      ? element("p", { class: "hint" }, "Higher is more. The dotted line is where the two ways part.")
      : null,
  );
}

/** The checks, those that came out differently first; the others folded. */
export function checks({ left, right, names }) {
  const rows = checksOf(left, right);
  if (!rows.length) return null;
  const [apart, alike] = [rows.filter(isApart), rows.filter((row) => !isApart(row))];
  return element(
    "section",
    { class: "checks", "aria-labelledby": "checks-title" },
    element("h2", { id: "checks-title" }, "What came out differently"),
    apart.length ? table(apart, names) : element("p", { class: "hint" }, "No check did."),
    alike.length ? folded(`${alike.length} came out the same`, table(alike, names)) : null,
  );
}

function table(rows, names) {
  const head = element(
    "tr",
    {},
    element("th", { scope: "col" }, "Question"),
    ...names.map((who) => element("th", { scope: "col" }, who)),
  );
  const verdict = (check) =>
    element(
      "td",
      { "data-passed": String(check?.passed ?? "") },
      check ? (check.passed ? "Yes" : "Not yet") : "—",
      check?.overruled ? element("small", {}, " by a reviewer") : null,
    );
  const row = ({ id, question, left, right }) =>
    element(
      "tr",
      { "data-check": id },
      element("th", { scope: "row" }, question),
      verdict(left),
      verdict(right),
    );
  return element(
    "table",
    { class: "verdicts" },
    element("thead", {}, head),
    element("tbody", {}, ...rows.map(row)),
  );
}

/** What both have in common, folded. */
export function beginning({ left, shared, person, hear }) {
  if (!shared) return null;
  const turns = left.turns.slice(0, shared);
  const words = shared === 1 ? "Both begin with the same line" : `Both begin with the same ${shared} turns`;
  return element(
    "section",
    { class: "beginning", "aria-label": "The shared beginning" },
    folded(words, conversation(left, turns, { person, hear })),
  );
}

const folded = (words, content) =>
  element("details", { class: "folded" }, element("summary", {}, words), content);

/** The two ways on, side by side; `choose(side)` shows one of them where there is no room for both. */
export function ways({ left, right, names, shared, person, hear, choose }) {
  const way = (review, side, who) =>
    element(
      "section",
      { class: "way", "data-side": side, "aria-label": who },
      element("h3", {}, drawKey(who), ` ${who}`),
      review.turns.length > shared
        ? conversation(review, review.turns.slice(shared), { person, hear })
        : element("p", { class: "hint" }, "It ended there."),
    );
  return element(
    "section",
    { class: "ways", "aria-labelledby": "ways-title" },
    element("h2", { id: "ways-title" }, shared ? "From there on" : "Both conversations"),
    oneOfTwo(names, choose),
    element(
      "div",
      { class: "way-pair" },
      way(left, "left", names[0]),
      way(right, "right", names[1]),
    ),
  );
}

function oneOfTwo(names, choose) {
  const option = (side, who) => {
    const input = element("input", { type: "radio", name: "shown", value: side, checked: side === "right" });
    input.addEventListener("change", () => choose(side));
    return element("label", {}, input, element("span", {}, who));
  };
  return element(
    "fieldset",
    { class: "one-of-two" },
    element("legend", { class: "visually-hidden" }, "Which try is shown"),
    option("left", names[0]),
    option("right", names[1]),
  );
}

function conversation(review, turns, { person, hear }) {
  const titles = titlesIn(review);
  const line = ({ turn }) => {
    const who = turn.speaker === "trainee" ? "You" : person;
    const drawn = createLine({ key: `${turn.speaker}-${turn.index}`, speaker: turn.speaker, who });
    drawn.settle(turn, person, titles);
    const button = hear(review, turn);
    if (button) drawn.item.prepend(button);
    return drawn.item;
  };
  return element("ol", { class: "lines" }, ...turns.map(line));
}

/** What the page is headed with: one call twice, or two that have nothing in common. */
export function heading({ left, right, shared }) {
  const person = fullName(left.person);
  const same = shared > 0 || left.title === right.title;
  return element(
    "header",
    { class: "compare-head" },
    element("p", { class: "wordmark" }, element("a", { href: "/" }, "voice_coach")),
    element("h1", {}, shared ? "Two ways on from one line." : "Two calls, side by side."),
    element("p", { class: "lede" }, same ? `${person}, ${left.title}` : `${left.title}, and ${right.title}`),
  );
}
