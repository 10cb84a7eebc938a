// The page's one audio context, and the microphone in it. Both wait for a click, as browsers demand.

import { openMicrophone } from "./microphone.js";
import { Scope } from "./scope.js";

export class Sound {
  #context = null;
  #microphone = null; // the scope of an open microphone
  #opening = null; // the promise of one that is being opened
  #on;
  #listeners = new Set();

  /** `on.microphone(status, trouble)` follows the microphone: asking, ready, failed. */
  constructor(on) {
    this.#on = on;
  }

  /** Call `listener({ samples, level })` for each 20 ms of the microphone. Gives a function that stops it. */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Wake the audio context; must first be called from a click. */
  async wake() {
    this.#context ??= new AudioContext({ latencyHint: "interactive" });
    if (this.#context.state !== "running") await this.#context.resume();
    return this.#context;
  }

  /** Open the microphone unless it is open. Gives whether it is; says through `on` why not. */
  async openMicrophone() {
    if (this.#microphone) return true;
    await this.wake(); // each call by itself: a browser lets one go on that comes from a click, and no other
    this.#opening ??= this.#open().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  async #open() {
    const context = await this.wake();
    const scope = new Scope();
    this.#on.microphone("asking");
    try {
      await openMicrophone({
        context,
        scope,
        on: { frame: (frame) => this.#hear(frame), lost: (trouble) => this.#fail(trouble) },
      });
    } catch (error) {
      scope.close();
      if (error.name !== "MicrophoneError") throw error;
      this.#fail(error.trouble);
      return false;
    }
    this.#microphone = scope;
    this.#on.microphone("ready");
    return true;
  }

  #hear(frame) {
    for (const listener of this.#listeners) listener(frame);
  }

  #fail(trouble) {
    this.#microphone?.close();
    this.#microphone = null;
    this.#on.microphone("failed", trouble);
  }
}
