// The counterpart's voice: samples in, sound out, and exact word of what was heard.
//
// The audio thread counts samples as it renders them; the ear gets them `outputLatency` later. So
// "started" and "ended" are told when the sample leaves the speaker, and a cut counts what had left it.

import { decodeVoice } from "./wire.js";

export class Playback {
  #context;
  #scope;
  #on;
  #node;
  #analyser;
  #wave;
  #current = null; // { reply, rateHz, startedAt, pausedAt } of the reply that is heard or awaited
  #refused = new Set(); // replies that were stopped: their late frames are dropped

  /** `on.started(reply)`, `on.ended({ reply, heardSamples, complete })`. */
  static async open({ context, scope, on }) {
    await context.audioWorklet.addModule(new URL("./playback-worklet.js", import.meta.url));
    return new Playback(context, scope, on);
  }

  constructor(context, scope, on) {
    this.#context = context;
    this.#scope = scope;
    this.#on = on;
    this.#node = new AudioWorkletNode(context, "playback", {
      numberOfInputs: 0,
      outputChannelCount: [1],
    });
    this.#analyser = new AnalyserNode(context, { fftSize: 1024 });
    this.#wave = new Float32Array(this.#analyser.fftSize);
    this.#node.connect(this.#analyser).connect(context.destination);
    this.#node.port.onmessage = ({ data }) => this.#report(data);
    scope.own(() => {
      this.#node.port.onmessage = null;
      this.#node.disconnect();
      this.#analyser.disconnect();
    });
  }

  /** A reply begins; its samples follow. A rate of 0 means that none will: its text must do. */
  begin(reply, rateHz) {
    if (!rateHz || this.#current?.reply === reply || this.#refused.has(reply)) return;
    this.#current = { reply, rateHz, startedAt: null, pausedAt: null };
    this.#node.port.postMessage({ type: "begin", reply, rateHz });
  }

  /** A binary frame of the wire. */
  frame(data) {
    const { reply, offset, samples, murmurHz } = decodeVoice(data);
    if (murmurHz) {
      this.#murmur(samples, murmurHz);
      return;
    }
    if (this.#current?.reply !== reply) return;
    this.#node.port.postMessage({ type: "samples", reply, offset, samples }, [samples.buffer]);
  }

  // A sign of listening sounds at once, beside whatever else does, and nothing is reported of it.
  #murmur(samples, rateHz) {
    const buffer = this.#context.createBuffer(1, samples.length, rateHz);
    buffer.copyToChannel(samples, 0);
    const source = new AudioBufferSourceNode(this.#context, { buffer });
    source.connect(this.#analyser);
    source.start();
  }

  /** The reply has `samples` samples. */
  finish(reply, samples) {
    if (this.#current?.reply !== reply) return;
    this.#node.port.postMessage({ type: "finish", reply, samples });
  }

  /** Fall silent now; `on.ended` tells how much was heard. */
  stop(reply) {
    this.#refused.add(reply);
    if (this.#current?.reply === reply) this.#node.port.postMessage({ type: "stop", reply });
  }

  /** Hold the reply where it is. */
  pause(reply) {
    const current = this.#current;
    if (current?.reply !== reply || current.pausedAt !== null) return;
    current.pausedAt = this.#context.currentTime;
    this.#node.port.postMessage({ type: "pause", reply });
  }

  /** Go on where the reply was held. */
  resume(reply) {
    const current = this.#current;
    if (current?.reply !== reply || current.pausedAt === null) return;
    if (current.startedAt !== null) current.startedAt += this.#context.currentTime - current.pausedAt;
    current.pausedAt = null;
    this.#node.port.postMessage({ type: "resume", reply });
  }

  /** Fall silent whatever is playing. */
  hush() {
    if (this.#current) this.stop(this.#current.reply);
  }

  /** Loudness of the voice at this moment, 0 to 1 (root mean square). */
  level() {
    this.#analyser.getFloatTimeDomainData(this.#wave);
    let squares = 0;
    for (const sample of this.#wave) squares += sample * sample;
    return Math.sqrt(squares / this.#wave.length);
  }

  /** Seconds of the current reply that were heard; `null` before its first sound. */
  heardSeconds() {
    const { startedAt = null, pausedAt = null } = this.#current ?? {};
    if (startedAt === null) return null;
    return Math.max(0, (pausedAt ?? this.#context.currentTime) - startedAt - this.#latency());
  }

  #latency() {
    return this.#context.outputLatency || this.#context.baseLatency || 0;
  }

  #report({ type, reply, time, samples, complete }) {
    const current = this.#current?.reply === reply ? this.#current : null;
    const untilAudible = Math.max(0, time + this.#latency() - this.#context.currentTime);
    if (type === "started") {
      if (current) current.startedAt = time;
      this.#scope.after(untilAudible * 1000, () => this.#on.started(reply));
      return;
    }
    const late = complete || !current ? 0 : Math.round(this.#latency() * current.rateHz);
    this.#scope.after(untilAudible * 1000, () => {
      if (this.#current === current) this.#current = null;
      this.#on.ended({ reply, heardSamples: Math.max(0, samples - late), complete });
    });
  }
}
