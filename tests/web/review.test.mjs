// The review page's pure parts: time line, words, zoom, peaks, state, keys, what is under the pointer.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import {
  lineAt,
  neighbour,
  sideName,
  sidesOf,
  standingAt,
  tellCall,
  wordAt,
} from "../../client/web/review/call.js";
import { actionOf } from "../../client/web/review/keys.js";
import { lanesFor, markUnder } from "../../client/web/review/lanes.js";
import { gainOf, loudness, pyramid } from "../../client/web/review/peaks.js";
import { sessionOf } from "../../client/web/review/server.js";
import { firstSpan, following, rulerStep, spanFrom, zoomed } from "../../client/web/review/span.js";
import { initialState, otherSpeed, reduce } from "../../client/web/review/state.js";
import { Steering } from "../../client/web/review/sync.js";
import { tidy } from "../../client/web/review/figures.js";

const WEB = join(dirname(fileURLToPath(import.meta.url)), "../../client/web");

const move = (kind, start, end) => ({ kind, family: "reflection", start, end });
const turn = (index, speaker, text, from, to, moves = []) => ({
  index,
  speaker,
  text,
  start_seconds: from,
  end_seconds: to,
  moves,
});
const word = (start, end, from, to) => ({
  start,
  end,
  start_seconds: from,
  end_seconds: to,
  measured: true,
});
const review = {
  session: "20261125-015706-zgv4",
  kind: "rehearsal",
  title: "Renewal",
  person: "Dana Whitfield, operations",
  seconds: 12,
  turns: [
    { turn: turn(0, "counterpart", "Well? 🙂 No.", 0, 2), words: [], speaker_known: true },
    {
      turn: turn(1, "trainee", "🙂 It sounds hard.", 4, 6, [move("label", 2, 16)]),
      words: [word(0, 1, 4, 4.2), word(2, 4, 4.5, 4.8), word(5, 11, 4.8, 5.3), word(12, 17, 5.4, 5.9)],
      speaker_known: true,
    },
  ],
  silences: [{ start_seconds: 2, end_seconds: 4, after_turn: 0, after_label: false }],
  interruptions: [{ at_seconds: 1.5, by: "trainee", turn: 0 }],
  comments: [{ id: "c1", at_seconds: 5, text: "Here." }],
  label_pitches: [{ turn: 1, start: 2, ended: "fell", semitones: -3 }],
  course: [],
  debrief: null,
  tracks: [
    { side: "trainee", seconds: 12.5 },
    { side: "counterpart", seconds: 12.5 },
  ],
};
const call = tellCall(review);

test("a move's seconds are those of its words, also behind a character of two units", () => {
  const label = call.marks.find(({ kind }) => kind === "move");
  assert.deepEqual([label.from, label.to, label.side], [4.5, 5.9, "trainee"]);
  assert.equal("🙂 It sounds hard.".slice(label.stroke.start, label.stroke.end), "It sounds hard");
  assert.deepEqual(label.pitch, { ended: "fell", semitones: -3 });
});

test("words that nobody measured are spread over their turn, and say so", () => {
  const words = call.lines[0].words;
  assert.equal(words.length, 3);
  assert.equal(words[0].from, 0);
  assert.ok(words.every(({ measured, from, to }) => !measured && from < to && to <= 2));
});

test("a call is as long as the longest of what is known of it", () => {
  assert.equal(call.seconds, 12.5);
  assert.deepEqual(
    call.marks.map(({ kind }) => kind),
    ["interruption", "silence", "move", "comment"],
  );
});

test("a word sounds until the next one, but not into a pause", () => {
  assert.equal(wordAt(call.words.trainee, 4.6).number, 1);
  assert.equal(wordAt(call.words.trainee, 5.35).number, 2, "the breath between two words");
  assert.equal(wordAt(call.words.trainee, 3.9), null);
  assert.equal(wordAt(call.words.trainee, 8), null);
});

test("the line at a time is the last that began", () => {
  assert.equal(lineAt(call.lines, 3).index, 0);
  assert.equal(lineAt(call.lines, 4).index, 1);
  assert.equal(lineAt([], 4), null);
});

test("next is what begins later; previous is the one before, or the first", () => {
  const at = (from) => ({ from });
  const three = [at(1), at(5), at(9)];
  assert.equal(neighbour(three, 1, 1).from, 5);
  assert.equal(neighbour(three, 9, 1), null);
  assert.equal(neighbour(three, 5.5, -1).from, 1, "soon after a beginning means the one before it");
  assert.equal(neighbour(three, 7, -1).from, 5);
  assert.equal(neighbour(three, 0.2, -1).from, 1);
  assert.equal(neighbour([], 3, -1), null);
});

test("how they stood is what was last known", () => {
  const course = [{ at_seconds: 1 }, { at_seconds: 4 }];
  assert.equal(standingAt(course, 0.5), null);
  assert.equal(standingAt(course, 3.9), course[0]);
  assert.equal(standingAt(course, 99), course[1]);
});

test("a recorded call names nobody, and a mono one has a single lane", () => {
  assert.equal(sideName(review), "Dana");
  assert.equal(sideName({ kind: "recorded", person: "The other side" }), "The other side");
  assert.deepEqual(sidesOf(review), ["trainee", "counterpart"]);
  assert.deepEqual(sidesOf({ ...review, kind: "recorded", tracks: [{ side: "trainee" }] }), ["trainee"]);
});

test("zooming keeps what is under the pointer in place, and the span in the call", () => {
  const span = zoomed({ from: 0, to: 100 }, 0.5, 40, 100);
  assert.deepEqual(span, { from: 20, to: 70 });
  assert.deepEqual(zoomed(span, 100, 40, 100), { from: 0, to: 100 });
  const closest = zoomed(span, 0.0001, 40, 100);
  assert.equal(closest.to - closest.from, 2);
  assert.deepEqual(spanFrom(95, 20, 100), { from: 80, to: 100 });
  assert.deepEqual(firstSpan(60), { from: 0, to: 60 });
  assert.equal(firstSpan(3600).to, 240);
});

test("the page turns before the playhead leaves, and not at the end of the call", () => {
  const span = { from: 0, to: 100 };
  assert.equal(following(span, 50, 500), span);
  assert.deepEqual(following(span, 95, 500), { from: 87, to: 187 });
  assert.equal(following(span, 95, 100), span);
  assert.ok(following(span, 300, 500).from < 300);
});

test("numbers on the ruler never crowd", () => {
  for (const length of [2, 10, 90, 600, 3600, 7200]) {
    const step = rulerStep({ from: 0, to: length }, 1000);
    assert.ok((step / length) * 1000 >= 72, `${length}`);
  }
});

test("the loudest sample of a stretch is found at every zoom", () => {
  const bytes = new Uint8Array(180_000);
  bytes[90_010] = 255;
  const levels = pyramid(bytes);
  for (const [from, to, count] of [
    [0, 3600, 400],
    [1790, 1810, 800],
    [1700, 1900, 77],
  ]) {
    const found = loudness(levels, { from, to, count, perSecond: 50 });
    assert.equal(found.length, count);
    assert.equal(Math.max(...found), 1, `${from} to ${to}`);
    const where = from + ((found.indexOf(1) + 0.5) / count) * (to - from);
    assert.ok(Math.abs(where - 1800.2) <= ((to - from) / count) * 2, `${where}`);
  }
  assert.equal(Math.max(...loudness(levels, { from: 0, to: 10, count: 50, perSecond: 50 })), 0);
});

test("a quiet track is drawn higher, silence is not", () => {
  assert.equal(gainOf(pyramid(new Uint8Array([0, 255]))), 1);
  assert.equal(gainOf(pyramid(new Uint8Array([0, 102]))), 2.5);
  assert.equal(gainOf(pyramid(new Uint8Array(5))), 3);
  assert.equal(gainOf(pyramid(new Uint8Array())), 3);
});

test("what is under the pointer depends on the lane", () => {
  const lanes = lanesFor({ sides: ["trainee", "counterpart"], topics: 0, comments: true, low: false });
  const toX = (at) => at * 100;
  const at = (x, lane, dy = 4) => markUnder({ x, y: lane.y + dy }, { lanes, marks: call.marks, toX });
  assert.equal(at(500, lanes.moves).kind, "move");
  assert.equal(at(500, lanes.pins).kind, "comment");
  assert.equal(at(300, lanes.waves[0]).kind, "silence");
  assert.equal(at(150, lanes.waves[1]).kind, "interruption");
  assert.equal(at(500, lanes.waves[0]), null);
  assert.equal(at(500, lanes.ruler), null);
});

test("a note changes the review and leaves the reader where they are", () => {
  const open = reduce(initialState, { type: "opened", review });
  const closer = reduce(open, { type: "zoom", factor: 0.5, at: 6 });
  const writing = reduce(reduce(closer, { type: "comment", at: 3 }), { type: "saving" });
  const kept = reduce(writing, { type: "noted", review: { ...review, comments: [] } });
  assert.equal(kept.span, closer.span);
  assert.deepEqual([kept.commenting, kept.saving, kept.review.comments.length], [null, false, 0]);
  const refused = reduce(writing, { type: "refused", notice: { code: "x", title: "No.", next: "" } });
  assert.deepEqual([refused.commenting, refused.saving, refused.notice.title], [3, false, "No."]);
});

test("a message nobody defined is a mistake of ours", () => {
  assert.throws(() => reduce(initialState, { type: "gossip" }), /does not know the message "gossip"/u);
});

test("speeds go up and down in steps and stop at their ends", () => {
  assert.deepEqual(
    [otherSpeed(1, 1), otherSpeed(1, -1), otherSpeed(0.5, -1), otherSpeed(3, 1)],
    [1.25, 0.75, 0.5, 3],
  );
});

test("keys are left to what has the focus", () => {
  const on = (...tags) => ({
    closest: (selector) => selector.split(", ").some((one) => tags.includes(one)),
  });
  assert.deepEqual(actionOf({ key: " ", target: on("section") }), ["toggle"]);
  assert.equal(actionOf({ key: " ", target: on("button") }), null);
  assert.deepEqual(actionOf({ key: "n", target: on("button") }), ["move", 1]);
  assert.deepEqual(actionOf({ key: "P", target: on("section") }), ["line", -1]);
  assert.equal(actionOf({ key: "c", target: on("textarea") }), null);
  assert.deepEqual(actionOf({ key: "Escape", target: on("textarea") }), ["leave"]);
  assert.equal(actionOf({ key: "l", target: on("section"), ctrlKey: true }), null);
  assert.equal(actionOf({ key: "l", target: on("section") }, false), null, "letters are switched off");
  assert.deepEqual(actionOf({ key: "ArrowLeft", target: on("section") }, false), ["skip", -2]);
  assert.equal(actionOf({ key: "Home", target: on(".scrolls") }), null);
});

test("a second track is left alone by noisy readings, caught up when it lags, fetched when far", () => {
  const noisy = new Steering(0.12);
  for (let index = 0; index < 40; index += 1) {
    assert.equal(noisy.next(index % 2 ? 0.03 : -0.02, 1.5, 1.5), 1.5);
  }
  const steering = new Steering(0.12);
  let [behind, rate] = [-0.1, 1];
  for (let index = 0; index < 60; index += 1) {
    rate = steering.next(behind, 1, rate);
    behind += (rate - 1) * 0.12;
  }
  assert.ok(Math.abs(behind) < 0.022, `${behind}`);
  assert.equal(rate, 1);
  assert.equal(steering.next(-0.5, 1, 1), null);
});

test("figures have no more digits than mean something", () => {
  assert.deepEqual([tidy(143.2), tidy(3.14), tidy(4), tidy(-2.55)], ["143", "3.1", "4", "-2.5"]);
});

test("the session is the last part of the address", () => {
  assert.equal(sessionOf("/review/20261125-015706-zgv4"), "20261125-015706-zgv4");
  assert.equal(sessionOf("/review"), "");
});

test("the page asks for all its modules at once, so that none waits for another", () => {
  const found = new Set();
  const walk = (file) => {
    if (found.has(file)) return;
    found.add(file);
    const source = readFileSync(join(WEB, file), "utf-8");
    for (const [, path] of source.matchAll(/^(?:import|\} from)[^"]*"(\.[^"]+)";/gmu)) {
      walk(normalize(join(dirname(file), path)));
    }
  };
  walk("review/main.js");
  found.delete("review/main.js");
  const page = readFileSync(join(WEB, "review.html"), "utf-8");
  const listed = [...page.matchAll(/modulepreload" href="\/web\/([^"]+)"/gu)].map(([, file]) => file);
  assert.deepEqual(listed, [...found].sort());
});
