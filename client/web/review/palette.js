// The colours of the page for what is drawn on a canvas, and when they change.

const NAMES = [
  "paper",
  "paper-raised",
  "paper-sunk",
  "ink",
  "ink-soft",
  "rule",
  "edge",
  "understood",
  "warning",
];
const FAMILIES = ["reflection", "question", "empathy", "pressure", "solution", "flow"];

/** The page's colours by the names of `style.css`; of each family also `<family>-wash`. */
export function readPalette(place) {
  const style = getComputedStyle(place);
  const all = [...NAMES, ...FAMILIES, ...FAMILIES.map((name) => `${name}-wash`)];
  const palette = Object.fromEntries(
    all.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
  );
  return { ...palette, sans: style.getPropertyValue("--sans").trim() };
}

/** Call when light turns dark, or contrast is asked for. */
export function onNewColours(scope, callback) {
  for (const query of [
    "(prefers-color-scheme: dark)",
    "(prefers-contrast: more)",
    "(forced-colors: active)",
  ]) {
    scope.listen(matchMedia(query), "change", callback);
  }
}

/** Fit a canvas to its box at the screen's own resolution; gives its context, in CSS pixels. */
export function fitted(canvas, width, height) {
  const density = window.devicePixelRatio || 1;
  const [across, down] = [Math.round(width * density), Math.round(height * density)];
  if (canvas.width !== across || canvas.height !== down) {
    canvas.width = across;
    canvas.height = down;
    canvas.style.inlineSize = `${width}px`;
    canvas.style.blockSize = `${height}px`;
  }
  const context = canvas.getContext("2d");
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}
