// What the page remembers from one visit to the next. A browser that keeps nothing is no trouble.

const PREFIX = "voice_coach.";

/** Give what was kept under `name`, or `otherwise`. */
export function recall(name, otherwise, storage = () => localStorage) {
  try {
    return JSON.parse(storage().getItem(PREFIX + name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

/** Keep a value that JSON can hold. */
export function remember(name, value, storage = () => localStorage) {
  try {
    storage().setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // Storage is full or forbidden: the choice holds for this visit.
  }
}
