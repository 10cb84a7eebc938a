// In the audio thread: mixes the microphone to mono, brings it to 16 kHz and hands out 20 ms frames of
// signed 16-bit samples with their level.

import { Resampler } from "./resampler.js";

const RATE_HZ = 16000;
const FRAME_SAMPLES = 320;

const toInt16 = (sample) => Math.max(-32768, Math.min(32767, Math.round(sample * 32767)));

class Microphone extends AudioWorkletProcessor {
  #resampler = new Resampler(sampleRate, RATE_HZ);
  #frame = new Int16Array(FRAME_SAMPLES);
  #filled = 0;
  #squares = 0;

  process([channels]) {
    if (!channels.length) return true;
    for (const sample of this.#resampler.process(mono(channels))) {
      this.#frame[this.#filled] = toInt16(sample);
      this.#squares += sample * sample;
      this.#filled += 1;
      if (this.#filled === FRAME_SAMPLES) this.#hand();
    }
    return true;
  }

  #hand() {
    const samples = this.#frame;
    const level = Math.sqrt(this.#squares / FRAME_SAMPLES);
    this.#frame = new Int16Array(FRAME_SAMPLES);
    this.#filled = 0;
    this.#squares = 0;
    this.port.postMessage({ samples, level }, [samples.buffer]);
  }
}

function mono(channels) {
  if (channels.length === 1) return channels[0];
  return channels[0].map((_, index) => {
    let sum = 0;
    for (const channel of channels) sum += channel[index];
    return sum / channels.length;
  });
}

registerProcessor("microphone", Microphone);
