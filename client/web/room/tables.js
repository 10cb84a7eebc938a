// All tables as cards, in the order in which they joined: none ever changes its place.

import { createTable } from "./table.js";
import { Scope } from "../scope.js";

/** Draw into `list`; `nobody` shows while it is empty. A card is drawn only when its table has changed. */
export function createTables({ list, nobody, scope, actions, exercises }) {
  const cards = new Map(); // table id -> { card, own, drawn }

  const add = (id) => {
    const own = new Scope();
    scope.own(() => own.close());
    const made = createTable({ id, scope: own, actions });
    list.append(made.root);
    cards.set(id, { made, own, drawn: null });
    return cards.get(id);
  };

  const drop = (id) => {
    const { made, own } = cards.get(id);
    const next = made.root.nextElementSibling ?? made.root.previousElementSibling;
    const focused = made.root.contains(document.activeElement);
    own.close();
    made.root.remove();
    cards.delete(id);
    if (focused) next?.querySelector(".table")?.focus();
  };

  // One card can be reached with Tab, the others from it with the arrow keys.
  const rove = () => {
    const all = [...cards.values()].map(({ made }) => made.card);
    if (!all.some((card) => card.tabIndex === 0) && all.length) all[0].tabIndex = 0;
  };

  return {
    render({ room, tables, notes, removing }) {
      const now = Date.now();
      const there = new Set(tables.map(({ id }) => id));
      for (const id of [...cards.keys()]) if (!there.has(id)) drop(id);
      const chosen = exercises.title();
      for (const table of tables) {
        const { id } = table;
        const entry = cards.get(id) ?? add(id);
        const context = { table, note: notes[id] ?? "", removing: removing === id, chosen };
        const last = entry.drawn;
        const changed = !last || Object.keys(last).some((key) => last[key] !== context[key]);
        if (!changed) continue;
        entry.drawn = context;
        entry.made.render(now, context);
      }
      rove();
      nobody.hidden = !room || tables.length > 0;
    },
    tick(now) {
      for (const { made } of cards.values()) made.tick(now);
    },
    focus(id) {
      cards.get(id)?.made.card.focus();
    },
  };
}
