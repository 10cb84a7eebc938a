// What two tries share, and where they differ.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  checksOf,
  courseOf,
  endingOf,
  isApart,
  sharedTurns,
  titlesIn,
  tryNames,
} from "../../client/web/compare/pair.js";

const turn = (index, text) => ({
  turn: { index, speaker: index % 2 ? "trainee" : "counterpart", text },
});
const review = (session, texts, more = {}) => ({
  session,
  created: "2026-11-23T18:45:01Z",
  turns: texts.map((text, index) => turn(index, text)),
  course: [],
  debrief: null,
  ...more,
});

test("a branch shares all turns up to the line it was tried again from, however far that was heard", () => {
  const parent = review("a", ["Hello.", "Hm.", "Well, I had", "Sorry.", "Yes."]);
  const origin = { session: "a", turn: 2, at_seconds: 9 };
  const child = review("b", ["Hello.", "Hm.", "Well, I had hoped.", "Tell me."], { origin });
  assert.equal(sharedTurns(parent, child), 3);
  assert.equal(sharedTurns(child, parent), 3);
});

test("two branches of one call share what is the same in both; strangers share nothing", () => {
  const one = review("b", ["Hello.", "Hm.", "Well.", "No."]);
  const two = review("c", ["Hello.", "Hm.", "Well.", "Yes."]);
  assert.equal(sharedTurns(one, two), 3);
  assert.equal(sharedTurns(one, review("d", ["Good morning."])), 0);
  assert.equal(sharedTurns(one, one), 4);
  assert.equal(sharedTurns(one, review("e", [])), 0);
});

test("the older call is the first try, on whichever side it stands", () => {
  const [old, young] = [review("a", []), review("b", [], { created: "2026-11-24T08:00:00Z" })];
  assert.deepEqual(tryNames(old, young), ["First try", "Second try"]);
  assert.deepEqual(tryNames(young, old), ["Second try", "First try"]);
});

test("checks that came out differently come first, and a reviewer's word counts", () => {
  const check = (id, passed) => ({ id, question: `${id}?`, passed });
  const left = review("a", [], { debrief: { checks: [check("x", true), check("y", false)] } });
  const right = review("b", [], {
    debrief: { checks: [check("x", true), check("y", true), check("z", false)] },
    overrules: [{ check: "x", passed: true }],
  });
  const rows = checksOf(left, right);
  assert.deepEqual(
    rows.map((row) => [row.id, isApart(row)]),
    [
      ["y", true],
      ["z", true],
      ["x", false],
    ],
  );
  assert.equal(rows[1].left, null);
  assert.equal(rows[2].right.overruled, true);
  const overruled = { ...left, overrules: [{ check: "y", passed: true, reason: "" }] };
  assert.deepEqual(checksOf(overruled, right).filter(isApart).map(({ id }) => id), ["z"]);
  assert.deepEqual(checksOf(review("a", []), review("b", [])), []);
});

test("both courses begin where they part, and the rest is drawn once", () => {
  const course = (...values) =>
    values.map((trust, place) => ({ turn: 2 * place, trust, ring: [] }));
  const left = review("a", [], { course: course(0.3, 0.4, 0.2) });
  const right = review("b", [], { course: course(0.3, 0.4, 0.6, 0.7) });
  const { shared, left: ours, right: theirs, steps } = courseOf(left, right, "trust", 3);
  assert.deepEqual(shared, [
    { step: 0, value: 0.3 },
    { step: 1, value: 0.4 },
  ]);
  assert.deepEqual(ours.map(({ value }) => value), [0.4, 0.2]);
  assert.deepEqual(theirs.map(({ value }) => value), [0.4, 0.6, 0.7]);
  assert.equal(steps, 4);
  const apart = courseOf(left, right, "trust", 0);
  assert.deepEqual(apart.shared, []);
  assert.equal(apart.left.length, 3);
});

test("topics that never came up have no title, and every end has words", () => {
  const ring = [
    { topic: "alone", title: "Standing there alone" },
    { topic: "secret", title: "" },
  ];
  const titles = titlesIn(review("a", [], { course: [{ turn: 0, trust: 0, ring }] }));
  assert.deepEqual([...titles.keys()], ["alone"]);
  assert.equal(endingOf({ outcome: "hung_up" }, "Dana"), "Dana hung up");
  assert.equal(endingOf({ outcome: null }, "Dana"), "Has no end");
});
