// Everything the trainer's page knows, and the only function that changes it. Pure; `at` is the time of a
// message in milliseconds, because how long a table has been silent is for the page to count.

export const initialRoom = Object.freeze({
  link: "connecting", // connecting, open, lost, refused
  room: null, // { title, code, address, fingerprint, locked }
  tables: Object.freeze([]), // in the order in which they joined: a card never changes its place
  scenarios: Object.freeze([]),
  drills: Object.freeze([]),
  notes: Object.freeze({}), // table id -> the note that stands there, as this page sent it
  writing: "", // id of the table that a note is being written to
  removing: "", // id of the table whose removal is being asked about
  notice: null, // { code, text }
});

/** A table in a call that has said nothing for so long may need its trainer. */
export const SILENT_SECONDS = 45;
/** One that has been gone for so long does; a short break of the Wi-Fi mends itself. */
export const AWAY_SECONDS = 10;

/** Give the state after a message; throws `RangeError` on a message that nobody defined. */
export function reduceRoom(state, message) {
  switch (message.type) {
    // ---- the server's
    case "room":
      return entered(state, message);
    case "table":
      return { ...state, tables: placed(state.tables, seen(state, message.table, message.at)) };
    case "table_gone":
      return gone(state, message.table);
    case "notice":
      return { ...state, notice: { code: message.code, text: message.text } };

    // ---- the page's own
    case "link":
      return { ...state, link: message.status };
    case "scenarios":
      return { ...state, scenarios: message.scenarios };
    case "drills":
      return { ...state, drills: message.drills };
    case "writing":
      return { ...state, writing: message.table, removing: "" };
    case "removing":
      return { ...state, removing: message.table, writing: "" };
    case "noted":
      return { ...state, notes: { ...state.notes, [message.table]: message.text }, writing: "" };
    case "notice_read":
      return { ...state, notice: null };
    default:
      throw new RangeError(`The trainer's page does not know the message "${message.type}".`);
  }
}

function entered(state, { title, code, address, fingerprint, locked, tables, at }) {
  return {
    ...state,
    room: { title, code, address, fingerprint, locked },
    tables: tables.map((table) => seen(state, table, at)),
  };
}

function gone(state, id) {
  const { [id]: _, ...notes } = state.notes;
  return {
    ...state,
    tables: state.tables.filter((table) => table.id !== id),
    notes,
    writing: state.writing === id ? "" : state.writing,
    removing: state.removing === id ? "" : state.removing,
  };
}

// `at` is when the server's seconds were true, `quietSince` when anything was last said there.
function seen(state, table, at) {
  const before = state.tables.find(({ id }) => id === table.id);
  const said = ({ session, phase, last_words: words, last_reply: reply }) =>
    [session, phase, words, reply].join("\n");
  const same = before !== undefined && said(before) === said(table);
  return { ...table, at, quietSince: same ? before.quietSince : at };
}

function placed(tables, table) {
  const index = tables.findIndex(({ id }) => id === table.id);
  return index < 0 ? [...tables, table] : tables.map((old, at) => (at === index ? table : old));
}
