// Everything by keyboard. Keys that mean something to the element in focus are left to it.

const TAKES_SPACE = "button, input, select, textarea, a[href], summary, [role=button]";
const TAKES_LETTERS = "input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]";

const LETTERS = { c: "cues", l: "latency", p: "popOut", a: "again", d: "anotherDrill", "?": "help" };

/** What a key press asks for: the name of an action, or `null`. */
export function actionOf({ key, target, altKey, ctrlKey, metaKey }) {
  if (altKey || ctrlKey || metaKey) return null;
  const inside = (selector) => Boolean(target?.closest?.(selector));
  if (inside("dialog")) return null;
  if (key === " ") return inside(TAKES_SPACE) ? null : "mute";
  if (key === "Escape") return "end";
  if (inside(TAKES_LETTERS)) return null;
  return LETTERS[key.toLowerCase()] ?? null;
}

/** Listen on a window (the page, or its pop-out) and call `actions[name]()`. */
export function bindKeys({ view, scope, actions }) {
  scope.listen(view, "keydown", (event) => {
    const action = actionOf(event);
    if (!action || !actions[action]?.()) return;
    event.preventDefault();
  });
}
