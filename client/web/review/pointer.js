// Mouse, pen and fingers on the time line: a tap is heard, a drag moves the call, two fingers or the
// wheel zoom. A page that can scroll keeps its plain wheel; there Ctrl and the wheel zoom.

const DRAG_PX = 5; // less is a tap with an unsteady hand
const WHEEL = 0.0016;

/** Tell `tap(point)`, `hover(point | null)`, `zoom(factor, at)` and `pan(seconds)`. */
export function bindPointer({ place, scope, toSeconds, tap, hover, zoom, pan }) {
  const fingers = new Map();
  let start = null;
  let dragged = false;
  let apart = 0;

  const pointOf = ({ clientX, clientY }) => {
    const box = place.getBoundingClientRect();
    return { x: clientX - box.left, y: clientY - box.top };
  };
  const spread = () => {
    const [a, b] = [...fingers.values()];
    return { apart: Math.max(20, Math.abs(a.x - b.x)), middle: (a.x + b.x) / 2 };
  };

  scope.listen(place, "pointerdown", (event) => {
    if (event.button !== 0) return;
    place.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, pointOf(event));
    if (fingers.size === 1) [start, dragged] = [pointOf(event), false];
    if (fingers.size === 2) [apart, dragged] = [spread().apart, true];
  });
  scope.listen(place, "pointermove", (event) => {
    const point = pointOf(event);
    if (!fingers.has(event.pointerId)) {
      hover(point);
      return;
    }
    const before = fingers.get(event.pointerId);
    fingers.set(event.pointerId, point);
    if (fingers.size === 2) {
      const now = spread();
      zoom(apart / now.apart, toSeconds(now.middle));
      apart = now.apart;
      return;
    }
    if (!dragged && Math.abs(point.x - start.x) < DRAG_PX) return;
    if (!dragged) hover(null);
    pan(toSeconds(dragged ? before.x : start.x) - toSeconds(point.x));
    dragged = true;
  });
  const lift = (event) => {
    const known = fingers.delete(event.pointerId);
    if (known && !dragged && event.type === "pointerup") tap(pointOf(event));
  };
  scope.listen(place, "pointerup", lift);
  scope.listen(place, "pointercancel", lift);
  scope.listen(place, "pointerleave", () => hover(null));

  scope.listen(
    place,
    "wheel",
    (event) => {
      const page = document.scrollingElement;
      const free = event.ctrlKey || page.scrollHeight <= page.clientHeight + 1;
      const across = event.shiftKey ? event.deltaY : event.deltaX;
      const { x } = pointOf(event);
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        pan(toSeconds(across) - toSeconds(0));
      } else if (free) {
        zoom(Math.exp(event.deltaY * WHEEL * (event.ctrlKey ? 4 : 1)), toSeconds(x));
      } else return;
      event.preventDefault();
    },
    { passive: false },
  );
}
