// Change of sampling rate for a stream: a polyphase windowed-sinc low-pass that keeps its state
// between chunks, so that any chunking of the same samples gives the same result.

const ZERO_CROSSINGS = 16;
const KAISER_BETA = 7.9; // about 80 dB of stop band
const PASS_BAND = 0.92; // of the lower of both Nyquist frequencies; the rest is the filter's slope

const greatestCommonDivisor = (a, b) => (b ? greatestCommonDivisor(b, a % b) : a);

function bessel0(x) {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-12; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

// One row of taps for each fraction of an input sample that an output sample can fall on.
function filterBank(phases, halfTaps, cutoff) {
  const bank = [];
  for (let phase = 0; phase < phases; phase += 1) {
    const taps = new Float32Array(2 * halfTaps);
    let sum = 0;
    for (let index = 0; index < taps.length; index += 1) {
      const distance = index - halfTaps + 1 - phase / phases;
      const angle = Math.PI * cutoff * distance;
      const sinc = angle === 0 ? 1 : Math.sin(angle) / angle;
      const edge = Math.min(1, Math.abs(distance) / halfTaps);
      taps[index] = sinc * (bessel0(KAISER_BETA * Math.sqrt(1 - edge * edge)) / bessel0(KAISER_BETA));
      sum += taps[index];
    }
    bank.push(taps.map((tap) => tap / sum));
  }
  return bank;
}

export class Resampler {
  #up;
  #down;
  #halfTaps;
  #bank;
  #input; // samples not used up yet, with what the filter still needs of the past
  #length = 0;
  #position = 0; // of the next output sample in `#input`, counted in 1/#up of an input sample

  constructor(fromHz, toHz) {
    const divisor = greatestCommonDivisor(Math.round(fromHz), Math.round(toHz));
    this.#up = Math.round(toHz) / divisor;
    this.#down = Math.round(fromHz) / divisor;
    const cutoff = Math.min(1, toHz / fromHz) * PASS_BAND;
    this.#halfTaps = this.#up === this.#down ? 0 : Math.ceil(ZERO_CROSSINGS / cutoff);
    this.#bank = this.#halfTaps ? filterBank(this.#up, this.#halfTaps, cutoff) : [];
    this.#input = new Float32Array(8192);
    this.#length = Math.max(0, this.#halfTaps - 1); // silence before the first sample
  }

  /** Take the next input samples, give the output samples that are complete. */
  process(samples) {
    if (!this.#halfTaps) return samples;
    this.#append(samples);
    const output = [];
    for (;;) {
      const first = Math.floor(this.#position / this.#up);
      if (first + 2 * this.#halfTaps > this.#length) break;
      const taps = this.#bank[this.#position % this.#up];
      let sum = 0;
      for (let index = 0; index < taps.length; index += 1)
        sum += taps[index] * this.#input[first + index];
      output.push(sum);
      this.#position += this.#down;
    }
    this.#forget();
    return Float32Array.from(output);
  }

  /** Give the last output samples: the input is followed by silence. */
  flush() {
    return this.process(new Float32Array(this.#halfTaps));
  }

  #append(samples) {
    if (this.#length + samples.length > this.#input.length) {
      const larger = new Float32Array(2 * (this.#length + samples.length));
      larger.set(this.#input.subarray(0, this.#length));
      this.#input = larger;
    }
    this.#input.set(samples, this.#length);
    this.#length += samples.length;
  }

  #forget() {
    const used = Math.min(Math.floor(this.#position / this.#up), this.#length);
    this.#input.copyWithin(0, used, this.#length);
    this.#length -= used;
    this.#position -= used * this.#up;
  }
}
