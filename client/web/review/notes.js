// Timed comments: written at the playhead, kept with the call, heard by a click.

import { clock, element } from "../view/element.js";
import { day, hearButton } from "./scorecard.js";

/** Draw into `place`. `on` is told `hear`, `comment(at | null)`, `save(note)`; `now()` gives the playhead. */
export function createNotes({ place, on, now }) {
  let drawn = {};
  const list = element("ol", { class: "comments" });
  const desk = element("div");
  place.append(desk, list);
  return {
    render({ review, commenting, saving }) {
      if (!review) return;
      if (commenting !== drawn.commenting || saving !== drawn.saving) {
        const written = desk.querySelector("textarea")?.value ?? "";
        desk.replaceChildren(commenting === null ? opener(on, now) : form(commenting, saving, on));
        const area = desk.querySelector("textarea");
        if (area && commenting === drawn.commenting) area.value = written;
        else area?.focus();
      }
      if (review.comments !== drawn.comments) {
        list.replaceChildren(...review.comments.map((comment) => item(comment, on)));
        if (!review.comments.length) list.append(element("li", { class: "hint" }, "No comments yet."));
      }
      drawn = { commenting, saving, comments: review.comments };
    },
  };
}

function opener(on, now) {
  const made = element(
    "button",
    { type: "button", class: "quiet small", "aria-keyshortcuts": "c" },
    "Comment on this moment ",
    element("kbd", {}, "C"),
  );
  made.addEventListener("click", () => on.comment(now()));
  return made;
}

function form(at, saving, on) {
  const text = element("textarea", { rows: 3, required: true, maxlength: 2000, id: "comment-text" });
  const leave = element("button", { type: "button", class: "quiet small" }, "Cancel");
  const made = element(
    "form",
    { class: "note-form", "aria-label": "New comment" },
    element("label", { for: "comment-text" }, `At ${clock(at)}`),
    text,
    element(
      "p",
      { class: "go" },
      element("button", { type: "submit", class: "primary", disabled: saving }, "Keep"),
      leave,
    ),
  );
  leave.addEventListener("click", () => on.comment(null));
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    const words = text.value.trim();
    if (words) on.save({ note: "comment", at_seconds: at, text: words });
  });
  return made;
}

function item({ id, at_seconds: at, text, created }, on) {
  const remove = element(
    "button",
    { type: "button", class: "quiet small", "aria-label": `Remove the comment at ${clock(at)}` },
    "Remove",
  );
  remove.addEventListener("click", () => on.save({ note: "comment_removed", comment: id }));
  return element(
    "li",
    { "data-comment": id },
    hearButton({ from: at, to: null, words: "the moment of this comment" }, on),
    element("p", {}, text),
    element("p", { class: "hint" }, `${day(created)} `, remove),
  );
}
