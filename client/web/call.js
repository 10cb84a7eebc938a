// One call: its connection, its microphone stream and the counterpart's voice, until it is closed.

import { Connection } from "./connection.js";
import { Playback } from "./playback.js";
import { Scope } from "./scope.js";
import { unfinishedTrouble } from "./trouble.js";
import { Uplink } from "./uplink.js";
import { keepAwake } from "./wake.js";

const DEBRIEF_TIMEOUT_MS = 8000;

export class Call {
  #scope = new Scope();
  #uplink = new Uplink();
  #dispatch;
  #playback;
  #connection;
  #muted = false;

  /** Place the call. `hello` holds what was chosen for it; `seen()` gives the last `seq`. */
  static async place({ sound, hello, dispatch, seen }) {
    const call = new Call(dispatch);
    call.#playback = await Playback.open({
      context: await sound.wake(),
      scope: call.#scope,
      on: {
        started: (reply) => call.#connection.send({ type: "playback_started", reply }),
        ended: ({ reply, heardSamples, complete }) =>
          call.#connection.send({ type: "playback_ended", reply, heard_samples: heardSamples, complete }),
      },
    });
    const address = new URL("/ws", location.href.replace(/^http/u, "ws")).href;
    call.#connection = new Connection({
      address,
      scope: call.#scope,
      uplink: call.#uplink,
      hello,
      on: {
        message: (message) => call.#receive(message),
        voice: (frame) => call.#playback.frame(frame),
        lost: () => call.#lose(),
        seen,
      },
    });
    call.#scope.own(sound.listen(({ samples }) => call.#hear(samples)));
    keepAwake(call.#scope);
    return call;
  }

  constructor(dispatch) {
    this.#dispatch = dispatch;
  }

  /** Loudness of the counterpart's voice now. */
  level() {
    return this.#playback.level();
  }

  /** How much of the current reply was heard. */
  heardSeconds() {
    return this.#playback.heardSeconds();
  }

  /** Mute or unmute: while muted nothing of the microphone leaves the page, only silence does. */
  mute(on) {
    this.#muted = on;
    this.#connection.send({ type: "mute", on });
    this.#dispatch({ type: "muted", on });
  }

  /** Ask for cues, or for none. */
  wantCues(on) {
    this.#connection.send({ type: "cue_switch", on });
    this.#dispatch({ type: "cues", on });
  }

  /** Ask the server to end the call; its debrief follows. */
  end() {
    this.#playback.hush();
    this.#connection.send({ type: "end_call" });
    this.#dispatch({ type: "ending" });
    this.#scope.after(DEBRIEF_TIMEOUT_MS, () =>
      this.#dispatch({ type: "trouble", trouble: unfinishedTrouble() }),
    );
  }

  /** Release everything. */
  close() {
    this.#scope.close();
  }

  // The server says the line again when the connection is back: nobody should hear it twice.
  #lose() {
    this.#playback.hush();
    this.#dispatch({ type: "link", status: "reconnecting" });
  }

  #hear(samples) {
    // The server tells time by counting samples: a muted microphone goes on, silent.
    this.#uplink.push(this.#muted ? new Int16Array(samples.length) : samples);
    this.#connection.sendAudio();
  }

  #receive(message) {
    this.#dispatch(message);
    switch (message.type) {
      case "reply":
        this.#playback.begin(message.reply, message.sample_rate_hz);
        return;
      case "reply_end":
        this.#playback.finish(message.reply, message.samples);
        return;
      case "stop_playback":
        this.#playback.stop(message.reply);
        return;
      case "pause_playback":
        this.#playback.pause(message.reply);
        return;
      case "resume_playback":
        this.#playback.resume(message.reply);
        return;
      case "ended":
        this.close();
        return;
      default: // the others are words and pictures: `reduce` knows them, or has thrown
    }
  }
}
