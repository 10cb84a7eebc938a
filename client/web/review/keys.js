// The review page by keyboard. Keys that mean something to the element in focus are left to it.

const TAKES_SPACE = "button, input, select, textarea, a[href], summary, [role=button]";
const TAKES_LETTERS = "input:not([type=checkbox], [type=radio], [type=range]), select, textarea";
const TAKES_ARROWS = "input, select, textarea";

/** All keys, in the order of the help: `[keys as shown, words]`. */
export const KEYS = [
  [["Space", "K"], "play, or pause"],
  [["←", "→"], "2 seconds back, or on"],
  [["J", "L"], "10 seconds back, or on"],
  [["W", "⇧W"], "next word, or the one before"],
  [["N", "P"], "next move, or the one before; plays just that"],
  [["⇧N", "⇧P"], "next line, or the one before"],
  [["S", "⇧S"], "next silence, or the one before"],
  [["[", "]"], "slower, or faster"],
  [["+", "−", "0"], "zoom in, zoom out, the whole call"],
  [["Home", "End"], "to the beginning, or the end"],
  [["C"], "comment on this moment"],
  [["F"], "follow the sound in the text"],
  [["?"], "show this"],
];

/** Only where a recording cannot tell who speaks. */
export const SPEAKER_KEYS = [[["M", "T"], "this turn is mine, or theirs"]];

const PLAIN = {
  k: ["toggle"],
  j: ["skip", -10],
  l: ["skip", 10],
  w: ["word", 1],
  W: ["word", -1],
  n: ["move", 1],
  p: ["move", -1],
  N: ["line", 1],
  P: ["line", -1],
  s: ["silence", 1],
  S: ["silence", -1],
  "[": ["speed", -1],
  "]": ["speed", 1],
  "+": ["zoom", 0.5],
  "=": ["zoom", 0.5],
  "-": ["zoom", 2],
  0: ["fit"],
  c: ["comment"],
  f: ["follow"],
  m: ["speaker", "trainee"],
  t: ["speaker", "counterpart"],
  "?": ["help"],
};
const ARROWS = { ArrowLeft: ["skip", -2], ArrowRight: ["skip", 2] };
const ENDS = { Home: ["to", 0], End: ["to", 1] };

/** What a key press asks for: `[name, argument]`, or `null`. `letters` off leaves single letters alone. */
export function actionOf({ key, target, altKey, ctrlKey, metaKey }, letters = true) {
  if (altKey || ctrlKey || metaKey) return null;
  const inside = (selector) => Boolean(target?.closest?.(selector));
  if (inside("dialog[open]")) return null;
  if (key === " ") return inside(TAKES_SPACE) ? null : ["toggle"];
  if (key === "Escape") return ["leave"];
  if (key in ARROWS) return inside(TAKES_ARROWS) ? null : ARROWS[key];
  if (key in ENDS) return inside(`${TAKES_ARROWS}, .scrolls`) ? null : ENDS[key];
  if (!letters || inside(TAKES_LETTERS)) return null;
  return PLAIN[key] ?? PLAIN[key.toLowerCase()] ?? null;
}

/** Listen on the page and call `actions[name](argument)`. */
export function bindKeys({ view, scope, actions, letters }) {
  scope.listen(view, "keydown", (event) => {
    const [name, argument] = actionOf(event, letters()) ?? [];
    if (!name || actions[name](argument) === false) return;
    event.preventDefault();
  });
}
