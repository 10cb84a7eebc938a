// The whole call in one strip, with a frame around what the time line shows. Drag the frame, or press
// anywhere: for a long call this is the way to get about.

import { element } from "../view/element.js";
import { sidesOf } from "./call.js";
import { drawWave, view } from "./draw.js";
import { fitted, onNewColours, readPalette } from "./palette.js";

const HEIGHT_PX = 34;

/** Draw into `place`; `on.lookAt(from, length)` moves the frame. */
export function createOverview({ place, scope, on }) {
  const canvas = element("canvas");
  const frame = element("div", { class: "frame" });
  const needle = element("div", { class: "needle" });
  place.append(canvas, frame, needle);
  let state = null;
  let drawn = {};
  let width = 0;
  let grip = null; // where in the frame it is held, in seconds

  const toX = (at) => (at / state.call.seconds) * width;

  const draw = () => {
    if (!state?.call || !width) return;
    const { review, call, peaks } = state;
    const context = fitted(canvas, width, HEIGHT_PX);
    const palette = readPalette(place);
    const scene = view({ context, palette, span: { from: 0, to: call.seconds }, width });
    const sides = sidesOf(review);
    const height = HEIGHT_PX / sides.length - 2;
    sides.forEach((side, index) =>
      drawWave(scene, { y: 2 + index * height, height, down: index === 1 }, peaks[side]),
    );
    for (const mark of call.marks) {
      if (mark.kind === "move" && mark.stroke.strong) {
        context.fillStyle = palette[mark.stroke.family];
        context.fillRect(toX(mark.from), 0, Math.max(2, toX(mark.to) - toX(mark.from)), 4);
      } else if (mark.kind === "comment") {
        context.fillStyle = palette.ink;
        context.beginPath();
        context.arc(toX(mark.from), HEIGHT_PX - 4, 3, 0, 7);
        context.fill();
      }
    }
  };

  const showFrame = () => {
    const { from, to } = state.span;
    frame.hidden = to - from >= state.call.seconds - 0.01;
    frame.style.transform = `translateX(${toX(from)}px)`;
    frame.style.inlineSize = `${Math.max(6, toX(to) - toX(from))}px`;
  };

  const secondsAt = ({ clientX }) => {
    const box = place.getBoundingClientRect();
    return ((clientX - box.left) / box.width) * state.call.seconds;
  };
  scope.listen(place, "pointerdown", (event) => {
    if (event.button !== 0 || !state?.call) return;
    place.setPointerCapture(event.pointerId);
    const at = secondsAt(event);
    const { from, to } = state.span;
    grip = at >= from && at <= to ? at - from : (to - from) / 2;
    on.lookAt(at - grip, to - from);
  });
  scope.listen(place, "pointermove", (event) => {
    if (grip === null) return;
    on.lookAt(secondsAt(event) - grip, state.span.to - state.span.from);
  });
  for (const end of ["pointerup", "pointercancel"]) scope.listen(place, end, () => (grip = null));

  const resized = new ResizeObserver(([entry]) => {
    width = Math.floor(entry.contentRect.width);
    draw();
    if (state?.call) showFrame();
  });
  resized.observe(place);
  scope.own(() => resized.disconnect());
  onNewColours(scope, draw);

  return {
    render(next) {
      state = next;
      if (!next.call) return;
      if (next.call !== drawn.call || next.peaks !== drawn.peaks) draw();
      drawn = { call: next.call, peaks: next.peaks };
      showFrame();
    },
    show(at) {
      if (state?.call) needle.style.transform = `translateX(${toX(at)}px)`;
    },
  };
}
