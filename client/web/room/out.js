// What a table sees that is in the room no longer: taken out, gone by itself, or the room has ended.

import { element } from "../view/element.js";

const REASONS = {
  removed: {
    title: "The trainer has taken this table out of the room.",
    next: "If that was a mistake, ask for the room's code and join again.",
  },
  closed: {
    title: "This room is closed.",
    next: "The trainer has ended it, or started it anew. Join again with the code on the projector.",
  },
  elsewhere: {
    title: "This table is open in another window.",
    next: "Go on there. To have it here instead, come back here with the button.",
    again: "Bring it here",
  },
  left: {
    title: "You have left the room.",
    next: "Your calls stay on the trainer's machine unless you deleted them. You can join again with the code.",
  },
};

/** Draw into `place`, a `main` of its own; nothing else is shown with it. */
export function createOut({ place }) {
  let shown = null;
  return {
    render({ out }) {
      if (!out || shown === out.reason) return;
      shown = out.reason;
      const { title, next, again = "Join again" } = REASONS[out.reason];
      place.replaceChildren(
        element("p", { class: "wordmark" }, "voice_coach"),
        element("h1", { id: "out-title" }, title),
        element("p", { class: "lede" }, next),
        element("p", {}, element("a", { class: "primary", href: "/" }, again)),
      );
      document.title = `${title} - voice_coach`;
      document.body.dataset.screen = "out";
      for (const other of document.querySelectorAll("#start, #call-home, #ended")) other.hidden = true;
      place.hidden = false;
      place.focus({ preventScroll: true });
    },
  };
}
