// Who may see what, and changing it: what is kept, who reads it, this table's calls, and the way out.

import { Refused, ask } from "../library/server.js";
import { Scope } from "../scope.js";
import { clock, element, setText } from "../view/element.js";
import { inWords } from "./lobby-state.js";

const CALLS = 20;
const when = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

function createSwitch(words, id) {
  const input = element("input", { type: "checkbox", role: "switch", id });
  return { input, label: element("label", { class: "switch", for: id }, input, element("span", {}, words)) };
}

/** Draw into `place`; shown while the lobby's `open` is set. */
export function createPanel({ place, scope, actions }) {
  const sentences = element("ul", { class: "lobby-sentences" });
  const record = createSwitch("Record the sound of my calls", "lobby-record");
  const share = createSwitch(
    "The trainer may read along, and my calls stand in the class report",
    "lobby-share",
  );
  const later = element("p", { class: "hint" }, "The recording changes with your next call.");
  const calls = element("ul", { class: "lobby-calls" });
  const trouble = element("p", { class: "lobby-trouble", role: "alert" });
  const leave = createAskedOnce({
    words: "Leave the room",
    question: "Leave the room? Your calls stay until you delete them.",
    yes: "Leave",
    act: actions.leave,
    scope,
  });
  const close = element("button", { type: "button", class: "quiet" }, "Close");
  const panel = element(
    "section",
    { id: "lobby-panel", class: "lobby-panel", tabindex: "-1", "aria-label": "Who may see what" },
    element("div", {}, element("h2", {}, "Who may see what"), sentences),
    element("div", {}, element("h2", {}, "Change it"), record.label, share.label, later),
    element("div", {}, element("h2", {}, "My calls in this room"), trouble, calls),
    element("div", { class: "lobby-ways" }, leave.root, close),
  );
  panel.hidden = true;
  place.append(panel);

  let known = "";
  let opener = null;
  let rowsScope = new Scope(); // of the calls that are listed now
  const hide = () => {
    actions.panel(false);
    opener?.focus();
  };
  scope.listen(record.input, "change", () => actions.consent({ record: record.input.checked }));
  scope.listen(share.input, "change", () => actions.consent({ share: share.input.checked }));
  scope.listen(close, "click", hide);
  scope.listen(panel, "keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation(); // in a call it would ask to end it
    hide();
  });

  const fill = async () => {
    try {
      const { sessions } = await ask(`/api/sessions?${new URLSearchParams({ limit: CALLS, before: "" })}`);
      setText(trouble, "");
      rowsScope.close();
      rowsScope = new Scope();
      const rows = sessions.map((row) => callRow(row, { scope: rowsScope, deleted, failed }));
      calls.replaceChildren(...(rows.length ? rows : [element("li", { class: "hint" }, "None yet.")]));
    } catch (error) {
      failed(error);
    }
  };
  const deleted = () => {
    panel.focus(); // the button that had the focus goes with its row
    return fill();
  };
  const failed = (error) => {
    if (!(error instanceof Refused)) throw error;
    setText(trouble, error.message);
  };

  return {
    render({ open, consent, out }, { screen }) {
      const shown = open && !out;
      later.hidden = screen !== "call";
      record.input.checked = consent.record;
      share.input.checked = consent.share;
      const words = JSON.stringify(consent);
      if (words !== known) {
        known = words;
        sentences.replaceChildren(...inWords(consent).map((sentence) => element("li", {}, sentence)));
      }
      if (shown === !panel.hidden) return;
      if (shown) opener = document.activeElement;
      panel.hidden = !shown;
      if (shown) fill();
    },
  };
}

function callRow({ id, title, created, seconds, running }, { scope, deleted, failed }) {
  const at = created ? when.format(new Date(created)) : id;
  const words = `${title || "A call"}, ${at}`;
  const remove = createAskedOnce({
    words: "Delete",
    named: `Delete ${words}`,
    question: "Delete it for good?",
    yes: "Delete",
    act: () => ask(`/api/sessions/${id}`, { method: "DELETE" }).then(deleted, failed),
    scope,
  });
  return element(
    "li",
    {},
    element("a", { href: `/review/${id}` }, words),
    element("span", { class: "hint" }, running ? " going on now" : ` ${clock(seconds)}`),
    running ? null : remove.root,
  );
}

// A button that asks once before it acts.
function createAskedOnce({ words, named = words, question, yes, act, scope }) {
  const first = element("button", { type: "button", class: "quiet", "aria-label": named }, words);
  const sure = element("button", { type: "button", class: "quiet sure" }, yes);
  const keep = element("button", { type: "button", class: "quiet" }, "No");
  const group = { class: "asking", role: "group", "aria-label": question };
  const asking = element("span", group, question, sure, keep);
  asking.hidden = true;
  const show = (on) => {
    asking.hidden = !on;
    first.hidden = on;
    (on ? keep : first).focus();
  };
  scope.listen(first, "click", () => show(true));
  scope.listen(keep, "click", () => show(false));
  scope.listen(sure, "click", act);
  return { root: element("span", { class: "asked-once" }, first, asking) };
}
