// The composition of the trainer's page: one state, a card for each table, and what buttons and keys do.

import { Scope } from "../scope.js";
import { setText } from "../view/element.js";
import { createExercises } from "./exercises.js";
import { Ear } from "./ear.js";
import { bindTableKeys } from "./table-keys.js";
import { createHead } from "./head.js";
import { createNoteForm } from "./note-form.js";
import { RoomSocket } from "./socket.js";
import { createTables } from "./tables.js";
import { initialRoom, reduceRoom } from "./trainer-state.js";
import { enter } from "./unlock.js";

const page = new Scope();
const byId = (id) => document.getElementById(id);
const ear = new Ear();
let state = initialRoom;
let drawing = null; // cancels the drawing that is to come
let socket = null;
let forget = () => {}; // the word of the server that is shown

const NOTICE_MS = 20_000;
const TOGETHER_MS = 200;

// Updates of twelve tables come four times a second each: they are drawn together, and not at every frame.
function dispatch(message) {
  state = reduceRoom(state, { ...message, at: Date.now() });
  drawing ??= page.after(TOGETHER_MS, draw);
}

function draw() {
  drawing?.();
  drawing = null;
  for (const view of views) view.render(state);
}

// What a key asked for is there before the next key: it may be the first letter of a note.
function act(message) {
  dispatch(message);
  draw();
}

function receive(message) {
  dispatch(message);
  if (message.type === "notice") {
    forget();
    forget = page.after(NOTICE_MS, () => dispatch({ type: "notice_read" }));
  }
  if (!state.tables.some(({ listening }) => listening === "yes")) ear.close();
}

function say(message) {
  if (socket.send(message)) return;
  dispatch({ type: "notice", code: "not-sent", text: "That was not sent: the room is out of reach just now." });
}

const tableOf = (id) => state.tables.find((table) => table.id === id);

const actions = {
  send: (id) => exercises.chosen() && say({ type: "send_activity", activity: exercises.chosen(), tables: [id] }),
  start: (id) => say({ type: "start_calls", tables: [id] }),
  stop: (id) => say({ type: "stop_calls", tables: [id] }),
  note: (id) => act({ type: "writing", table: id }),
  async listen(id) {
    const on = tableOf(id)?.listening === "no";
    if (on) await ear.wake();
    else ear.close();
    say({ type: "listen", table: id, on });
  },
  askRemove: (id) => act({ type: "removing", table: id }),
  keep(id) {
    act({ type: "removing", table: "" });
    tables.focus(id);
  },
  remove(id) {
    say({ type: "remove_table", table: id });
    dispatch({ type: "removing", table: "" });
  },
};

const exercises = createExercises({ byId, scope: page });
const tables = createTables({ list: byId("tables"), nobody: byId("nobody"), scope: page, actions, exercises });
const noteForm = createNoteForm({
  byId,
  scope: page,
  on: {
    send(id, text) {
      say({ type: "send_note", table: id, text });
      act({ type: "noted", table: id, text });
      tables.focus(id);
    },
    cancel(id) {
      act({ type: "writing", table: "" });
      tables.focus(id);
    },
  },
});
const views = [
  createHead({ byId, scope: page, read: () => dispatch({ type: "notice_read" }) }),
  exercises,
  tables,
  noteForm,
];

page.listen(byId("activity"), "change", draw); // the cards' own "Send" names what is picked
page.listen(byId("send-all"), "click", () => {
  const activity = exercises.chosen();
  if (activity) say({ type: "send_activity", activity, tables: null });
});
page.listen(byId("start-all"), "click", () => say({ type: "start_calls", tables: null }));
page.listen(byId("stop-all"), "click", () => say({ type: "stop_calls", tables: null }));
page.listen(byId("lock"), "click", () => say({ type: "lock_room", on: !state.room.locked }));
bindTableKeys({ list: byId("tables"), scope: page, actions });

await enter({ byId, scope: page });
byId("room").hidden = false;
socket = new RoomSocket({
  path: "/room/watch",
  probe: "/room/qr.svg",
  scope: page,
  on: {
    message: receive,
    sound: (data) => ear.hear(data),
    link: (status) => dispatch({ type: "link", status }),
    refused: () => dispatch({ type: "link", status: "refused" }),
  },
});
page.every(1000, () => tables.tick(Date.now()));
page.own(() => ear.close());
exercises.fetch((message) => dispatch(message));
setText(byId("summary"), "Connecting");
