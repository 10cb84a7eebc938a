// Which words get a stroke.

import assert from "node:assert/strict";
import { test } from "node:test";

import { nameOf, runs, strokes } from "../../client/web/moves.js";

const move = (kind, start, end, family = "reflection") => ({ kind, family, start, end });
const cut = (text, { start, end }) => text.slice(start, end);

test("offsets count code points, as the server's do", () => {
  const text = "👩‍⚕️ 𝒮o it sounds like you";
  const start = Array.from(text).join("|").split("|").indexOf("i");
  const [stroke] = strokes(text, [move("label", start, Array.from(text).length)]);
  assert.equal(cut(text, stroke), "it sounds like you");
});

test("the more telling of two moves keeps the words", () => {
  const kinds = strokes("so you were alone with that", [
    move("paraphrase", 0, 27),
    move("label", 3, 27),
    move("mirror", 0, 2),
  ]).map(({ kind }) => kind);
  assert.deepEqual(kinds, ["mirror", "label"]);
});

test("a span past the end of the text is cut to it, an empty one is dropped", () => {
  const found = strokes("short", [move("label", 0, 99), move("mirror", 7, 9)]);
  assert.deepEqual(
    found.map(({ start, end }) => [start, end]),
    [[0, 5]],
  );
});

test("label and summary are strong, pressure is quiet", () => {
  const [label, leverage] = strokes("it sounds take it", [
    move("label", 0, 9),
    move("leverage", 10, 17, "pressure"),
  ]);
  assert.deepEqual([label.strong, leverage.strong], [true, false]);
});

test("a kind that nobody named is shown in its own words", () => {
  assert.equal(nameOf("warm_opening"), "warm opening");
  assert.equal(nameOf("missing_piece_label"), "missing-piece label");
});

test("runs give every letter once, in order, whatever the moves", () => {
  const text = "well, it sounds like you  were alone. why?";
  const groups = runs(text, [move("label", 6, 36), move("why_question", 38, 42, "question")], 20);
  const words = groups.flatMap((group) => group.words);
  assert.equal(words.map((word) => word.text).join(""), text);
  assert.deepEqual(
    groups.map(({ stroke }) => stroke?.kind ?? null),
    [null, "label", null, "why_question"],
  );
  assert.ok(words.every(({ start, text: letters, settled }) => settled === start + letters.length <= 20));
});

test("words that are settled keep their place when the tail grows", () => {
  const before = runs("it sounds like this", [], 9)[0].words;
  const after = runs("it sounds like that is", [move("label", 0, 22)], 14)[0].words;
  assert.deepEqual(
    after.slice(0, 2).map(({ start, text }) => [start, text]),
    before.slice(0, 2).map(({ start, text }) => [start, text]),
  );
});
