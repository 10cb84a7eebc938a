// In the audio thread: plays one reply at a time from the samples that have arrived, without gaps,
// counts exactly what was played, and falls silent within a few milliseconds when told to.
//
// Messages in: begin { reply, rateHz }, samples { reply, offset, samples }, finish { reply, samples },
// pause, resume and stop { reply }. Messages out, each with the context's time of the sample it speaks of:
// started { reply, time }, ended { reply, time, samples, complete }.

import { Resampler } from "./resampler.js";

const FADE_SECONDS = 0.02;
const PREBUFFER_SECONDS = 0.04; // enough to bridge the next frame on its way

class Playback extends AudioWorkletProcessor {
  #track = null;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => this.#handle(data);
  }

  #handle(message) {
    switch (message.type) {
      case "begin":
        this.#track = new Track(message);
        return;
      case "samples":
        if (this.#track?.reply === message.reply) this.#track.add(message);
        return;
      case "finish":
        if (this.#track?.reply === message.reply) this.#track.finish(message.samples);
        return;
      case "pause":
        if (this.#track?.reply === message.reply) this.#track.paused = true;
        return;
      case "resume":
        if (this.#track?.reply === message.reply) this.#track.paused = false;
        return;
      case "stop":
        if (this.#track?.reply === message.reply) this.#track.stop();
        return;
      default:
        throw new RangeError(`The player does not know the message "${message.type}".`);
    }
  }

  process(_, [[output]]) {
    const track = this.#track;
    if (!track) return true;
    const wasSilent = !track.started;
    const written = track.fill(output);
    if (wasSilent && written)
      this.port.postMessage({ type: "started", reply: track.reply, time: currentTime });
    if (track.over) {
      const time = currentTime + written / sampleRate;
      const { reply, heard, complete } = track;
      this.port.postMessage({ type: "ended", reply, time, samples: heard, complete });
      this.#track = null;
    }
    return true;
  }
}

class Track {
  #resampler;
  #rateHz;
  #queue = []; // at the context's rate
  #first = 0; // index of the next sample in the first chunk of the queue
  #queued = 0;
  #received = 0; // samples of the reply that have arrived, at its own rate
  #length = null; // samples of the whole reply, once known
  #flushed = false;
  #played = 0; // at the context's rate
  #fade = null; // samples left of the fade-out, at the context's rate
  #level = 1; // gain of a pause that begins or ends, so that neither clicks
  paused = false;

  constructor({ reply, rateHz }) {
    this.reply = reply;
    this.#rateHz = rateHz;
    this.#resampler = new Resampler(rateHz, sampleRate);
  }

  get started() {
    return this.#played > 0;
  }

  /** How many samples of the reply were played. */
  get heard() {
    const heard = Math.round((this.#played * this.#rateHz) / sampleRate);
    return Math.min(heard, this.#length ?? this.#received);
  }

  get complete() {
    return this.#fade === null;
  }

  get over() {
    return this.#fade === 0 || (this.#flushed && this.#queued === 0);
  }

  add({ offset, samples }) {
    // After a resume the server may repeat samples that are here already.
    const fresh = samples.subarray(Math.max(0, this.#received - offset));
    if (!fresh.length || this.#flushed) return;
    this.#received = offset + samples.length;
    this.#push(this.#resampler.process(fresh));
    this.#flushIfWhole();
  }

  finish(length) {
    this.#length = length;
    this.#flushIfWhole();
  }

  stop() {
    const audible = this.started && this.#level > 0;
    this.#fade ??= audible ? Math.round(FADE_SECONDS * sampleRate) : 0;
  }

  /** Write the next samples to `output`; give how many. */
  fill(output) {
    const waiting = !this.started && !this.#flushed && this.#queued < PREBUFFER_SECONDS * sampleRate;
    if (waiting || this.over || (this.paused && this.#level === 0)) return 0;
    const most = Math.min(output.length, this.#queued, this.#fade ?? Infinity);
    let wanted = 0;
    while (wanted < most && !(this.paused && this.#level === 0)) {
      output[wanted] = this.#next() * this.#gain();
      wanted += 1;
    }
    this.#played += wanted;
    // Nothing left to fade: what had arrived is played, and the rest is not wanted.
    if (this.#fade !== null && this.#queued === 0) this.#fade = 0;
    return wanted;
  }

  #gain() {
    const step = 1 / (FADE_SECONDS * sampleRate);
    this.#level = Math.min(1, Math.max(0, this.#level + (this.paused ? -step : step)));
    if (this.#fade === null) return this.#level;
    this.#fade -= 1;
    return this.#fade * step * this.#level;
  }

  #next() {
    const chunk = this.#queue[0];
    const sample = chunk[this.#first];
    this.#first += 1;
    this.#queued -= 1;
    if (this.#first === chunk.length) {
      this.#queue.shift();
      this.#first = 0;
    }
    return sample;
  }

  #push(chunk) {
    if (!chunk.length) return;
    this.#queue.push(chunk);
    this.#queued += chunk.length;
  }

  #flushIfWhole() {
    if (this.#length === null || this.#received < this.#length || this.#flushed) return;
    this.#push(this.#resampler.flush());
    this.#flushed = true;
  }
}

registerProcessor("playback", Playback);
