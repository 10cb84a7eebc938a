// The time line: one canvas, drawn again only when what it shows changes; the playhead is an element
// that moves above it. It is also a slider, so that a screen reader can tell where one is.

import { nameOf } from "../moves.js";
import { clock, element, setText } from "../view/element.js";
import { lineAt, sidesOf } from "./call.js";
import { drawComments, drawInterruptions, drawRuler, drawSilences, drawWave, view } from "./draw.js";
import { drawCourse, drawRing, drawTurningPoints } from "./draw-course.js";
import { drawMoves } from "./draw-moves.js";
import { lanesFor, markUnder } from "./lanes.js";
import { fitted, onNewColours, readPalette } from "./palette.js";
import { bindPointer } from "./pointer.js";

const LOW_PX = 700; // a narrower time line has lower lanes

/** Draw into `place`. `on` is told `hear(from, to)`, `zoom`, `pan`; `names` are those of the two sides. */
export function createTimeline({ place, scope, names, on }) {
  const canvas = element("canvas", { "aria-hidden": "true" });
  const playhead = element("div", { class: "playhead", "aria-hidden": "true" });
  const stretch = element("div", { class: "stretch", "aria-hidden": "true", hidden: true });
  const tip = element("div", { class: "tip", "aria-hidden": "true", hidden: true });
  const legend = element("div", { class: "lane-names", "aria-hidden": "true" });
  place.append(canvas, stretch, playhead, legend, tip);

  let state = null;
  let drawn = {}; // what the picture was made of
  let lanes = null;
  let width = 0;
  let frame = null;

  const toX = (at) => ((at - state.span.from) / (state.span.to - state.span.from)) * width;
  const toSeconds = (x) => state.span.from + (x / width) * (state.span.to - state.span.from);

  const draw = () => {
    frame = null;
    if (!state?.call || !width) return;
    const { review, call, span, peaks } = state;
    const sides = sidesOf(review);
    lanes = lanesFor({
      sides,
      topics: review.course[0]?.ring.length ?? 0,
      comments: review.comments.length > 0,
      low: width < LOW_PX,
    });
    const context = fitted(canvas, width, lanes.height);
    const scene = view({ context, palette: readPalette(place), span, width });
    const bottom = lanes.waves.at(-1).y + lanes.waves.at(-1).height;
    drawRuler(scene, lanes.ruler, bottom);
    drawSilences(scene, lanes.waves, call.marks);
    for (const lane of lanes.waves) drawWave(scene, lane, peaks[lane.side]);
    if (sides.length > 1) drawInterruptions(scene, lanes.waves, call.marks);
    drawMoves(scene, lanes.moves, call.marks);
    drawComments(scene, lanes.pins, call.marks, bottom);
    if (lanes.course) {
      drawCourse(scene, lanes.course, review.course, call.seconds);
      drawTurningPoints(scene, lanes.course, call.marks);
      drawRing(scene, lanes.ring, review.course, call.seconds);
    }
    place.dataset.from = span.from;
    place.dataset.to = span.to;
    nameLanes();
  };
  const redraw = () => {
    frame ??= requestAnimationFrame(draw);
  };

  const nameLanes = () => {
    const wanted = [
      ...lanes.waves.map((lane) => [
        lanes.waves.length > 1 ? names()[lane.side] : "The call",
        lane.y + (lane.down ? lane.height - 20 : 4),
      ]),
      ...(lanes.course
        ? [
            ["trust ●", lanes.course.y, "trust"],
            ["tension ■", lanes.course.y + lanes.course.height - 18, "tension"],
            ["the ring", lanes.ring.y + lanes.ring.height / 2 - 8],
          ]
        : []),
    ];
    legend.replaceChildren(
      ...wanted.map(([words, top, kind]) => {
        const name = element("span", { "data-kind": kind ?? "side" }, words);
        name.style.insetBlockStart = `${top}px`;
        return name;
      }),
    );
  };

  const under = (point) => markUnder(point, { lanes, marks: state.call.marks, toX });
  const showTip = (point) => {
    const words = point && lanes ? tipOf(under(point), toSeconds(point.x), point.y) : "";
    tip.hidden = !words;
    if (!words) return;
    setText(tip, words);
    const left = Math.min(point.x + 12, width - tip.offsetWidth - 4);
    tip.style.transform = `translate(${Math.max(4, left)}px, ${point.y + 16}px)`;
  };

  const tipOf = (mark, at, y) => {
    if (mark) return markInWords(mark, names());
    if (lanes.ring && y >= lanes.ring.y) return topicInWords(state.review.course, lanes.ring, at, y);
    return clock(at);
  };

  bindPointer({
    place,
    scope,
    toSeconds,
    hover: (point) => state?.call && showTip(point),
    tap: (point) => {
      const mark = under(point);
      if (mark && mark.to > mark.from) on.hear(mark.from, mark.to);
      else on.hear(mark ? mark.from : toSeconds(point.x), null);
    },
    zoom: on.zoom,
    pan: on.pan,
  });
  const resized = new ResizeObserver(([entry]) => {
    width = Math.floor(entry.contentRect.width);
    redraw();
  });
  resized.observe(place);
  scope.own(() => resized.disconnect());
  onNewColours(scope, redraw);

  return {
    render(next) {
      state = next;
      const { call, span, peaks, stretch: played } = next;
      if (call !== drawn.call || span !== drawn.span || peaks !== drawn.peaks) redraw();
      drawn = { call, span, peaks };
      if (!call) return;
      stretch.hidden = !played;
      if (played) {
        const [left, right] = [Math.max(0, toX(played.from)), Math.min(width, toX(played.to))];
        stretch.style.transform = `translateX(${left}px)`;
        stretch.style.inlineSize = `${Math.max(0, right - left)}px`;
      }
    },
    /** Move the playhead. */
    show(at) {
      if (!state?.call || !width) return;
      const x = toX(at);
      playhead.hidden = x < 0 || x > width;
      playhead.style.transform = `translateX(${x}px)`;
      const whole = Math.floor(at);
      if (place.ariaValueNow === String(whole)) return;
      place.ariaValueNow = String(whole);
      place.ariaValueMax = String(Math.ceil(state.call.seconds));
      const line = lineAt(state.call.lines, at);
      const who = line && at <= line.to ? `, ${names()[line.side]}` : "";
      place.ariaValueText = `${clock(at)} of ${clock(state.call.seconds)}${who}`;
    },
  };
}

function markInWords(mark, names) {
  const long = `${(mark.to - mark.from).toFixed(1)} s`;
  switch (mark.kind) {
    case "move":
      return `${nameOf(mark.stroke.kind)} · ${clock(mark.from)} · ${long}`;
    case "silence":
      return mark.afterLabel ? `silence after a label: it works · ${long}` : `silence · ${long}`;
    case "interruption":
      return `${mark.by === "trainee" ? `you talk over ${names.counterpart}` : `${names.counterpart} talks over you`} · ${clock(mark.from)}`;
    default:
      return `${mark.text ?? mark.what} · ${clock(mark.from)}`;
  }
}

function topicInWords(course, lane, at, y) {
  const row = Math.floor((y - lane.y) / lane.strip);
  const entry = course.findLast((one) => one.at_seconds <= at) ?? course[0];
  const segment = entry?.ring[row];
  if (!segment) return "";
  return segment.state === "unspoken" ? "not spoken of yet" : `${segment.title}: ${segment.state}`;
}
