// Which of the three screens is shown, and where the focus goes when that changes.

import { fullName } from "../people.js";

const SCREENS = { start: "start", call: "call-home", ended: "ended" };
const FOCUS = { start: "start", call: "call", ended: "ended" };

/** Show one screen at a time in `body`. */
export function createScreens({ body, onLeaveCall }) {
  let shown = "start";
  return {
    render({ screen, session, scenario, drill }) {
      body.dataset.session = session;
      if (screen === shown) return;
      if (shown === "call") onLeaveCall();
      shown = screen;
      body.dataset.screen = screen;
      for (const [name, id] of Object.entries(SCREENS)) {
        document.getElementById(id).hidden = name !== screen;
      }
      document.title = titleOf(screen, fullName(scenario?.person ?? ""), drill?.card.title);
      window.scrollTo(0, 0);
      document.getElementById(FOCUS[screen])?.focus({ preventScroll: true });
    },
  };
}

function titleOf(screen, person, drill) {
  if (screen === "start") return "voice_coach";
  if (drill) return screen === "call" ? `Drill: ${drill}` : `After the drill: ${drill}`;
  return screen === "call" ? `Call with ${person}` : `After the call with ${person}`;
}
