// The head of the page: whose call it was and how it ended, what a reader must know of it, where else
// it went on, what can be taken along, and its end.

import { clock, element } from "../view/element.js";
import { day } from "./scorecard.js";

const OUTCOMES = {
  agreement: "ended in agreement",
  not_today: "ended with “not today”",
  hung_up: "they hung up",
  trainee_left: "you left",
  interrupted: "was cut off",
};

const EXPORTS = [
  ["html", "Report to open anywhere (HTML)"],
  ["html", "The same, with the sound in it", true],
  ["json", "Everything, for programs (JSON)"],
  ["csv", "Turns as a table (CSV)"],
  ["vtt", "Subtitles (WebVTT)"],
  ["srt", "Subtitles (SRT)"],
  ["zip", "The session, to import elsewhere (ZIP)"],
  ["zip", "The same, with the sound", true],
];

/** Draw title, remarks, relatives and downloads into their places. */
export function createHead({ byId, session, names }) {
  byId("downloads").replaceChildren(
    ...EXPORTS.map(([kind, words, audio = false]) =>
      element(
        "li",
        { "data-audio": audio },
        element("a", { href: session.export(kind, { audio }), download: true }, words),
      ),
    ),
  );
  let drawn = null;
  return {
    render(state) {
      const { review, peaksMissing } = state;
      if (!review || (review === drawn?.review && peaksMissing === drawn.peaksMissing)) return;
      drawn = { review, peaksMissing };
      document.title = `${review.title} · voice_coach`;
      byId("review-title").textContent = review.debrief?.headline ?? review.title;
      byId("about").replaceChildren(...about(review, names()));
      const remarks = remarksOf(state);
      byId("remarks").hidden = !remarks.length;
      byId("remarks").replaceChildren(...remarks.map((words) => element("li", {}, words)));
      byId("relatives").hidden = !review.origin && !review.branches.length;
      byId("relatives").replaceChildren(...relatives(review));
      for (const item of byId("downloads").querySelectorAll("[data-audio]")) {
        item.hidden = review.tracks.length === 0;
      }
    },
  };
}

function about({ kind, title, person, created, seconds, outcome, debrief, model }) {
  const parts = [
    aboutWhom(kind, debrief ? title : "", person),
    created ? day(created) : null,
    clock(seconds),
    outcome && !debrief ? OUTCOMES[outcome] : null,
    model ? `heard by ${model}` : null,
  ].filter(Boolean);
  return parts.flatMap((part, index) => (index ? [" · ", part] : [part]));
}

const aboutWhom = (kind, title, person) =>
  kind === "recorded"
    ? ["A recorded call", title].filter(Boolean).join(", ")
    : [title, `with ${person}`].filter(Boolean).join(", ");

function remarksOf({ review, peaksMissing }) {
  const said = [...review.remarks];
  if (!review.complete && !said.length) {
    said.push("This call did not come to its end; what there is of it is kept and shown.");
  }
  if (!review.tracks.length) {
    said.push(
      "No sound was kept of this call, so there is nothing to hear: the words can be read, and a click " +
        "moves the line. To hear the next one, leave “Keep a recording” switched on before it begins.",
    );
  }
  if (peaksMissing) said.push("The waveforms could not be drawn; everything can still be heard.");
  return said;
}

function relatives({ session, origin, branches }) {
  const made = [];
  if (origin) {
    made.push(
      element(
        "p",
        {},
        "Tried again from ",
        element(
          "a",
          { href: `/review/${origin.session}` },
          `an earlier call, at ${clock(origin.at_seconds)}`,
        ),
        ". ",
        compare(origin.session, session, "the call it came from"),
      ),
    );
  }
  for (const [index, branch] of branches.entries()) {
    const name = branches.length > 1 ? `try ${index + 1}` : "another try";
    made.push(
      element(
        "p",
        {},
        "From here came ",
        element("a", { href: `/review/${branch}` }, name),
        ". ",
        compare(session, branch, name),
      ),
    );
  }
  return made;
}

const compare = (left, right, with_) =>
  element(
    "a",
    { class: "compare", href: `/compare/${left}/${right}` },
    "Compare",
    element("span", { class: "visually-hidden" }, ` with ${with_}`),
  );
