// Reads `{ messages, phases, states }` from standard input, as the server's own types print them, and
// prints the state that the page makes of the messages and the words it has for each phase and state.

import { text } from "node:stream/consumers";

import { initialState, reduce } from "../../client/web/state.js";
import { drillWordsOf, wordsOf } from "../../client/web/view/phase.js";
import { FILLED } from "../../client/web/view/ring.js";

const { messages, phases, states } = JSON.parse(await text(process.stdin));
const state = messages.reduce(reduce, initialState);
const words = phases.flatMap((phase) => [wordsOf(phase, "Ada"), drillWordsOf(phase)]);
const filled = states.map((name) => FILLED[name]);
process.stdout.write(JSON.stringify({ state, words, filled }));
