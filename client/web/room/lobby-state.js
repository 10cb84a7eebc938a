// What a table knows of the training room it sits in, and the only function that changes it. Pure.
//
// Messages are those of the wire (`voice_coach/room_messages.py`, server to table) and a few of the page's own.

export const initialLobby = Object.freeze({
  link: "connecting", // connecting, open, lost
  table: "", // id; empty until the server has said how the table stands
  name: "",
  room: "",
  consent: Object.freeze({ record: true, share: true }),
  activity: null, // what the trainer has sent
  sign: "", // sent, started: what the trainer last did with it; empty once it was begun
  trainerPresent: false,
  locked: false,
  listening: "no", // no, asked, yes
  session: "", // a call of this table that is going on, as the server knows it
  note: "",
  out: null, // { reason: "removed" | "closed" | "elsewhere" | "left", text }: the table is in the room no longer
  open: false, // the panel about who may see what
});

/** Give the state after a message; throws `RangeError` on a message that nobody defined. */
export function reduceLobby(state, message) {
  switch (message.type) {
    // ---- the server's
    case "lobby":
      return stands(state, message);
    case "assigned":
      return { ...state, activity: message.activity, sign: "sent" };
    case "start":
      return { ...state, activity: message.activity, sign: "started" };
    case "stop":
      return state; // the page ends its call; nothing about the room changes
    case "note":
      return { ...state, note: message.text };
    case "ask_to_listen":
      return { ...state, listening: state.listening === "yes" ? "yes" : "asked" };
    case "removed":
      return { ...state, out: { reason: "removed", text: message.text }, listening: "no", note: "" };

    // ---- the page's own
    case "link":
      return linked(state, message.status);
    case "refused":
      return state.out ? state : { ...state, out: { reason: message.reason, text: "" }, listening: "no" };
    case "left":
      return { ...state, out: { reason: "left", text: "" }, listening: "no", note: "" };
    case "answered":
      return { ...state, listening: message.allow && state.listening !== "no" ? "yes" : "no" };
    case "consent":
      return { ...state, consent: { ...state.consent, ...message.consent } };
    case "note_read":
      return { ...state, note: "" };
    case "begun":
      return { ...state, sign: "" };
    case "panel":
      return { ...state, open: message.open };
    default:
      throw new RangeError(`The lobby does not know the message "${message.type}".`);
  }
}

function stands(state, message) {
  const { table, name, room, consent, locked, listening, session } = message;
  const activity = message.activity ?? null;
  return {
    ...state,
    table,
    name,
    room,
    consent,
    activity,
    sign: activity === null ? "" : state.sign,
    trainerPresent: message.trainer_present,
    locked,
    listening,
    session,
  };
}

// Nobody listens over a line that is gone, and it is for the server to say so again.
function linked(state, status) {
  return { ...state, link: status, listening: status === "lost" ? "no" : state.listening };
}

/** Who may see what, as sentences: first what is kept, then who reads, then what always shows. */
export function inWords({ record, share }) {
  return [
    record
      ? "Both sides’ sound of your calls is recorded on the trainer’s machine."
      : "No sound of your calls is kept. Their words and moves are, until you delete them.",
    share
      ? "The trainer may read along, and your calls stand in the class report."
      : "The trainer sees no words of yours, and your calls are not in the class report.",
    "The trainer always sees whether you are here, how your call goes on, and which moves you made.",
    "Nobody listens in unless you say yes, and what they hear is never kept. Other tables see nothing of yours.",
  ];
}

/** What the trainer sent, for people: its title, or its id where it has none. */
export const titleOf = (activity) => activity.title || activity.scenario || activity.drill;
