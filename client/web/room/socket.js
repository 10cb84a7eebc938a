// A socket of the training room, a table's or the trainer's: JSON both ways, back by itself when the line
// breaks. Nothing is queued: whoever returns is told first how everything stands now.

import { retryDelay } from "../connection.js";

// The server's close codes after which there is nothing to come back to.
const REASONS = { 4403: "closed", 4409: "elsewhere" };

export class RoomSocket {
  #address;
  #probe;
  #scope;
  #on;
  #socket = null;
  #attempt = 0;
  #retry = () => {};
  #closed = false;

  /**
   * `probe` is an address that this visitor may read, if it may open the socket.
   *
   * `on` gives what happens: `message(object)`, `sound(ArrayBuffer)`, `link(status)` with `connecting`,
   * `open` or `lost`, and `refused(reason)` when the server answers but will not let this visitor in:
   * `closed`, or `elsewhere` when the same visitor has opened another one.
   */
  constructor({ path, probe, scope, on }) {
    this.#probe = probe;
    this.#address = new URL(path, location.href.replace(/^http/u, "ws")).href;
    this.#scope = scope;
    this.#on = on;
    scope.own(() => this.close());
    scope.listen(window, "offline", () => this.#lose());
    scope.listen(window, "online", () => this.#retryNow());
    this.#open();
  }

  /** Send a message; gives whether the line was there. */
  send(message) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** Close for good. */
  close() {
    this.#closed = true;
    this.#retry();
    this.#socket?.close(1000);
    this.#socket = null;
  }

  #open() {
    const socket = new WebSocket(this.#address);
    socket.binaryType = "arraybuffer";
    const current = (handler) => (event) => {
      if (socket === this.#socket) handler(event);
    };
    let opened = false;
    socket.onopen = current(() => {
      opened = true;
      this.#attempt = 0;
      this.#on.link("open");
    });
    socket.onmessage = current(({ data }) => {
      if (typeof data === "string") this.#on.message(JSON.parse(data));
      else this.#on.sound?.(data);
    });
    socket.onclose = current(({ code }) => this.#ended(opened, code));
    this.#socket = socket;
  }

  // A handshake that is refused looks to a script like a server that is gone: a plain request tells them apart.
  async #ended(opened, code) {
    const reason = REASONS[code] ?? (!opened && (await this.#isForbidden()) ? "closed" : null);
    if (!reason) this.#lose();
    else if (!this.#closed) {
      this.close();
      this.#on.refused(reason);
    }
  }

  async #isForbidden() {
    try {
      const answer = await fetch(this.#probe, { method: "HEAD" });
      return answer.status === 401 || answer.status === 403;
    } catch {
      return false; // nobody answers: the server or the line is gone
    }
  }

  #lose() {
    if (this.#closed || !this.#socket) return;
    const socket = this.#socket;
    this.#socket = null;
    socket.close();
    this.#on.link("lost");
    this.#retry = this.#scope.after(retryDelay(this.#attempt), () => this.#open());
    this.#attempt += 1;
  }

  #retryNow() {
    if (this.#closed || this.#socket) return;
    this.#retry();
    this.#open();
  }
}
