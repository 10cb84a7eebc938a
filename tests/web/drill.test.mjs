// A drill in the page: what the messages of the wire make of it, and the words it is told in.

import assert from "node:assert/strict";
import { test } from "node:test";

import { holdOf, marksOf, promptOf, streakOf } from "../../client/web/drill.js";
import { actionOf } from "../../client/web/keys.js";
import { initialState, reduce } from "../../client/web/state.js";
import { scoreInWords } from "../../client/web/view/drill-cards.js";
import { createHeard } from "../../client/web/view/heard.js";
import { drillWordsOf } from "../../client/web/view/phase.js";
import { spokenVerdict } from "../../client/web/view/verdict.js";

const card = { id: "label_it", title: "Label it", trains: "", how: "Name it.", rounds: 10, prompts: 22 };
const person = { id: "", title: "Label it", person: "Sam, a colleague", stake: "", guardedness: "open" };
const welcome = { type: "welcome", seq: 1, session: "s1", scenario: person, record: true, drill: card };
const round = (number, more = {}) => ({
  type: "round",
  round: {
    number,
    rounds: 10,
    streak: 0,
    passed: 0,
    prompt: `p${number}`,
    task: "Name the feeling",
    why: "A new one.",
    again: false,
    hold_seconds: null,
    ...more,
  },
});
const reply = (number, ...sentences) => ({
  type: "reply",
  reply: number,
  sentences,
  delivery: "calm",
  sample_rate_hz: 22050,
});
const partial = (utterance, settled) => ({ type: "partial", utterance, settled, tentative: "", moves: [] });
const turn = (index, utterance, text) => ({
  type: "turn",
  utterance,
  turn: { index, speaker: "trainee", text, moves: [] },
});
const verdict = (number, utterance, passed, streak = passed ? 1 : 0) => ({
  type: "verdict",
  verdict: {
    round: number,
    utterance,
    prompt: `p${number}`,
    passed,
    reason: "A reason.",
    you_said: "",
    you_could_have_said: "It sounds like it was too much.",
    streak,
  },
});
const play = (...messages) => [welcome, ...messages].reduce(reduce, initialState);
const first = [round(1), reply(1, "I did it alone.", "Again.")];
const judged = [
  ...first,
  partial(1, "It sounds"),
  turn(1, 1, "It sounds lonely."),
  verdict(1, 1, true),
];

test("a call is no drill, and a drill is one from its opening on", () => {
  const opened = reduce(initialState, { type: "opening", drill: card });
  assert.equal(opened.screen, "call");
  assert.equal(opened.drill.card, card);
  assert.equal(reduce(opened, welcome).drill, opened.drill, "a resumed drill goes on");
  assert.equal(reduce(initialState, { ...welcome, drill: null }).drill, null);
  assert.equal(reduce(initialState, round(1)).drill, null, "without a drill a round means nothing");
});

test("a round asks, a line is spoken, and the marks say where one is", () => {
  const { drill } = play(...first);
  assert.equal(promptOf(drill, 1), "I did it alone. Again.");
  assert.deepEqual(marksOf(drill).slice(0, 2), ["now", "open"]);
  assert.equal(marksOf(drill).length, 10);
});

test("a verdict stays while the next line is spoken, until the next answer begins", () => {
  const next = play(...judged, round(2, { streak: 1, passed: 1 }), reply(2, "Fine."));
  assert.equal(next.drill.shown.verdict.round, 1);
  assert.equal(next.drill.answer, 1);
  assert.deepEqual(marksOf(next.drill).slice(0, 3), ["passed", "now", "open"]);
  const answering = reduce(next, partial(2, "It"));
  assert.equal(answering.drill.shown, null);
  assert.equal(answering.drill.answer, 2);
});

test("speech that goes on after its verdict does not wipe it away", () => {
  const hold = round(1, { again: true, hold_seconds: 4, task: "Now stay silent" });
  const held = [...judged.slice(0, -1), hold];
  const spoken = play(...held, partial(2, "And"), verdict(1, null, false));
  assert.equal(reduce(spoken, partial(2, "And so")).drill.shown.verdict.passed, false);
  assert.equal(reduce(spoken, partial(3, "It")).drill.shown, null);
});

test("without partials the settled turn shows the answer", () => {
  const next = play(...judged, round(2), reply(2, "Fine."), turn(3, 2, "It seems so."));
  assert.equal(next.drill.shown, null);
  assert.equal(next.drill.answer, 2);
});

test("a turn that is taken back takes its verdict, the next round and its line back", () => {
  const before = play(...judged, round(2, { streak: 1 }), reply(2, "Fine."));
  const { drill } = [{ type: "turn_taken_back", utterance: 1 }, round(1)].reduce(reduce, before);
  assert.deepEqual(drill.verdicts, []);
  assert.equal(drill.shown, null);
  assert.equal(drill.answer, 1, "the words stay: they go on");
  assert.ok(drill.takenBack);
  assert.deepEqual(
    drill.lines.map(({ text }) => text),
    ["I did it alone. Again."],
  );
  assert.equal(marksOf(drill)[0], "now");
  const judgedAgain = reduce(reduce({ ...before, drill }, turn(1, 1, "It was.")), verdict(1, 1, false));
  assert.ok(!judgedAgain.drill.takenBack);
  assert.deepEqual(marksOf(judgedAgain.drill)[0], "missed");
});

test("a round that goes on keeps its line and is not over, whatever was said of the first try", () => {
  const again = play(...judged, round(1, { again: true, task: "There is more" }), reply(2, "That's part."));
  assert.equal(promptOf(again.drill, 1), "I did it alone. Again.");
  assert.deepEqual(
    again.drill.lines.map(({ text }) => text),
    ["I did it alone. Again.", "That's part."],
  );
  assert.equal(marksOf(again.drill)[0], "now");
  assert.ok(again.drill.shown, "what was said of it can still be read");
});

test("a sign that is spoken before the line is not part of it", () => {
  const line = "Fine. Do it.";
  const { drill } = play(...judged, round(2, { line }), reply(2, "Good.", "Fine.", "Do it."));
  assert.equal(promptOf(drill, 2), line);
  assert.ok(Math.abs(drill.lines.at(-1).lead - 1 / 3) < 0.01, "a third of the sound is the sign");
  const repeated = [round(2, { line, again: true }), reply(3, "Once more.", "Fine.", "Do it.")];
  const lines = repeated.reduce(reduce, play(...judged, round(2, { line }), reply(2, line))).drill.lines;
  assert.deepEqual(
    lines.filter(({ round: number }) => number === 2).map(({ key, text }) => [key, text]),
    [["counterpart-3", line]],
  );
});

test("a line that is said again is the same line, and silence is none", () => {
  const { drill } = play(...first, reply(2, "I did it alone.", "Again."), reply(3));
  assert.deepEqual(
    drill.lines.map(({ key }) => key),
    ["counterpart-2"],
  );
});

test("a silence is held until its verdict", () => {
  const holding = play(...first, round(1, { again: true, hold_seconds: 4 }));
  assert.equal(holdOf(holding.drill), 4);
  assert.equal(holdOf(reduce(holding, verdict(1, null, true)).drill), null);
  assert.equal(holdOf(play(...first).drill), null);
});

test("whose turn it is, is told in two words, and a silence to hold is nobody's", () => {
  assert.equal(drillWordsOf("listening"), "Your turn");
  assert.equal(drillWordsOf("listening", 4), "Quiet");
  assert.equal(drillWordsOf("counterpart_speaking", 4), "Listen");
});

test("the streak is that of the last verdict, or what the round brought along", () => {
  assert.equal(streakOf(play(round(3, { streak: 2 })).drill), 2);
  assert.equal(streakOf(play(...judged).drill), 1);
});

test("the result counts: rounds that were not reached stay open", () => {
  const result = { drill: "label_it", headline: "One.", verdicts: [verdict(1, 1, true).verdict] };
  const { drill, screen } = play(...judged, round(2), {
    type: "ended",
    session: "s1",
    outcome: "left",
    debrief: {},
    drill: result,
  });
  assert.equal(screen, "ended");
  assert.deepEqual(marksOf(drill).slice(0, 2), ["passed", "open"]);
});

test("drills that the server offers stay when one goes home", () => {
  const offered = reduce(initialState, { type: "drills", drills: [card] });
  const opened = reduce(offered, { type: "opening", drill: card });
  assert.deepEqual(reduce(opened, { type: "home" }).drills, [card]);
});

test("a verdict is told in one breath, with what could have been said only when it helps", () => {
  assert.equal(
    spokenVerdict(verdict(3, 1, false).verdict),
    "Round 3: not yet. A reason. You could have said: It sounds like it was too much.",
  );
  assert.equal(spokenVerdict(verdict(3, 1, true).verdict), "Round 3: passed. A reason.");
});

test("the last score is told in words", () => {
  assert.equal(scoreInWords({ passed: 7, rounds: 10, longest_streak: 4 }), "Last time 7 of 10, 4 in a row");
  assert.equal(scoreInWords({ passed: 1, rounds: 4, longest_streak: 1 }), "Last time 1 of 4");
});

test("words are shown as they are heard, and never hidden again", () => {
  let seconds = 0;
  const heard = createHeard(() => seconds);
  const line = { key: "counterpart-1", text: "x".repeat(28), samples: 22050, rateHz: 22050 };
  assert.equal(heard(line), 0);
  seconds = 0.5;
  assert.ok(Math.abs(heard(line) - 0.54) < 0.001);
  seconds = 0;
  assert.ok(heard(line) > 0.5);
  assert.equal(heard({ ...line, key: "counterpart-2", samples: 0 }), 1, "no sound: the text must do");
});

test("after a drill two keys go on", () => {
  const target = { closest: () => null };
  assert.equal(actionOf({ key: "a", target }), "again");
  assert.equal(actionOf({ key: "D", target }), "anotherDrill");
});
