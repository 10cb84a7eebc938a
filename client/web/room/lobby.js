// A table in a training room: its socket, its bar above every screen, and what the trainer asks of the page.

import { createMeter } from "../view/meter.js";
import { createBar } from "./bar.js";
import { initialLobby, reduceLobby } from "./lobby-state.js";
import { createOut } from "./out.js";
import { createPanel } from "./panel.js";
import { RoomSocket } from "./socket.js";

/**
 * Sit down at the table that the browser's cookie names. `place` holds the bar, `out` what is shown when the
 * table is in the room no longer.
 *
 * `on` gives what the trainer and the table ask of the page: `start(activity)`, `assigned(activity)`,
 * `stop()`, `resume(session)`, `record(on)`, `microphone()`, `gone()`.
 *
 * Gives `render(state)` for the page's state, and `hear(level)` for each frame of the microphone.
 */
export function openLobby({ place, out, scope, on }) {
  let lobby = initialLobby;
  let page = null;

  const draw = () => {
    if (!page || !(lobby.table || lobby.out)) return;
    for (const view of views) view.render(lobby, page);
  };
  const dispatch = (message) => {
    const before = lobby;
    lobby = reduceLobby(lobby, message);
    if (lobby.out && !before.out) {
      socket.close();
      on.gone();
    }
    draw();
  };
  const say = (message) => socket.send(message);

  const receive = (message) => {
    const first = lobby.table === "";
    dispatch(message);
    switch (message.type) {
      case "lobby":
        on.record(message.consent.record);
        if (first && message.activity) on.assigned(message.activity);
        return;
      case "assigned":
        on.assigned(message.activity);
        return;
      case "start":
        on.start(message.activity);
        return;
      case "stop":
        on.stop();
        return;
      default: // the others are words: `reduceLobby` knows them, or has thrown
    }
  };

  const socket = new RoomSocket({
    path: "/room/table",
    probe: "/api/scenarios",
    scope,
    on: {
      message: receive,
      link: (status) => dispatch({ type: "link", status }),
      refused: (reason) => dispatch({ type: "refused", reason }),
    },
  });

  const actions = {
    begin: () => on.start(lobby.activity),
    resume: () => on.resume(lobby.session),
    microphone: on.microphone,
    answer: (allow) => {
      if (say({ type: "answer_listening", allow })) dispatch({ type: "answered", allow });
    },
    consent: (change) => {
      const consent = { ...lobby.consent, ...change };
      if (!say({ type: "consent", consent })) return;
      dispatch({ type: "consent", consent });
      on.record(consent.record);
    },
    noteRead: () => dispatch({ type: "note_read" }),
    panel: (open) => dispatch({ type: "panel", open }),
    leave: () => {
      if (say({ type: "leave" })) dispatch({ type: "left" });
    },
  };

  const bar = createBar({ place, scope, actions });
  const panel = createPanel({ place: bar.below, scope, actions });
  const views = [bar, panel, createOut({ place: out })];
  const meter = createMeter(bar.meter);

  return {
    render(state) {
      page = state;
      if (state.screen === "call" && lobby.sign) dispatch({ type: "begun" });
      else draw();
    },
    hear(level) {
      if (page?.screen !== "call") meter.show(level);
    },
  };
}
