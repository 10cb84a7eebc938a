// Which of the three screens is shown, and where the focus goes when that changes.

import { fullName } from "../people.js";

const SCREENS = { start: "start", call: "call-home", ended: "ended" };
const FOCUS = { start: "start", call: "call", ended: "ended" };

/** Show one screen at a time in `body`. */
export function createScreens({ body, onLeaveCall }) {
  let shown = "start";
  return {
    render({ screen, session, scenario }) {
      body.dataset.session = session;
      if (screen === shown) return;
      if (shown === "call") onLeaveCall();
      shown = screen;
      body.dataset.screen = screen;
      for (const [name, id] of Object.entries(SCREENS)) {
        document.getElementById(id).hidden = name !== screen;
      }
      document.title = titleOf(screen, fullName(scenario?.person ?? ""));
      window.scrollTo(0, 0);
      document.getElementById(FOCUS[screen])?.focus({ preventScroll: true });
    },
  };
}

const titleOf = (screen, person) =>
  ({ start: "voice_coach", call: `Call with ${person}`, ended: `After the call with ${person}` })[screen];
