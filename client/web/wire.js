// The audio frames of the wire: a 16-byte header, then signed 16-bit little-endian mono samples.
// Written down in `voice_coach/messages.py`; text frames are JSON and need no module.

export const PROTOCOL_VERSION = 1;
export const MICROPHONE_RATE_HZ = 16000;

const HEADER_BYTES = 16;
const MICROPHONE = 1;
const VOICE = 2;
const MURMUR = 3;

/** Give the binary frame of microphone samples (`Int16Array`) whose first sample is `offset`. */
export function encodeMicrophone(samples, offset) {
  const frame = new ArrayBuffer(HEADER_BYTES + samples.length * 2);
  const view = new DataView(frame);
  view.setUint8(0, MICROPHONE);
  view.setUint8(1, PROTOCOL_VERSION);
  view.setBigUint64(8, BigInt(offset), true);
  samples.forEach((sample, index) => view.setInt16(HEADER_BYTES + index * 2, sample, true));
  return frame;
}

/**
 * Read a frame of the counterpart's sound: `{ reply, offset, samples: Float32Array in -1..1 }`. A sign of
 * listening belongs to no reply: it gives `{ murmurHz, samples }`.
 */
export function decodeVoice(frame) {
  const view = new DataView(frame);
  const kind = frame.byteLength ? view.getUint8(0) : 0;
  if (frame.byteLength < HEADER_BYTES + 2 || frame.byteLength % 2 || ![VOICE, MURMUR].includes(kind)) {
    throw new RangeError("The server sent an audio frame that is not a voice frame.");
  }
  const samples = new Float32Array((frame.byteLength - HEADER_BYTES) / 2);
  for (let index = 0; index < samples.length; index += 1) {
    samples[index] = view.getInt16(HEADER_BYTES + index * 2, true) / 32768;
  }
  if (kind === MURMUR) return { murmurHz: view.getUint32(4, true), samples };
  return { reply: view.getUint32(4, true), offset: Number(view.getBigUint64(8, true)), samples };
}
