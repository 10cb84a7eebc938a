// Given every message of the room's wire, made by the server's own types, say what the pages make of them.

import { readFileSync } from "node:fs";

import { initialLobby, reduceLobby } from "../../client/web/room/lobby-state.js";
import { need, standing, summary } from "../../client/web/room/standing.js";
import { initialRoom, reduceRoom } from "../../client/web/room/trainer-state.js";

const { toTable, toTrainer, tables } = JSON.parse(readFileSync(0, "utf-8"));
const room = toTrainer.reduce((state, message) => reduceRoom(state, { ...message, at: 0 }), initialRoom);
const answer = {
  lobby: toTable.reduce(reduceLobby, initialLobby),
  room,
  words: tables.map((table) => standing({ ...table, at: 0, quietSince: 0 }).words),
  needs: room.tables.map((table) => need(table, 0)),
  summary: summary(room.tables, 0),
};
process.stdout.write(JSON.stringify(answer));
