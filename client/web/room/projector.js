// The page on the wall: how to come in, and who is here. It shows nothing of any call.

import { Scope } from "../scope.js";
import { element, setText } from "../view/element.js";
import { RoomSocket } from "./socket.js";
import { initialRoom, reduceRoom } from "./trainer-state.js";

const page = new Scope();
const byId = (id) => document.getElementById(id);
let state = initialRoom;
let names = null;

const LINKS = {
  lost: "Out of reach just now; trying again.",
  refused: "Open this page from the trainer’s page.",
};

/** The address as it is read aloud: without what every browser adds by itself. */
const spoken = (address) => address.replace(/\/$/u, "");

function drawTables(tables) {
  const wanted = JSON.stringify(tables.map(({ id, name, connected }) => [id, name, connected]));
  if (wanted === names) return;
  names = wanted;
  const items = tables.map(({ name, connected }) =>
    element("li", { "data-away": !connected }, name, connected ? null : element("small", {}, " away")),
  );
  byId("tables").replaceChildren(...items);
  setText(byId("tables-title"), items.length ? `Here already: ${items.length}` : "Nobody is here yet");
}

function render({ room, tables, link }) {
  setText(byId("link"), LINKS[link] ?? (room?.locked ? "The room is locked." : ""));
  if (!room) return;
  setText(byId("title"), room.title);
  document.title = `Join ${room.title} - voice_coach`;
  setText(byId("address"), spoken(room.address));
  byId("address").style.setProperty("--letters", spoken(room.address).length);
  setText(byId("code"), room.code);
  byId("code").style.setProperty("--letters", room.code.length);
  setText(byId("fingerprint"), room.fingerprint);
  byId("qr").hidden = room.locked;
  if (!byId("qr").src) byId("qr").src = "/room/qr.svg";
  drawTables(tables);
}

function dispatch(message) {
  state = reduceRoom(state, { ...message, at: Date.now() });
  render(state);
}

new RoomSocket({
  path: "/room/watch",
  probe: "/room/qr.svg",
  scope: page,
  on: {
    message: dispatch,
    link: (status) => dispatch({ type: "link", status }),
    refused: () => dispatch({ type: "link", status: "refused" }),
  },
});
