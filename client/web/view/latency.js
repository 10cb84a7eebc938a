// Where the time of the last answer went, on request: bars on one scale from the end of your speech.

import { element } from "./element.js";

const STAGES = [
  ["final_text_ms", "your words known"],
  ["turn_decided_ms", "your turn taken as over"],
  ["reply_ready_ms", "first sound sent"],
  ["voice_to_voice_ms", "first sound heard"],
];
const SHORTEST_SCALE_MS = 1000;

/** Draw into `place`. */
export function createLatency({ place, button }) {
  let drawn;
  return {
    render({ latency, panels }) {
      place.hidden = !panels.latency;
      button.setAttribute("aria-pressed", String(panels.latency));
      if (latency === drawn) return;
      drawn = latency;
      place.replaceChildren(...contents(latency));
    },
  };
}

function contents(latency) {
  const title = element("h2", { id: "latency-title" }, "After your last word");
  if (!latency) return [title, element("p", {}, "Shown after your first turn.")];
  const known = STAGES.filter(([field]) => typeof latency[field] === "number");
  const scale = Math.max(SHORTEST_SCALE_MS, ...known.map(([field]) => latency[field]));
  const rows = known.map(([field, words]) => {
    const bar = element("span", { class: "latency-bar" });
    bar.style.inlineSize = `${(100 * latency[field]) / scale}%`;
    return element(
      "div",
      { class: "latency-row" },
      element("dt", {}, words),
      element(
        "dd",
        {},
        element("span", { class: "latency-track", "aria-hidden": "true" }, bar),
        `${Math.round(latency[field])} ms`,
      ),
    );
  });
  return [title, element("dl", {}, ...rows)];
}
