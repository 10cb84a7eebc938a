// The head of the trainer's page: the room, the way in, how many tables, and what the server has to say.

import { element, setText } from "../view/element.js";
import { summary } from "./standing.js";

const LINKS = {
  lost: "The room is out of reach; this page tries again by itself. The calls go on without it.",
  refused: "This page is the trainer's no longer: open it again with the secret from the terminal.",
};

/** Draw into the elements of the page; `read()` takes the server's word away. */
export function createHead({ byId, scope, read }) {
  const words = element("p");
  const dismiss = element("button", { type: "button", class: "quiet" }, "Dismiss");
  byId("news").append(words, dismiss);
  scope.listen(dismiss, "click", read);

  return {
    render({ room, tables, link, notice }) {
      const trouble = LINKS[link] ?? "";
      const text = trouble || (notice?.text ?? "");
      byId("news").toggleAttribute("data-empty", text === "");
      byId("news").toggleAttribute("data-trouble", trouble !== "");
      setText(words, text);
      dismiss.hidden = trouble !== "" || text === "";
      document.body.dataset.link = link;
      if (!room) return;
      setText(byId("title"), room.title);
      document.title = `${room.title} - trainer - voice_coach`;
      setText(byId("code"), room.code);
      setText(byId("address"), room.address);
      setText(byId("summary"), summary(tables, Date.now()));
      byId("lock").setAttribute("aria-pressed", String(room.locked));
      setText(byId("lock"), room.locked ? "Locked: unlock the room" : "Lock the room");
    },
  };
}
