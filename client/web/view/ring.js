// The ring around the portrait: one segment for each thing the counterpart feels, needs or came for.
// It fills as that is understood, and what was just opened glows once. No points, no percentages.

import { element as html, setText, svg } from "./element.js";

const RADIUS = 0.94;
const GAP_DEGREES = 7;
const LABEL_RADIUS = 1.07;

/** How much of its segment a topic fills. */
export const FILLED = { unspoken: 0, hinted: 0.25, disclosed: 0.55, labelled: 0.85, summarised: 1 };
const IN_WORDS = {
  hinted: "hinted at",
  disclosed: "told to you",
  labelled: "named by you",
  summarised: "summed up by you",
};

const point = (degrees, radius) => {
  const angle = ((degrees - 90) * Math.PI) / 180;
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
};

/** The path of a part of the ring, from one angle to another in degrees, in a box from -1 to 1. */
export function arc(from, to) {
  const [x1, y1] = point(from, RADIUS);
  const [x2, y2] = point(to, RADIUS);
  const large = to - from > 180 ? 1 : 0;
  return `M${x1.toFixed(4)} ${y1.toFixed(4)}A${RADIUS} ${RADIUS} 0 ${large} 1 ${x2.toFixed(4)} ${y2.toFixed(4)}`;
}

/** Draw the ring into `picture` (an SVG), its titles into `titles` and its words for a screen reader into `list`. */
export function createRing({ picture, titles, list, scope }) {
  let parts = new Map();
  let glowed = 0;

  // Once is once: a class that stays would glow again when the call moves to the pop-out.
  for (const place of [picture, titles]) {
    scope.listen(place, "animationend", ({ target }) => target.classList.remove("glow"));
  }

  const build = (segments) => {
    const share = 360 / segments.length;
    parts = new Map();
    picture.replaceChildren();
    titles.replaceChildren();
    list.replaceChildren();
    segments.forEach(({ topic }, index) => {
      const from = index * share + GAP_DEGREES / 2;
      const to = (index + 1) * share - GAP_DEGREES / 2;
      const track = svg("path", { class: "ring-track", d: arc(from, to) });
      const fill = svg("path", { class: "ring-fill", d: arc(from, to), pathLength: 1 });
      const [x, y] = point((from + to) / 2, LABEL_RADIUS);
      const title = html("span", { class: "ring-title", "data-side": x < 0 ? "left" : "right" });
      title.style.left = `${50 + 50 * x}%`;
      title.style.top = `${50 + 50 * y}%`;
      const item = html("li");
      picture.append(track, fill);
      titles.append(title);
      list.append(item);
      parts.set(topic, { fill, title, item });
    });
  };

  const draw = ({ topic, title, state }) => {
    const part = parts.get(topic);
    part.fill.style.setProperty("--filled", FILLED[state]);
    part.fill.dataset.state = state;
    setText(part.title, state === "unspoken" ? "" : title);
    setText(part.item, state === "unspoken" ? "Not yet spoken of" : `${title}: ${IN_WORDS[state]}`);
  };

  const glow = (topics) => {
    for (const topic of topics) {
      const part = parts.get(topic);
      if (!part) continue;
      for (const target of [part.fill, part.title]) {
        target.classList.remove("glow");
        target.getBoundingClientRect(); // lets the same segment glow again
        target.classList.add("glow");
      }
    }
  };

  return {
    render({ ring, glow: { topics, number } }) {
      const known = ring.length === parts.size && ring.every(({ topic }) => parts.has(topic));
      if (!known) build(ring);
      ring.forEach(draw);
      if (number !== glowed) glow(topics);
      glowed = number;
    },
  };
}
