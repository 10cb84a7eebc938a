// How the other side stood at the playhead: the ring as it was, and their trust, tension and patience.

import { clock, element, setText } from "../view/element.js";
import { createRing } from "../view/ring.js";
import { standingAt } from "./call.js";

const IN_WORDS = {
  hinted: "hinted at",
  disclosed: "told",
  labelled: "named by you",
  summarised: "summed up by you",
};
const FEELINGS = ["trust", "tension", "patience"];

/** Draw into `place`; nothing for a call in which nobody knows what the other side felt. */
export function createStanding({ place, scope, names }) {
  const title = element("h2");
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  picture.setAttribute("class", "ring");
  picture.setAttribute("viewBox", "-1 -1 2 2");
  picture.setAttribute("aria-hidden", "true");
  const list = element("ul", { class: "ring-words" });
  const ring = createRing({ picture, titles: element("div"), list: element("ul"), scope });
  const bars = FEELINGS.map((name) => {
    const track = element("span", { class: "why-track", "aria-hidden": "true" });
    const value = element("span", { class: "value" });
    return {
      name,
      track,
      value,
      row: element("div", {}, element("dt", {}, name), element("dd", {}, value, track)),
    };
  });
  const feelings = element("dl", { class: "feelings" }, ...bars.map(({ row }) => row));
  place.append(title, element("div", { class: "standing-picture" }, picture, feelings), list);
  let course = [];
  let shown;

  return {
    render({ review }) {
      course = review?.course ?? [];
      place.hidden = !course.length;
    },
    show(at) {
      if (!course.length) return;
      const entry = standingAt(course, at) ?? course[0];
      if (entry === shown) return;
      shown = entry;
      setText(title, `How ${names().counterpart} stood at ${clock(entry.at_seconds)}`);
      ring.render({ ring: entry.ring, glow: { topics: [], number: 0 } });
      list.replaceChildren(...topics(entry.ring).map((words) => element("li", {}, words)));
      for (const { name, track, value } of bars) {
        const percent = Math.round(entry[name] * 100);
        track.style.setProperty("--after", `${percent}%`);
        track.style.setProperty("--before", `${percent}%`);
        setText(value, String(percent));
      }
    },
  };
}

// What had not come up is counted only: there may be a lot of it at the beginning.
function topics(ring) {
  const known = ring.filter(({ state }) => state !== "unspoken");
  const left = ring.length - known.length;
  return [
    ...known.map(({ title, state }) => `${title}: ${IN_WORDS[state]}`),
    ...(left ? [left === 1 ? "One thing not spoken of yet" : `${left} things not spoken of yet`] : []),
  ];
}
