// What is there instead of the call: it loads, it cannot be had, it was deleted. Each in words, with the
// next step.

import { element } from "../view/element.js";

const LOADING = "Opening the call …";

/** Show one of the states in `place`, or the page itself. `on.retry()` asks again. */
export function createStates({ body, place, on }) {
  let drawn = null;
  return {
    render({ phase, progress, trouble }) {
      const bar = place.querySelector("progress");
      if (phase === "loading" && bar && progress) bar.value = progress;
      const mark = `${phase} ${trouble?.code ?? ""}`;
      if (mark === drawn) return;
      drawn = mark;
      body.dataset.phase = phase;
      place.hidden = phase === "ready";
      place.replaceChildren(...contents(phase, trouble, on));
    },
  };
}

function contents(phase, trouble, on) {
  if (phase === "loading") {
    return [element("h1", {}, LOADING), element("progress", { max: 1, "aria-label": LOADING })];
  }
  if (phase === "deleted") {
    return [
      element("h1", {}, "This call is deleted."),
      element("p", {}, "Its journal, its sound and all notes are gone from this machine, for good."),
      ways(),
    ];
  }
  if (phase !== "failed") return [];
  const again = element("button", { type: "button", class: "quiet" }, "Ask again");
  again.addEventListener("click", on.retry);
  return [
    element("h1", {}, trouble.title),
    element("p", {}, trouble.next),
    trouble.code === "unknown-session" ? ways() : element("p", { class: "go" }, again),
  ];
}

const ways = () =>
  element(
    "p",
    { class: "go" },
    element("a", { href: "/sessions" }, "Your calls"),
    element("a", { href: "/" }, "Rehearse"),
  );
