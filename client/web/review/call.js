// A review as a time line: every word, move, silence and line with its seconds. Pure.

import { offsetsIn, strokes } from "../moves.js";
import { firstName } from "../people.js";

const LINGERS_SECONDS = 0.25; // a word stays marked until the next one, unless that is far away

/** What one calls the other side: "Dana", or "The other side" where nobody is named. */
export const sideName = ({ kind, person }) =>
  kind === "recorded" && person.startsWith("The ") ? person : firstName(person);

/** Which sides have a track of their own to look at: both, except in a mono recording. */
export const sidesOf = ({ kind, tracks }) =>
  kind === "recorded" && tracks.length === 1 ? [tracks[0].side] : ["trainee", "counterpart"];

/**
 * Give `{ seconds, lines, marks, words }` of a review.
 *
 * `lines` are the turns: `{ index, side, known, from, to, words, moves }`. `marks` are all that one can
 * go to on the time line, sorted: moves, silences, interruptions, comments, turning points. `words` are
 * those of both sides by side, sorted by time. Offsets are those of JavaScript strings.
 */
export function tellCall(review) {
  const lines = review.turns.map((turn) => tellLine(turn, review.label_pitches));
  const points = review.debrief?.turning_points ?? [];
  const marks = [
    ...lines.flatMap(({ moves }) => moves),
    ...review.silences.map((silence) => ({
      kind: "silence",
      from: silence.start_seconds,
      to: silence.end_seconds,
      afterLabel: silence.after_label,
      line: silence.after_turn,
    })),
    ...review.interruptions.map(({ at_seconds: at, by, turn }) => ({
      kind: "interruption",
      from: at,
      to: at,
      by,
      line: turn,
    })),
    ...review.comments.map(({ id, at_seconds: at, text }) => ({
      kind: "comment",
      from: at,
      to: at,
      id,
      text,
    })),
    ...points.map(({ at_seconds: at, what, better, turn }) => ({
      kind: "turning",
      from: at,
      to: at,
      what,
      better,
      line: turn,
    })),
  ].sort((a, b) => a.from - b.from);
  const ends = lines.map(({ to }) => to);
  return {
    seconds: Math.max(review.seconds, ...review.tracks.map((track) => track.seconds), ends.at(-1) ?? 0),
    lines,
    marks,
    words: { trainee: wordsOf(lines, "trainee"), counterpart: wordsOf(lines, "counterpart") },
  };
}

function tellLine({ turn, words: timed, speaker_known: known }, pitches) {
  const { index, speaker, text, start_seconds: from, end_seconds: to } = turn;
  const words = timed.length ? inUtf16(text, timed) : guessed(text, from, to);
  const moves = strokes(text, turn.moves).map((stroke) => ({
    ...stretch(words, stroke, { from, to }),
    kind: "move",
    line: index,
    stroke,
    side: speaker,
    pitch: pitchOf(pitches, index, stroke, text),
  }));
  return { index, side: speaker, known, from, to, words, moves };
}

function inUtf16(text, timed) {
  const offset = offsetsIn(text);
  return timed.map(({ start, end, start_seconds: from, end_seconds: to, measured }) => ({
    start: offset(start),
    end: offset(end),
    from,
    to,
    measured,
  }));
}

// Nobody measured these words: each takes as much of its turn as it has letters.
function guessed(text, from, to) {
  const perLetter = (to - from) / Math.max(1, text.length);
  return [...text.matchAll(/\S+/gu)].map(({ 0: word, index: start }) => ({
    start,
    end: start + word.length,
    from: from + start * perLetter,
    to: from + (start + word.length) * perLetter,
    measured: false,
  }));
}

// From the first to the last word that belongs to a piece of the text.
function stretch(words, { start, end }, whole) {
  const inside = words.filter((word) => word.start < end && start < word.end);
  if (!inside.length) return { from: whole.from, to: whole.to };
  return { from: inside[0].from, to: Math.max(...inside.map(({ to }) => to)) };
}

function pitchOf(pitches, index, stroke, text) {
  const offset = offsetsIn(text);
  const found = pitches.find(({ turn, start }) => turn === index && offset(start) === stroke.start);
  return found ? { ended: found.ended, semitones: found.semitones } : null;
}

function wordsOf(lines, side) {
  return lines
    .filter((line) => line.side === side)
    .flatMap(({ index, words }) => words.map((word, number) => ({ ...word, line: index, number })))
    .sort((a, b) => a.from - b.from);
}

/** The last of `sorted` that began at or before a time, as an index; -1 before the first. */
export function lastBegun(sorted, at) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle].from <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The word that sounds at a time on one side, or `null`. */
export function wordAt(words, at) {
  const index = lastBegun(words, at);
  const word = words[index];
  if (!word) return null;
  const next = words[index + 1]?.from ?? Infinity;
  return at < Math.max(word.to, Math.min(next, word.to + LINGERS_SECONDS)) ? word : null;
}

/** The line that is being said, or was said last; `null` before the first. */
export const lineAt = (lines, at) => lines[lastBegun(lines, at)] ?? null;

const NEAR_SECONDS = 0.05; // what begins here is where one stands already
const GRACE_SECONDS = 1; // going back soon after a beginning means the one before

/** The next (`step` 1) or previous (-1) of things with a `from`; `null` when there is none. */
export function neighbour(sorted, at, step) {
  if (step > 0) return sorted.find(({ from }) => from > at + NEAR_SECONDS) ?? null;
  return sorted.findLast(({ from }) => from < at - GRACE_SECONDS) ?? sorted[0] ?? null;
}

/** How the other side stood at a time: the last entry of the course; `null` before the first. */
export const standingAt = (course, at) => course.findLast(({ at_seconds: since }) => since <= at) ?? null;
