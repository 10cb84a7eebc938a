// The microphone's stream as the server counts it. Samples are kept for a while after they were sent,
// because a connection that breaks may lose what was on its way: after a resume the server names the
// next sample it needs, and the stream goes on from there.

const KEEP_SAMPLES = 90 * 16000; // longer than a server waits for a lost connection
const FRAME_SAMPLES = 320; // 20 ms
const CATCH_UP_SAMPLES = 8000; // half a second a frame, so that a backlog stays under the rate limit

export class Uplink {
  #kept = []; // { offset, samples }, contiguous, oldest first
  #end = 0; // offset of the next sample the microphone will give
  #next = 0; // offset of the next sample to be sent

  /** Offset of the next sample to be sent. */
  get nextSample() {
    return this.#next;
  }

  /** Length of the microphone's stream so far, sent or not. */
  get end() {
    return this.#end;
  }

  /** Take samples (`Int16Array`, 16 kHz) from the microphone. */
  push(samples) {
    this.#kept.push({ offset: this.#end, samples });
    this.#end += samples.length;
    while (this.#kept.length && this.#end - this.#kept[0].offset > KEEP_SAMPLES) this.#kept.shift();
  }

  /** Go on from the sample that the server named in `welcome`. */
  resume(nextSample) {
    this.#next = nextSample;
    if (nextSample > this.#end) {
      this.#kept = [];
      this.#end = nextSample;
    }
  }

  /** Take what is still to be sent, as `{ offset, samples }` pieces in order. */
  *take() {
    while (this.#next < this.#end) {
      const backlog = this.#end - this.#next;
      const length = Math.min(backlog, backlog > FRAME_SAMPLES ? CATCH_UP_SAMPLES : FRAME_SAMPLES);
      const offset = this.#next;
      this.#next += length;
      yield { offset, samples: this.#copy(offset, length) };
    }
  }

  // What is no longer kept goes out as silence, so that the server's clock stays true.
  #copy(offset, length) {
    const copy = new Int16Array(length);
    for (const piece of this.#kept) {
      const from = Math.max(offset, piece.offset);
      const to = Math.min(offset + length, piece.offset + piece.samples.length);
      if (from < to) {
        copy.set(piece.samples.subarray(from - piece.offset, to - piece.offset), from - offset);
      }
    }
    return copy;
  }
}
