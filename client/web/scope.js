// One owner for listeners, timers and frames: closing the scope releases all of them, once.

export class Scope {
  #releases = new Set();

  /** Call `release` when the scope closes. Gives a function that releases it now. */
  own(release) {
    const once = () => {
      if (this.#releases.delete(once)) release();
    };
    this.#releases.add(once);
    return once;
  }

  /** Listen to an event of a target until the scope closes. */
  listen(target, type, listener, options) {
    target.addEventListener(type, listener, options);
    return this.own(() => target.removeEventListener(type, listener, options));
  }

  /** Call once after a time. */
  after(milliseconds, callback) {
    const timer = setTimeout(() => {
      cancel();
      callback();
    }, milliseconds);
    const cancel = this.own(() => clearTimeout(timer));
    return cancel;
  }

  /** Call again and again. */
  every(milliseconds, callback) {
    const timer = setInterval(callback, milliseconds);
    return this.own(() => clearInterval(timer));
  }

  /**
   * Call before every frame of the window that shows `element`: it may move to the pop-out, whose
   * frames go on while the page itself is hidden.
   */
  frames(element, callback) {
    let cancel = () => {};
    const request = () => {
      const view = element.ownerDocument.defaultView ?? window;
      const frame = view.requestAnimationFrame((now) => {
        cancel();
        request();
        callback(now);
      });
      // A window that closes takes its frames with it: by the next task the element has moved back.
      const closing = () => {
        cancel();
        setTimeout(request);
      };
      view.addEventListener("pagehide", closing);
      cancel = () => {
        view.cancelAnimationFrame(frame);
        view.removeEventListener("pagehide", closing);
      };
    };
    request();
    return this.own(() => cancel());
  }

  /** Release everything. */
  close() {
    for (const release of [...this.#releases]) release();
  }
}
