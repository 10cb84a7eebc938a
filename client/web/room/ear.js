// The trainer's ear: both sides of the one table that is listened to, the trainee a little to the left, the
// counterpart a little to the right. Sound is laid end to end with a small reserve against an uneven line.

import { decodeHeard } from "./heard.js";

const RESERVE_SECONDS = 0.15;
const PLACES = { trainee: -0.35, counterpart: 0.35 };

export class Ear {
  #context = null;
  #sides = null;

  /** Wake the audio context; must first be called from a click or a key. */
  async wake() {
    this.#context ??= new AudioContext({ latencyHint: "playback" });
    this.#sides ??= Object.fromEntries(
      Object.entries(PLACES).map(([side, pan]) => [side, createSide(this.#context, pan)]),
    );
    if (this.#context.state !== "running") await this.#context.resume();
  }

  /** A binary frame of the wire. */
  hear(frame) {
    if (!this.#sides) return; // nobody here has asked to listen
    const { side, rateHz, samples } = decodeHeard(frame);
    this.#sides[side].play(samples, rateHz);
  }

  /** Fall silent. */
  close() {
    for (const side of Object.values(this.#sides ?? {})) side.hush();
  }
}

function createSide(context, pan) {
  const place = new StereoPannerNode(context, { pan });
  place.connect(context.destination);
  const playing = new Set();
  let end = 0;

  return {
    play(samples, rateHz) {
      const now = context.currentTime;
      if (end < now) end = now + RESERVE_SECONDS;
      const buffer = context.createBuffer(1, samples.length, rateHz);
      buffer.copyToChannel(samples, 0);
      const source = new AudioBufferSourceNode(context, { buffer });
      source.connect(place);
      source.onended = () => playing.delete(source);
      playing.add(source);
      source.start(end);
      end += buffer.duration;
    },
    hush() {
      for (const source of playing) source.stop();
      playing.clear();
      end = 0;
    },
  };
}
