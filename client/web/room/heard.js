// What comes over the trainer's socket as sound: frames of the call's wire, of either side. Pure.

import { MICROPHONE_RATE_HZ } from "../wire.js";

const HEADER_BYTES = 16;
const SIDES = { 1: "trainee", 2: "counterpart", 3: "counterpart" }; // 3: a sign of listening

/** Read a frame: `{ side, rateHz, samples: Float32Array in -1..1 }`. Throws `RangeError` on any other. */
export function decodeHeard(frame) {
  const view = new DataView(frame);
  const side = frame.byteLength >= HEADER_BYTES + 2 ? SIDES[view.getUint8(0)] : undefined;
  if (!side || frame.byteLength % 2) {
    throw new RangeError("The server sent an audio frame that is of neither side.");
  }
  const samples = new Float32Array((frame.byteLength - HEADER_BYTES) / 2);
  for (let index = 0; index < samples.length; index += 1) {
    samples[index] = view.getInt16(HEADER_BYTES + index * 2, true) / 32768;
  }
  return { side, rateHz: side === "trainee" ? MICROPHONE_RATE_HZ : view.getUint32(4, true), samples };
}
