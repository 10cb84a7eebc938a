// One call's websocket. It says hello, comes back by itself when the line breaks, and loses nothing:
// the microphone's samples wait in the uplink, what the page said waits in a short queue, and the
// server repeats what came after the last message that was seen.

import { encodeMicrophone, PROTOCOL_VERSION } from "./wire.js";

const CLIENT = "voice_coach overlay 1";
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 600; // a server that is back should not be waited for
const QUEUE_LIMIT = 64;
const STALLED_BYTES = 512 * 1024; // sixteen seconds of unsent audio: the line is dead, not slow

/** Milliseconds to wait before the n-th attempt (from 0), spread so that a class does not return at once. */
export const retryDelay = (attempt, random = Math.random) =>
  Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt) * (0.75 + 0.5 * random());

export class Connection {
  #address;
  #scope;
  #uplink;
  #on;
  #hello;
  #socket = null;
  #session = "";
  #welcomed = false;
  #attempt = 0;
  #retry = () => {};
  #queue = [];
  #closed = false;

  /**
   * `on` gives what happens: `message(object)`, `voice(ArrayBuffer)`, `lost()` when it
   * begins to reconnect; `seen()` answers with the last `seq`. `hello` holds what was chosen for the call.
   */
  constructor({ address, scope, uplink, hello, on }) {
    this.#address = address;
    this.#scope = scope;
    this.#uplink = uplink;
    this.#hello = hello;
    this.#on = on;
    scope.own(() => this.close());
    scope.listen(window, "offline", () => this.#lose());
    scope.listen(window, "online", () => this.#retryNow());
    this.#open();
  }

  /** Send a message, now or when the line is back. */
  send(message) {
    if (this.#flows()) this.#socket.send(JSON.stringify(message));
    else if (this.#queue.push(message) > QUEUE_LIMIT) this.#queue.shift();
  }

  /** Send what the microphone has given since. */
  sendAudio() {
    if (!this.#flows()) return;
    if (this.#socket.bufferedAmount > STALLED_BYTES) {
      this.#lose();
      return;
    }
    for (const { offset, samples } of this.#uplink.take()) {
      this.#socket.send(encodeMicrophone(samples, offset));
    }
  }

  /** Close for good. */
  close() {
    this.#closed = true;
    this.#retry();
    this.#socket?.close(1000);
    this.#socket = null;
    this.#welcomed = false;
  }

  // A socket that is closing swallows what it is given, some time before it says so.
  #flows() {
    return this.#welcomed && this.#socket.readyState === WebSocket.OPEN;
  }

  #open() {
    const socket = new WebSocket(this.#address);
    socket.binaryType = "arraybuffer";
    const current = (handler) => (event) => {
      if (socket === this.#socket) handler(event);
    };
    socket.onopen = current(() => this.#greet());
    socket.onmessage = current(({ data }) => this.#receive(data));
    socket.onclose = current(() => this.#lose());
    this.#socket = socket;
  }

  #greet() {
    const resume = this.#session ? { resume: this.#session, seen: this.#on.seen(), recorded_samples: this.#uplink.end } : {};
    const hello = { type: "hello", version: PROTOCOL_VERSION, client: CLIENT, ...this.#hello, ...resume };
    this.#socket.send(JSON.stringify(hello));
  }

  #receive(data) {
    if (typeof data !== "string") {
      this.#on.voice(data);
      return;
    }
    const message = JSON.parse(data);
    if (message.type === "welcome") this.#welcome(message);
    this.#on.message(message);
    if (message.type === "ended" || (message.type === "error" && message.fatal)) this.close();
  }

  #welcome({ session, next_sample: nextSample }) {
    this.#session = session;
    this.#attempt = 0;
    this.#welcomed = true;
    this.#uplink.resume(nextSample);
    for (const message of this.#queue.splice(0)) this.send(message);
    this.sendAudio();
  }

  #lose() {
    if (this.#closed || !this.#socket) return;
    const socket = this.#socket;
    this.#socket = null;
    this.#welcomed = false;
    socket.close();
    this.#on.lost();
    this.#retry = this.#scope.after(retryDelay(this.#attempt), () => this.#open());
    this.#attempt += 1;
  }

  #retryNow() {
    if (this.#closed || this.#socket) return;
    this.#retry();
    this.#open();
  }
}
