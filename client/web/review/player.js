// The sound of a call: both sides' tracks in step, from anywhere, at any speed, at their own pitch.
//
// Media elements do the work (they stream, seek and keep the pitch); the second one is steered so
// that it stays with the first, because two elements drift apart when one of them waits for data.

import { Steering } from "./sync.js";

const STEER_MS = 120;
const READY_MS = 8000; // a seek that takes longer has failed
const LAST_MS = 60; // before the end of a stretch a timer takes over from the frames

/** Plays `tracks` (`[{ side, address }]`); `changed(on, stretch)` and `failed()` are told to the page. */
export class Player {
  #elements; // side -> audio
  #scope;
  #on;
  #stretch = null;
  #playing = false;
  #turn = 0; // grows with every order: a slow seek must not overrule a newer one
  #at = 0; // where to go on from when nothing plays
  #speed = 1;
  #cancelEnd = () => {};
  #steering = new Steering(STEER_MS / 1000);

  constructor({ tracks, place, scope, on }) {
    this.#scope = scope;
    this.#on = on;
    this.#elements = tracks.map(({ side, address }) => {
      const audio = new Audio(address);
      audio.preload = "auto";
      audio.preservesPitch = true;
      audio.dataset.side = side;
      place.append(audio);
      scope.listen(audio, "error", () => on.failed());
      return audio;
    });
    if (this.#elements.length) scope.listen(this.#elements[0], "ended", () => this.#end());
    scope.every(STEER_MS, () => this.#steer());
    scope.own(() => this.#stop());
  }

  /** Whether there is anything to hear. */
  get silent() {
    return this.#elements.length === 0;
  }

  get playing() {
    return this.#playing;
  }

  /** Seconds; exact while it plays. */
  get at() {
    return this.#playing ? this.#elements[0].currentTime : this.#at;
  }

  /** Play from `from`; with `to`, exactly until there. */
  async play(from = this.#at, to = null) {
    const order = this.#stop();
    this.#at = from;
    if (this.silent) {
      this.#on.moved(from);
      return;
    }
    if (!(await this.#ready(order, from))) return;
    this.#playing = true;
    this.#stretch = to === null ? null : { from, to };
    this.#on.changed(true, this.#stretch);
    const started = await Promise.all(
      this.#elements.map((audio) =>
        audio.play().then(
          () => true,
          (error) => error.name === "AbortError", // a newer order interrupts this one
        ),
      ),
    );
    if (order !== this.#turn) return;
    if (started.includes(false)) this.#end();
    else this.#watchEnd(order);
  }

  /** Stop and stay. */
  pause() {
    if (!this.#playing) return;
    this.#at = this.at;
    this.#stop();
    this.#on.changed(false, null);
  }

  /** Go there; goes on if it played. */
  seek(at) {
    if (this.#playing) {
      this.play(at);
      return;
    }
    this.#at = at;
    this.#on.moved(at);
  }

  set speed(speed) {
    this.#speed = speed;
    for (const audio of this.#elements) audio.playbackRate = speed;
    if (this.#playing) this.#watchEnd(this.#turn);
  }

  /** Loudness of one side, 0 to 1. */
  setVolume(side, volume) {
    const audio = this.#elements.find((element) => element.dataset.side === side);
    if (audio) audio.volume = volume;
  }

  #stop() {
    this.#turn += 1;
    this.#cancelEnd();
    this.#steering.reset();
    for (const audio of this.#elements) {
      audio.pause();
      audio.playbackRate = this.#speed;
    }
    this.#playing = false;
    this.#stretch = null;
    return this.#turn;
  }

  #end() {
    if (!this.#playing) return;
    this.#at = this.#stretch?.to ?? this.at;
    this.#stop();
    this.#on.changed(false, null);
  }

  // Both sides stand at the place before either plays.
  async #ready(order, at) {
    await Promise.all(this.#elements.map((audio) => stands(audio, at)));
    return order === this.#turn;
  }

  #watchEnd(order) {
    this.#cancelEnd();
    if (!this.#stretch) return;
    const left = ((this.#stretch.to - this.at) / this.#speed) * 1000;
    const early = left > LAST_MS * 2;
    const wait = early ? left - LAST_MS : Math.max(0, left);
    this.#cancelEnd = this.#scope.after(wait, () => {
      if (order !== this.#turn) return;
      if (this.at < this.#stretch.to) this.#watchEnd(order);
      else this.#end();
    });
  }

  #steer() {
    if (!this.#playing) return;
    const [first, second] = this.#elements;
    if (!second || second.ended || second.seeking || first.seeking) return;
    const ahead = second.currentTime - first.currentTime;
    const rate = this.#steering.next(ahead, this.#speed, second.playbackRate);
    if (rate === null) second.currentTime = first.currentTime;
    else if (second.playbackRate !== rate) second.playbackRate = rate;
  }
}

function stands(audio, at) {
  audio.currentTime = at;
  return new Promise((done) => {
    const events = ["seeked", "canplay", "error"];
    const finish = () => {
      clearTimeout(timer);
      for (const name of events) audio.removeEventListener(name, look);
      done();
    };
    const look = () => {
      const there = !audio.seeking && audio.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA;
      if (there || audio.error || audio.ended) finish();
    };
    const timer = setTimeout(finish, READY_MS);
    for (const name of events) audio.addEventListener(name, look);
    look();
  });
}
