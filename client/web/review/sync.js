// Keeping two media elements together: what the second one does about its distance from the first. Pure.
//
// Each element tells its position in steps of its own sound buffer, so a single reading is wrong by up
// to 25 ms either way; left alone, two elements stay as they started. So the distance is averaged over
// a second, and the second element is only touched when it really lags, after it had to wait for data.

const READINGS = 8;
const CLOSE_SECONDS = 0.022; // of the average; nobody hears it between two voices
const FAR_SECONDS = 0.2; // too far to catch up unnoticed
const NUDGE = 0.05; // of the speed; more would be heard

/** Steers one element by readings that are `seconds` apart. */
export class Steering {
  #recent = [];
  #left = 0; // readings for which the nudge goes on
  #seconds;

  constructor(seconds) {
    this.#seconds = seconds;
  }

  /** Forget what was read: the elements were moved. */
  reset() {
    this.#recent = [];
    this.#left = 0;
  }

  /** Give the rate to play at; `null` asks to jump. `ahead`: how far this element is in front. */
  next(ahead, speed, rate) {
    if (Math.abs(ahead) > FAR_SECONDS) {
      this.reset();
      return null;
    }
    if (this.#left > 0) {
      this.#left -= 1;
      return this.#left ? rate : speed;
    }
    this.#recent = [...this.#recent, ahead].slice(-READINGS);
    const average = this.#recent.reduce((sum, one) => sum + one, 0) / READINGS;
    if (this.#recent.length < READINGS || Math.abs(average) <= CLOSE_SECONDS) return speed;
    this.#recent = [];
    this.#left = Math.max(1, Math.round(Math.abs(average) / (NUDGE * speed) / this.#seconds));
    return speed * (1 - NUDGE * Math.sign(average));
  }
}
