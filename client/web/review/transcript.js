// The conversation as text, in step with the sound. The words that sound are marked; the line that is
// said stays in sight until the reader scrolls away, and again when they ask for it.

import { titlesOf } from "../why.js";
import { lineAt, wordAt } from "./call.js";
import { createLine, createSilence } from "./line.js";

const KEYS_THAT_SCROLL = new Set(["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End"]);

/** Draw into `list`. `on` is told `hear(from, to)`, `mark(line, side)` and `scrolled()`. */
export function createTranscript({ list, scope, names, on }) {
  let state = null;
  let drawn = null; // the call that is drawn
  let items = new Map(); // line -> { item, made }, where `made` is what it was made of
  let words = new Map(); // "line:number" -> the nodes of a word
  let marked = { trainee: null, counterpart: null };
  let current = null;
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  const draw = () => {
    const { review, call } = state;
    const course = review.course.at(-1)?.ring ?? [];
    const titles = titlesOf({ ring: course, turns: review.turns.map(({ turn }) => turn) });
    const mono = review.remarks.length > 0 && review.turns.some((turn) => !turn.speaker_known);
    const context = { names: names(), titles, session: review.session, mono: mono || anyMarked(state) };
    const kept = new Map();
    const children = [];
    const silences = call.marks.filter(({ kind }) => kind === "silence");
    review.turns.forEach((reviewTurn, place) => {
      const line = call.lines[place];
      const made = JSON.stringify([reviewTurn, line.moves, context.mono]);
      const before = items.get(line.index);
      const item = before?.made === made ? before.item : createLine(reviewTurn, line, context);
      kept.set(line.index, { item, made });
      children.push(item);
      silences.forEach((silence, number) => {
        if (silence.line === line.index) children.push(createSilence(silence, number));
      });
    });
    items = kept;
    words = new Map();
    marked = { trainee: null, counterpart: null };
    list.replaceChildren(...children);
    watchNames();
  };

  // Only lines with several strokes, and those only when they come into sight: to measure a line that
  // is not shown would make the browser lay out an hour of talk at once.
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) spreadNames(target);
    },
    { rootMargin: "200px" },
  );
  const watchNames = () => {
    seen.disconnect();
    for (const { item } of items.values()) {
      if (item.querySelectorAll(".stroke").length > 1) seen.observe(item);
    }
  };
  scope.own(() => seen.disconnect());

  // Words are found when a line is said for the first time, not all of them at once.
  const nodesOf = ({ line, number }) => {
    const key = `${line}:${number}`;
    if (!words.has(key)) {
      const item = items.get(line)?.item;
      words.set(key, item ? [...item.querySelectorAll(`[data-word="${number}"]`)] : []);
    }
    return words.get(key);
  };

  const markWord = (side, at) => {
    const word = wordAt(state.call.words[side], at);
    if (word === marked[side]) return;
    if (marked[side]) for (const node of nodesOf(marked[side])) node.classList.remove("now");
    if (word) for (const node of nodesOf(word)) node.classList.add("now");
    marked[side] = word;
  };

  const markLine = (at) => {
    const line = lineAt(state.call.lines, at);
    if (line === current) return;
    items.get(current?.index)?.item.classList.remove("now");
    current = line;
    const item = items.get(line?.index)?.item;
    item?.classList.add("now");
    if (state.following && item) keepInSight(item);
  };

  const keepInSight = (item) => {
    const box = item.getBoundingClientRect();
    const scroller = list.closest(".scrolls");
    const own = scroller.scrollHeight > scroller.clientHeight + 1;
    const view = own ? scroller.getBoundingClientRect() : { top: 0, bottom: innerHeight };
    const third = (view.bottom - view.top) / 3;
    if (box.top > view.top + third / 4 && box.bottom < view.bottom - third / 2) return;
    const top = box.top - view.top - third;
    (own ? scroller : window).scrollBy({ top, behavior: still.matches ? "auto" : "smooth" });
  };

  scope.listen(list, "click", ({ target }) => {
    const button = target.closest("button");
    const line = state.call.lines.find(
      ({ index }) => String(index) === target.closest(".line")?.dataset.line,
    );
    if (button?.dataset.silence) {
      const silence = state.call.marks.filter(({ kind }) => kind === "silence")[button.dataset.silence];
      on.hear(silence.from, silence.to);
    } else if (button?.dataset.owner) on.mark(line.index, button.dataset.owner);
    else if (button?.dataset.move)
      on.hear(line.moves[button.dataset.move].from, line.moves[button.dataset.move].to);
    else if (button?.hasAttribute("data-hear")) on.hear(line.from, line.to);
    else if (!button && target.closest(".word")) {
      if (String(getSelection())) return; // somebody selects text to copy it
      const word = line.words[target.closest(".word").dataset.word];
      on.hear(word?.from ?? line.from, null);
    }
  });

  const away = () => state?.following && state.playing && on.scrolled();
  const scroller = list.closest(".scrolls");
  for (const type of ["wheel", "touchmove"]) scope.listen(scroller, type, away, { passive: true });
  scope.listen(scroller, "keydown", ({ key }) => KEYS_THAT_SCROLL.has(key) && away());
  let width = 0;
  const resized = new ResizeObserver(([entry]) => {
    if (entry.contentRect.width === width) return;
    width = entry.contentRect.width;
    watchNames();
  });
  resized.observe(list);
  scope.own(() => resized.disconnect());

  return {
    render(next) {
      const resumed = state && !state.following && next.following;
      state = next;
      if (!next.call) return;
      if (next.call !== drawn) {
        drawn = next.call;
        draw();
      }
      if (resumed && current) keepInSight(items.get(current.index).item);
    },
    show(at) {
      if (!state?.call) return;
      markWord("trainee", at);
      markWord("counterpart", at);
      markLine(at);
    },
  };
}

const anyMarked = ({ review }) => review.kind === "recorded" && review.tracks.length === 1;

// A name wider than its stroke would lie over the next one: that one stands below its words.
function spreadNames(item) {
  const marks = [...item.querySelectorAll(".stroke")];
  for (const mark of marks) delete mark.dataset.below;
  const boxes = marks.map((mark) => mark.firstElementChild.getBoundingClientRect());
  let edge = null;
  marks.forEach((mark, index) => {
    const { left, right, top } = boxes[index];
    if (edge && Math.abs(top - edge.top) < 2 && left < edge.right) mark.dataset.below = "";
    else edge = { right, top };
  });
}
