// Twelve weeks of practice as bars, one for each week.

import { element, svg } from "../view/element.js";

const BAR = 22;
const GAP = 10;
const HEIGHT = 90;

const minutes = ({ seconds }) => Math.round(seconds / 60);
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });
const named = ({ starts }) => day.format(new Date(`${starts}T00:00:00Z`));

/** Draw into `place`; the caption says the same in words. */
export function drawWeeks(place, weeks) {
  const most = Math.max(1, ...weeks.map(minutes));
  const bars = weeks.map((week, index) => {
    const height = (minutes(week) / most) * HEIGHT;
    const x = index * (BAR + GAP);
    return svg(
      "g",
      {},
      svg("rect", { x, y: HEIGHT - height, width: BAR, height: Math.max(height, 1.5), rx: 3, class: "bar" }),
      ...(minutes(week) ? [label(x + BAR / 2, HEIGHT - height - 5, minutes(week))] : []),
    );
  });
  const width = weeks.length * (BAR + GAP) - GAP;
  place.replaceChildren(
    svg("svg", { viewBox: `0 -18 ${width} ${HEIGHT + 20}`, class: "weeks", "aria-hidden": "true" }, ...bars),
    element(
      "figcaption",
      { class: "hint" },
      `Minutes of practice a week, from ${named(weeks[0])} to this week.`,
      element("span", { class: "visually-hidden" }, ` ${weeks.map(sentence).join(" ")}`),
    ),
  );
}

function label(x, y, number) {
  const made = svg("text", { x, y, "text-anchor": "middle" });
  made.textContent = String(number);
  return made;
}

const sentence = (week) => `Week of ${named(week)}: ${minutes(week)} minutes, ${week.calls} calls.`;
