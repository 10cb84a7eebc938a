// What a recognised move looks like in the text: which words get a stroke, of which family, under
// which name. Colours and patterns are CSS; this module is pure.

// Kinds that are the point of the exercise are drawn as a highlighter stroke, the rest more quietly.
const STRONG = new Set(["summary", "label", "missing_piece_label", "i_label"]);

// Where two moves claim the same words, the earlier kind of this list keeps them.
const PRECEDENCE = ["summary", "missing_piece_label", "label", "i_label"];

const NAMES = {
  i_label: "label with I",
  missing_piece_label: "missing-piece label",
  no_oriented_question: "no-oriented question",
  calibrated_question: "open question",
  why_question: "why",
  yes_fishing: "yes-fishing",
  deadline_pressure: "deadline",
  interrupting: "talking over",
};

/** The name of a kind of move in plain words. */
export const nameOf = (kind) => NAMES[kind] ?? kind.replaceAll("_", " ");

const rank = ({ kind }) => {
  const place = PRECEDENCE.indexOf(kind);
  return place < 0 ? PRECEDENCE.length : place;
};

/**
 * Give a function from the server's offsets into a text to those of JavaScript: the server counts
 * characters as Python does, one for each code point; strings here count those outside the basic plane
 * twice.
 */
export function offsetsIn(text) {
  const utf16 = [0];
  for (const character of text) utf16.push(utf16.at(-1) + character.length);
  return (offset) => utf16[Math.min(offset, utf16.length - 1)];
}

/**
 * Give the strokes of a text: sorted, apart from each other, in UTF-16 offsets. Words claimed by two
 * moves go to the more telling one; what is left of the other is dropped, because half a stroke says
 * nothing.
 */
export function strokes(text, moves) {
  const offset = offsetsIn(text);
  const taken = [];
  for (const move of [...moves].sort((a, b) => rank(a) - rank(b) || a.start - b.start)) {
    const start = offset(move.start);
    const end = offset(move.end);
    if (start >= end || taken.some((other) => start < other.end && other.start < end)) continue;
    const { kind, family } = move;
    taken.push({ start, end, kind, family, name: nameOf(kind), strong: STRONG.has(kind) });
  }
  return taken.sort((a, b) => a.start - b.start);
}

/**
 * Cut a text into words (each with the space before it) at spaces, stroke edges and the end of what is
 * settled, and group them by stroke: `[{ stroke | null, words: [{ start, text, settled }] }]`.
 */
export function runs(text, moves, settledLength = text.length) {
  const marks = strokes(text, moves);
  const edges = new Set([0, settledLength, text.length]);
  for (const mark of marks) edges.add(mark.start).add(mark.end);
  for (const gap of text.matchAll(/\s+/gu)) edges.add(gap.index);
  const cuts = [...edges].filter((edge) => edge <= text.length).sort((a, b) => a - b);
  const groups = [];
  for (let index = 0; index + 1 < cuts.length; index += 1) {
    const [start, end] = [cuts[index], cuts[index + 1]];
    const stroke = marks.find((mark) => mark.start <= start && end <= mark.end) ?? null;
    if (!groups.length || groups.at(-1).stroke !== stroke) groups.push({ stroke, words: [] });
    groups.at(-1).words.push({ start, text: text.slice(start, end), settled: end <= settledLength });
  }
  return groups;
}
