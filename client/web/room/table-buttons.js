// What the trainer can do with one table: a note, listening, and the rarer things behind "More".

import { element, setText } from "../view/element.js";

const LISTEN = { no: "Listen", asked: "Asked: withdraw", yes: "Stop listening" };

const button = (words, attributes = {}) =>
  element("button", { type: "button", class: "quiet", ...attributes }, words);

/** Make the buttons of the table `id`; gives `root` and `render(table, { removing, chosen })`. */
export function createTableButtons({ id, scope, actions }) {
  const note = button("Note", { "aria-keyshortcuts": "N" });
  const listen = button(LISTEN.no, { "aria-keyshortcuts": "L" });
  const send = button("");
  const start = button("Start");
  const stop = button("Stop");
  const remove = button("Remove from the room", { class: "quiet sure" });
  const summary = element("summary", { class: "quiet" }, "More");
  const more = element(
    "details",
    { class: "more" },
    summary,
    element("div", { class: "more-menu" }, send, start, stop, remove),
  );
  const usual = element("div", { class: "table-buttons" }, note, listen, more);
  const question = element("span");
  const sure = button("Remove", { class: "quiet sure" });
  const keep = button("Keep");
  const asking = element("div", { class: "table-buttons", role: "group" }, question, sure, keep);
  asking.hidden = true;

  const close = () => {
    more.open = false;
  };
  const does = (target, act) =>
    scope.listen(target, "click", () => {
      close();
      act(id);
    });
  does(note, actions.note);
  does(listen, actions.listen);
  does(send, actions.send);
  does(start, actions.start);
  does(stop, actions.stop);
  does(remove, actions.askRemove);
  does(sure, actions.remove);
  does(keep, actions.keep);
  scope.listen(more, "keydown", (event) => {
    if (event.key !== "Escape" || !more.open) return;
    close();
    summary.focus();
  });
  scope.listen(more, "focusout", ({ relatedTarget }) => {
    if (relatedTarget && !more.contains(relatedTarget)) close();
  });

  return {
    root: element("footer", {}, usual, asking),
    render({ name, session, listening, connected, activity }, { removing, chosen }) {
      for (const [target, what] of [
        [note, `Note to ${name}`],
        [listen, `${LISTEN[listening]}: ${name}`],
        [summary, `More for ${name}`],
      ]) {
        if (target.getAttribute("aria-label") !== what) target.setAttribute("aria-label", what);
      }
      setText(listen, LISTEN[listening]);
      listen.disabled = !connected && listening === "no";
      setText(send, chosen ? `Send “${chosen}”` : "Send the exercise");
      send.disabled = !chosen;
      start.disabled = !activity || !connected;
      stop.disabled = !session;
      if (removing === !asking.hidden) return;
      setText(question, `Take ${name} out of the room?`);
      asking.hidden = !removing;
      usual.hidden = removing;
      if (removing) keep.focus();
    },
  };
}
