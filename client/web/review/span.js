// Which part of the call the time line shows: `{ from, to }` in seconds. Pure.

const CLOSEST_SECONDS = 2;
const AT_FIRST_SECONDS = 240; // longer calls begin zoomed in
const EDGE = 0.08; // of the span: the playhead turns the page before it reaches the end

const within = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));

/** A span of this length that begins there, kept inside the call. */
export function spanFrom(from, length, seconds) {
  const long = within(length, Math.min(CLOSEST_SECONDS, seconds), seconds);
  const start = within(from, 0, seconds - long);
  return { from: start, to: start + long };
}

/** What a page that was just opened shows. */
export const firstSpan = (seconds) =>
  spanFrom(0, seconds <= AT_FIRST_SECONDS * 1.5 ? seconds : AT_FIRST_SECONDS, seconds);

/** Zoom by a factor (below 1: closer); `at` stays where it is. */
export function zoomed(span, factor, at, seconds) {
  const length = within((span.to - span.from) * factor, Math.min(CLOSEST_SECONDS, seconds), seconds);
  const share = (at - span.from) / (span.to - span.from);
  return spanFrom(at - share * length, length, seconds);
}

/** Move by seconds. */
export const moved = (span, by, seconds) => spanFrom(span.from + by, span.to - span.from, seconds);

/** The span turned like a page when `at` is about to leave it; the same object when it need not be. */
export function following(span, at, seconds) {
  const length = span.to - span.from;
  if (at >= span.from && (at <= span.to - length * EDGE || span.to >= seconds)) return span;
  return spanFrom(at - length * EDGE, length, seconds);
}

const STEPS = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800];
const PIXELS_APART = 72;

/** Seconds between two numbers of the ruler. */
export const rulerStep = (span, width) =>
  STEPS.find((step) => (step / (span.to - span.from)) * width >= PIXELS_APART) ?? STEPS.at(-1);
