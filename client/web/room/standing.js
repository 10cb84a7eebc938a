// How a table stands, in words and shapes. Pure: a table and the time give what its card says.

import { nameOf } from "../moves.js";
import { AWAY_SECONDS, SILENT_SECONDS } from "./trainer-state.js";

const PHASES = {
  ready: "begins",
  counterpart_speaking: "listens",
  talked_over: "talks over them",
  listening: "silence",
  trainee_speaking: "speaks",
  trainee_pausing: "pauses",
  understanding: "waits for the answer",
  ended: "done",
};

const since = (table, now) => Math.max(0, (now - table.at) / 1000);

/** Seconds that the call has lasted, running on between two words of the server. */
export const callSeconds = (table, now) => table.call_seconds + (table.connected ? since(table, now) : 0);

/** Seconds that the table has been gone. */
export const awaySeconds = (table, now) => (table.connected ? 0 : table.away_seconds + since(table, now));

/** Seconds in which nothing was said in its call; 0 between calls. */
export const silentSeconds = (table, now) =>
  table.session && table.connected ? Math.max(0, (now - table.quietSince) / 1000) : 0;

/**
 * Give what stands beside a table's name: `{ shape, words }`. Shapes are `call` (a filled disc), `here` (a
 * circle) and `away` (a broken one).
 */
export function standing(table) {
  if (!table.connected) return { shape: "away", words: "away" };
  if (!table.session) return { shape: "here", words: table.calls ? "between calls" : "in the lobby" };
  return { shape: "call", words: PHASES[table.phase] ?? "in a call" };
}

/** Give why the trainer should look at this table, or `null`. */
export function need(table, now) {
  const away = awaySeconds(table, now);
  if (away >= AWAY_SECONDS) return { kind: "away", words: "away for", seconds: away };
  const silent = silentSeconds(table, now);
  if (silent >= SILENT_SECONDS) return { kind: "silent", words: "nothing said for", seconds: silent };
  return null;
}

/** Sum up the room: "12 tables, 3 in a call, 1 needs you". */
export function summary(tables, now) {
  if (!tables.length) return "Nobody has joined yet.";
  const count = (number, one, many) => `${number} ${number === 1 ? one : many}`;
  const calls = tables.filter((table) => table.session && table.connected).length;
  const needing = tables.filter((table) => need(table, now)).length;
  return [
    count(tables.length, "table", "tables"),
    calls ? `${calls} in a call` : "",
    needing ? count(needing, "needs you", "need you") : "",
  ]
    .filter(Boolean)
    .join(", ");
}

const LETTERS_OF_MOVES = 30; // what one line of a card holds

/** Give the commonest moves as far as they fit into one line, at least one: `[{ name, count }]`. */
export function movesThatFit(moves) {
  const named = moves.map(([kind, count]) => ({ name: nameOf(kind), count }));
  let letters = 0;
  return named.filter(({ name, count }, index) => {
    letters += name.length + String(count).length + 2;
    return index === 0 || letters <= LETTERS_OF_MOVES;
  });
}

/** How much of why the counterpart came is understood: "2 of 5 understood". */
export function understood(ring) {
  const done = ring.filter(({ state }) => state === "labelled" || state === "summarised").length;
  return `${done} of ${ring.length} understood`;
}
