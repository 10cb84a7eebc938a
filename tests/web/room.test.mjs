// The pure parts of a training room's pages.

import assert from "node:assert/strict";
import { test } from "node:test";

import { decodeHeard } from "../../client/web/room/heard.js";
import { codeIn, fieldOf, mistakeIn, waitSeconds } from "../../client/web/room/joining.js";
import { initialLobby, inWords, reduceLobby, titleOf } from "../../client/web/room/lobby-state.js";
import { createOrders } from "../../client/web/room/orders.js";
import { awaySeconds, callSeconds, movesThatFit, need, standing, summary } from "../../client/web/room/standing.js";
import { nextIndex } from "../../client/web/room/table-keys.js";
import { initialRoom, reduceRoom } from "../../client/web/room/trainer-state.js";

const consent = { record: true, share: true };
const activity = { scenario: "renewal_in_doubt", drill: "", title: "Renewal in doubt" };
const stands = {
  type: "lobby",
  table: "t1",
  name: "Table 3",
  room: "Spring",
  consent,
  activity: null,
  trainer_present: true,
  locked: false,
  listening: "no",
  session: "",
};
const sit = (...messages) => messages.reduce(reduceLobby, reduceLobby(initialLobby, stands));

test("the code is taken out of the address, however it stands there", () => {
  assert.equal(codeIn("#code=amber-otter-42"), "amber-otter-42");
  assert.equal(codeIn("#amber-otter-42"), "amber-otter-42");
  assert.equal(codeIn("#amber%20otter"), "amber otter");
  assert.equal(codeIn(""), "");
  assert.equal(codeIn("#%E0%A4%A"), "");
  assert.equal(codeIn(`#${"a".repeat(500)}`).length, 64);
});

test("what is missing is said before anybody is asked, and a refusal goes to its field", () => {
  assert.equal(mistakeIn({ code: "", name: "T" }).field, "code");
  assert.equal(mistakeIn({ code: "c", name: "" }).field, "name");
  assert.equal(mistakeIn({ code: "c", name: "T" }), null);
  assert.equal(fieldOf("wrong-code"), "code");
  assert.equal(fieldOf("name-taken"), "name");
  assert.equal(fieldOf("room-locked"), "");
});

test("the wait is what the server says, within reason", () => {
  assert.equal(waitSeconds("7.2"), 8);
  assert.equal(waitSeconds("100000"), 600);
  assert.equal(waitSeconds(null), 10);
  assert.equal(waitSeconds("soon"), 10);
});

test("a message that nobody defined is an error that names it, in both rooms", () => {
  assert.throws(() => reduceLobby(initialLobby, { type: "gossip" }), /"gossip"/u);
  assert.throws(() => reduceRoom(initialRoom, { type: "gossip" }), /"gossip"/u);
});

test("what the trainer sends stands there until it is begun", () => {
  const sent = sit({ type: "assigned", activity });
  assert.deepEqual([sent.sign, titleOf(sent.activity)], ["sent", "Renewal in doubt"]);
  assert.equal(reduceLobby(sent, { ...stands, activity }).sign, "sent");
  assert.equal(reduceLobby(sent, { type: "start", activity }).sign, "started");
  assert.equal(reduceLobby(sent, { type: "begun" }).sign, "");
  assert.equal(reduceLobby(sent, stands).sign, "", "the server has taken it back");
});

test("nobody is listened to before they have said yes, nor after the line was lost", () => {
  const asked = sit({ type: "ask_to_listen" });
  assert.equal(asked.listening, "asked");
  assert.equal(reduceLobby(asked, { type: "answered", allow: false }).listening, "no");
  const heard = reduceLobby(asked, { type: "answered", allow: true });
  assert.equal(heard.listening, "yes");
  assert.equal(reduceLobby(heard, { type: "link", status: "lost" }).listening, "no");
  assert.equal(sit({ type: "answered", allow: true }).listening, "no", "nobody has asked");
});

test("a note stays until it is read or taken back", () => {
  const noted = sit({ type: "note", text: "Slower." });
  assert.equal(noted.note, "Slower.");
  assert.equal(reduceLobby(noted, { type: "note", text: "" }).note, "");
  assert.equal(reduceLobby(noted, { type: "note_read" }).note, "");
});

test("who was taken out is out, whatever the socket says next", () => {
  const out = sit({ type: "removed", text: "Out." }, { type: "refused", reason: "closed" });
  assert.deepEqual(out.out, { reason: "removed", text: "Out." });
  assert.equal(sit({ type: "refused", reason: "elsewhere" }).out.reason, "elsewhere");
});

test("consent is said in sentences that differ with each choice", () => {
  const all = [true, false].flatMap((record) => [true, false].map((share) => inWords({ record, share }).join()));
  assert.equal(new Set(all).size, 4);
});

// ---- what the trainer asks of a table's page

const pageThat = (screen) => {
  const done = [];
  let wake = () => {};
  const page = {
    done,
    screen,
    state: () => ({ screen: page.screen }),
    choose({ scenario }) {
      done.push(`choose ${scenario}`);
      return scenario === "unknown" ? null : () => done.push("begin");
    },
    end: () => done.push("end"),
    home: () => {
      done.push("home");
      page.become("start");
    },
    changed: () => new Promise((resolve) => (wake = resolve)),
    become: (next) => {
      page.screen = next;
      wake();
    },
  };
  return page;
};
const noTimer = { after: () => () => {} };

test("a start in the middle of a call waits until that call has ended", async () => {
  const page = pageThat("call");
  const started = createOrders({ scope: noTimer, page }).start(activity);
  assert.deepEqual(page.done, ["end"]);
  page.become("ended");
  await started;
  assert.deepEqual(page.done, ["end", "home", "choose renewal_in_doubt", "begin"]);
});

test("a call that does not end is left after a while", async () => {
  const page = pageThat("call");
  let late = () => {};
  const started = createOrders({ scope: { after: (_, act) => ((late = act), () => {}) }, page }).start(activity);
  late();
  await started;
  assert.deepEqual(page.done, ["end", "home", "choose renewal_in_doubt", "begin"]);
});

test("of two starts the last one counts, and a stop takes a start back", async () => {
  const page = pageThat("call");
  const orders = createOrders({ scope: noTimer, page });
  const first = orders.start(activity);
  orders.stop();
  page.become("ended");
  await first;
  assert.deepEqual(page.done, ["end", "end"]);
});

test("what this page does not know is not begun", async () => {
  const page = pageThat("start");
  await createOrders({ scope: noTimer, page }).start({ scenario: "unknown" });
  assert.deepEqual(page.done, ["choose unknown"]);
});

test("a start that comes before the page knows its people waits for them", async () => {
  const page = pageThat("start");
  let cards = null;
  page.state = () => ({ screen: "start", cards });
  const started = createOrders({ scope: noTimer, page }).start(activity);
  await Promise.resolve();
  assert.deepEqual(page.done, []);
  cards = [];
  page.become("start");
  await started;
  assert.deepEqual(page.done, ["choose renewal_in_doubt", "begin"]);
});

// ---- the trainer's page

const table = (id, more = {}) => ({
  id,
  name: id,
  client: "browser 1",
  connected: true,
  away_seconds: 0,
  consent,
  activity: null,
  session: "",
  phase: null,
  call_seconds: 0,
  last_words: "",
  last_reply: "",
  moves: [],
  ring: [],
  rounds: null,
  streak: 0,
  thats_right: false,
  calls: 0,
  listening: "no",
  ...more,
});
const room = (...tables) =>
  reduceRoom(initialRoom, { type: "room", title: "S", code: "c", address: "a", fingerprint: "f", locked: false, tables, at: 0 });

test("a table never changes its place, and a new one comes last", () => {
  let state = room(table("a"), table("b"));
  state = reduceRoom(state, { type: "table", table: table("a", { name: "A" }), at: 1 });
  state = reduceRoom(state, { type: "table", table: table("c"), at: 2 });
  assert.deepEqual(state.tables.map(({ name }) => name), ["A", "b", "c"]);
});

test("an update leaves the other tables as they are, so that they are not drawn again", () => {
  const before = room(table("a"), table("b"));
  const after = reduceRoom(before, { type: "table", table: table("a", { phase: "listening" }), at: 1 });
  assert.equal(after.tables[1], before.tables[1]);
});

test("a table that goes takes its note with it, and what was being asked about it", () => {
  let state = reduceRoom(room(table("a")), { type: "noted", table: "a", text: "Slower." });
  state = reduceRoom(state, { type: "removing", table: "a" });
  state = reduceRoom(state, { type: "table_gone", table: "a" });
  assert.deepEqual([state.tables, state.notes, state.removing], [[], {}, ""]);
});

test("silence is counted from the last word, whatever else changes", () => {
  const speaking = { session: "s", phase: "listening", last_words: "Hello." };
  let state = room(table("a", speaking));
  state = reduceRoom(state, { type: "table", table: table("a", { ...speaking, moves: [["label", 1]] }), at: 30000 });
  assert.equal(need(state.tables[0], 44000), null);
  assert.deepEqual(need(state.tables[0], 46000), { kind: "silent", words: "nothing said for", seconds: 46 });
  state = reduceRoom(state, { type: "table", table: table("a", { ...speaking, last_words: "Oh." }), at: 47000 });
  assert.equal(need(state.tables[0], 60000), null);
});

test("a table in the lobby is never silent for too long; one that is gone is away", () => {
  assert.equal(need(room(table("a")).tables[0], 1e6), null);
  const gone = room(table("a", { connected: false, away_seconds: 4 })).tables[0];
  assert.equal(awaySeconds(gone, 3000), 7);
  assert.equal(need(gone, 3000), null);
  assert.equal(need(gone, 7000).kind, "away");
});

test("the clock of a call runs on between two words of the server, and stands while it is away", () => {
  const [here] = room(table("a", { session: "s", phase: "listening", call_seconds: 10 })).tables;
  assert.equal(callSeconds(here, 2500), 12.5);
  assert.equal(callSeconds({ ...here, connected: false }, 2500), 10);
});

test("shape and word say the same", () => {
  assert.equal(standing(table("a")).shape, "here");
  assert.equal(standing(table("a", { session: "s", phase: "trainee_speaking" })).words, "speaks");
  assert.equal(standing(table("a", { connected: false })).shape, "away");
});

test("a card names as many moves as one line holds, and at least one", () => {
  const names = (moves) => movesThatFit(moves).map(({ name }) => name);
  assert.deepEqual(names([["label", 3], ["mirror", 1], ["why_question", 1]]), ["label", "mirror", "why"]);
  assert.deepEqual(names([["calibrated_question", 4], ["accusation_audit", 2], ["label", 1]]), ["open question"]);
  assert.deepEqual(names([["a_kind_of_move_with_a_rather_long_name", 1]]).length, 1);
  assert.deepEqual(names([]), []);
});

test("the room is summed up in one line", () => {
  const { tables } = room(table("a", { session: "s", phase: "listening" }), table("b", { connected: false, away_seconds: 60 }));
  assert.equal(summary(tables, 0), "2 tables, 1 in a call, 1 needs you");
  assert.equal(summary([], 0), "Nobody has joined yet.");
});

test("arrow keys go along the rows and stop at the edges", () => {
  const grid = { count: 12, columns: 4 };
  assert.equal(nextIndex("ArrowRight", 3, grid), 4);
  assert.equal(nextIndex("ArrowDown", 3, grid), 7);
  assert.equal(nextIndex("ArrowUp", 3, grid), null);
  assert.equal(nextIndex("ArrowLeft", 0, grid), null);
  assert.equal(nextIndex("End", 0, grid), 11);
  assert.equal(nextIndex("x", 0, grid), null);
});

test("sound of both sides is read, and anything else refused", () => {
  const frame = (kind, stream) => {
    const bytes = new DataView(new ArrayBuffer(20));
    bytes.setUint8(0, kind);
    bytes.setUint32(4, stream, true);
    bytes.setInt16(16, 16384, true);
    return bytes.buffer;
  };
  const trainee = decodeHeard(frame(1, 0));
  assert.deepEqual([trainee.side, trainee.rateHz, [...trainee.samples]], ["trainee", 16000, [0.5, 0]]);
  const counterpart = decodeHeard(frame(2, 22050));
  assert.deepEqual([counterpart.side, counterpart.rateHz], ["counterpart", 22050]);
  assert.throws(() => decodeHeard(frame(9, 0)), RangeError);
  assert.throws(() => decodeHeard(new ArrayBuffer(4)), RangeError);
});
