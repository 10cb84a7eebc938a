// The pure reducer, message by message.

import assert from "node:assert/strict";
import { test } from "node:test";

import { initialState, reduce } from "../../client/web/state.js";

const card = {
  id: "renewal",
  title: "Renewal",
  person: "Ada Lund, buyer",
  stake: "",
  guardedness: "open",
  brief: "",
};
const welcome = {
  type: "welcome",
  seq: 1,
  version: 1,
  session: "s1",
  scenario: card,
  record: true,
  resumed: false,
};
const turn = (index, speaker, text, more = {}) => ({
  index,
  speaker,
  text,
  moves: [],
  interrupted: false,
  thats_right: false,
  ...more,
});
const play = (...messages) => messages.reduce(reduce, initialState);

test("an unknown message is an error that names it", () => {
  assert.throws(() => reduce(initialState, { type: "gossip" }), /does not know the message "gossip"/u);
});

test("the state before a message is never changed", () => {
  const before = play(welcome);
  const copy = structuredClone(before);
  reduce(before, { type: "turn", seq: 2, utterance: 1, turn: turn(0, "trainee", "Hello.") });
  assert.deepEqual(before, copy);
});

test("the first scenario is chosen, unless somebody chose already", () => {
  const cards = [card, { ...card, id: "other" }];
  assert.equal(play({ type: "cards", cards }).chosen, "renewal");
  assert.equal(play({ type: "choose", scenario: "other" }, { type: "cards", cards }).chosen, "other");
  assert.equal(play({ type: "cards", cards: [] }).chosen, "");
});

test("a turn replaces the partial of its number and no other", () => {
  const partial = {
    type: "partial",
    seq: 2,
    utterance: 4,
    settled: "It sounds",
    tentative: " like",
    moves: [],
  };
  const other = play(welcome, partial, {
    type: "turn",
    seq: 3,
    utterance: 3,
    turn: turn(0, "trainee", "So."),
  });
  assert.equal(other.partial.settled, "It sounds");
  const same = reduce(other, {
    type: "turn",
    seq: 4,
    utterance: 4,
    turn: turn(1, "trainee", "It sounds like you."),
  });
  assert.equal(same.partial, null);
  assert.deepEqual(
    same.turns.map(({ text }) => text),
    ["So.", "It sounds like you."],
  );
});

test("a partial that arrives after its turn stays away", () => {
  const state = play(
    welcome,
    { type: "turn", seq: 2, utterance: 1, turn: turn(0, "trainee", "Done.") },
    { type: "partial", seq: 3, utterance: 1, settled: "Do", tentative: "", moves: [] },
  );
  assert.equal(state.partial, null);
});

test("a reply is cut to what was heard when its turn settles", () => {
  const reply = {
    type: "reply",
    seq: 2,
    reply: 7,
    sentences: ["One.", "Two."],
    delivery: "calm",
    sample_rate_hz: 22050,
  };
  const speaking = play(welcome, reply);
  assert.equal(speaking.reply.text, "One. Two.");
  const heard = reduce(speaking, {
    type: "turn",
    seq: 3,
    utterance: 7,
    turn: turn(0, "counterpart", "One.", { interrupted: true }),
  });
  assert.equal(heard.reply, null);
  assert.equal(heard.turns[0].text, "One.");
});

test("the length of a reply is kept for the reply it belongs to", () => {
  const reply = {
    type: "reply",
    seq: 2,
    reply: 7,
    sentences: ["One."],
    delivery: "calm",
    sample_rate_hz: 22050,
  };
  const state = play(welcome, reply, { type: "reply_end", seq: 3, reply: 7, samples: 900 });
  assert.equal(state.reply.samples, 900);
  assert.equal(reduce(state, { type: "reply_end", seq: 4, reply: 6, samples: 1 }).reply.samples, 900);
});

test("turns stand in the order of the call, whichever settles first", () => {
  const state = play(
    welcome,
    { type: "turn", seq: 2, utterance: 2, turn: turn(1, "trainee", "Over you.") },
    { type: "turn", seq: 3, utterance: 1, turn: turn(0, "counterpart", "I was say") },
  );
  assert.deepEqual(
    state.turns.map(({ index }) => index),
    [0, 1],
  );
});

test("what was seen is not taken twice after a resume, and what was missed is", () => {
  const before = play(
    welcome,
    { type: "phase", seq: 2, phase: "listening" },
    { type: "link", status: "reconnecting" },
  );
  const back = reduce(before, { ...welcome, seq: 9, resumed: true });
  assert.deepEqual([back.link, back.seq], ["open", 2]);
  assert.equal(reduce(back, { type: "phase", seq: 2, phase: "ready" }).phase, "listening");
  const missed = reduce(back, { type: "phase", seq: 7, phase: "understanding" });
  assert.deepEqual([missed.phase, missed.seq], ["understanding", 7]);
});

test("a ring that opened something glows anew each time", () => {
  const segments = [{ topic: "a", title: "A", state: "hinted" }];
  const once = play(welcome, { type: "ring", seq: 2, segments, opened: ["a"] });
  assert.equal(reduce(once, { type: "ring", seq: 3, segments, opened: [] }).glow, once.glow);
  assert.equal(
    reduce(once, { type: "ring", seq: 4, segments, opened: ["a"] }).glow.number,
    once.glow.number + 1,
  );
});

test("an error that is not fatal is a notice; a fatal one ends the line", () => {
  const mild = play(welcome, {
    type: "error",
    seq: 2,
    code: "bad-field",
    text: "A field is wrong.",
    fatal: false,
  });
  assert.deepEqual([mild.notice.title, mild.link], ["A field is wrong.", "open"]);
  const fatal = play(welcome, {
    type: "error",
    seq: 2,
    code: "wrong-version",
    text: "Too old.",
    fatal: true,
  });
  assert.deepEqual([fatal.trouble.title, fatal.link], ["Too old.", "lost"]);
});

test("an answer that crossed the server's own decision is no trouble", () => {
  const state = play(welcome);
  const late = {
    type: "error",
    seq: 2,
    code: "unknown-reply",
    text: "There is no reply 4.",
    fatal: false,
  };
  assert.equal(reduce(state, late).notice, null);
});

test("a new call forgets the last one but keeps what the person set", () => {
  const state = play(
    { type: "cards", cards: [card] },
    { type: "record", on: false },
    { type: "opening", scenario: card },
    welcome,
    { type: "muted", on: true },
    { type: "turn", seq: 2, utterance: 1, turn: turn(0, "trainee", "Hello.") },
    { type: "ended", seq: 3, session: "s1", outcome: "agreement", debrief: { headline: "Well." } },
  );
  assert.equal(state.screen, "ended");
  assert.equal(state.debrief.headline, "Well.");
  const again = reduce(state, { type: "opening", scenario: card });
  assert.deepEqual(
    [again.screen, again.turns, again.debrief, again.muted, again.record, again.seq, again.session],
    ["call", [], null, false, true, 0, ""],
  );
});

test("a turn that was not over is forgotten with the answer to it, and its words follow again", () => {
  const state = play(
    welcome,
    { type: "turn", seq: 2, utterance: 1, turn: turn(0, "trainee", "It sounds like") },
    { type: "reply", seq: 3, reply: 2, sentences: ["No."], delivery: "calm", sample_rate_hz: 22050 },
    { type: "pause_playback", seq: 4, reply: 2 },
    { type: "stop_playback", seq: 5, reply: 2 },
    { type: "turn_taken_back", seq: 6, utterance: 1 },
  );
  assert.deepEqual([state.turns, state.reply], [[], null]);
  const partial = { type: "partial", seq: 7, utterance: 1, settled: "It sounds like", tentative: " you" };
  assert.equal(reduce(state, { ...partial, moves: [] }).partial.tentative, " you");
});

test("cues that are not wanted are taken away and do not come back", () => {
  const cue = { type: "cue", seq: 2, cue: { rule: "name-it", text: "Name it." } };
  const off = play(welcome, cue, { type: "cues", on: false });
  assert.equal(off.cue, null);
  assert.equal(reduce(off, { ...cue, seq: 3 }).cue, null, "one that was on its way already");
  assert.equal(reduce(reduce(off, { type: "cues", on: true }), { ...cue, seq: 3 }).cue.rule, "name-it");
});

test("what was chosen for a call holds for the next one", () => {
  const chosen = play({ type: "cues", on: false }, { type: "guardedness", level: "closed" });
  const next = [{ type: "opening", scenario: card }, { type: "home" }].reduce(reduce, chosen);
  assert.deepEqual([next.cues, next.guardedness], [false, "closed"]);
});

test("a call that is tried again knows where, and its clock goes on from there", () => {
  const branch = { session: "s0", turn: 2 };
  const more = { next_sample: 80_000, microphone_rate_hz: 16_000, branch };
  const state = play({ ...welcome, ...more });
  assert.deepEqual(state.origin, branch);
  assert.equal(state.startedSeconds, 5);
  const back = reduce(state, { ...welcome, ...more, seq: 9, resumed: true, next_sample: 160_000 });
  assert.equal(back.startedSeconds, 5);
  assert.equal(play(welcome).origin, null);
  assert.equal(play(welcome).startedSeconds, 0);
});

test("the line that was asked for stays for the next call", () => {
  const branch = { branch: { session: "s0", turn: 2 }, scenario: card, line: "Well.", said: "" };
  const state = play({ type: "branch", branch }, { type: "opening", scenario: card }, { type: "home" });
  assert.equal(state.branch, branch);
});
