// From table to table by keyboard, and what a key does with the one in focus.

const TAKES_LETTERS = "input, select, textarea, [contenteditable]";

/** Give the index that a key leads to from `index`, in rows of `columns`; `null` for any other key. */
export function nextIndex(key, index, { count, columns }) {
  const target = {
    ArrowRight: index + 1,
    ArrowLeft: index - 1,
    ArrowDown: index + columns,
    ArrowUp: index - columns,
    Home: 0,
    End: count - 1,
  }[key];
  return target === undefined || target < 0 || target >= count ? null : target;
}

/** Listen on the list of cards. */
export function bindTableKeys({ list, scope, actions }) {
  const cards = () => [...list.querySelectorAll(".table")];
  const columnsOf = (all) => {
    const top = all[0].getBoundingClientRect().top;
    const row = all.findIndex((card) => card.getBoundingClientRect().top > top + 1);
    return row < 0 ? all.length : row;
  };

  scope.listen(list, "focusin", ({ target }) => {
    const mine = target.closest(".table");
    for (const card of cards()) card.tabIndex = card === mine ? 0 : -1;
  });
  scope.listen(list, "keydown", (event) => {
    const { key, target, altKey, ctrlKey, metaKey } = event;
    if (altKey || ctrlKey || metaKey || target.closest(TAKES_LETTERS)) return;
    const mine = target.closest(".table");
    if (!mine) return;
    const letter = { n: "note", l: "listen" }[key.toLowerCase()];
    if (letter) {
      event.preventDefault();
      actions[letter](mine.dataset.table);
      return;
    }
    const all = cards();
    const next = nextIndex(key, all.indexOf(mine), { count: all.length, columns: columnsOf(all) });
    if (next === null) return;
    event.preventDefault();
    all[next].focus();
  });
}
