// One line to one table, written at the foot of the page.

import { setText } from "../view/element.js";

/** `on.send(id, text)` and `on.cancel(id)`; an empty line takes the last note away. */
export function createNoteForm({ byId, scope, on }) {
  const [form, input] = [byId("note-form"), byId("note")];
  let writing = "";

  scope.listen(form, "submit", (event) => {
    event.preventDefault();
    on.send(writing, input.value.trim());
  });
  scope.listen(byId("note-cancel"), "click", () => on.cancel(writing));
  scope.listen(form, "keydown", (event) => {
    if (event.key === "Escape") on.cancel(writing);
  });

  return {
    render({ writing: wanted, tables, notes }) {
      if (wanted === writing) return;
      writing = wanted;
      form.hidden = writing === "";
      if (!writing) return;
      setText(byId("note-label"), `Note to ${tables.find(({ id }) => id === writing)?.name ?? "the table"}`);
      input.value = notes[writing] ?? "";
      input.focus();
      input.select();
    },
  };
}
