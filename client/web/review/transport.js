// What one plays with: play, time, speed, loudness of each side, zoom, follow.

import { clock, element, setText } from "../view/element.js";
import { SPEEDS } from "./state.js";

/** Bind the controls that stand in the page; `actions` are those of the keys. */
export function createTransport({ byId, scope, names, actions, on }) {
  const [play, playWords, time, total] = ["play", "play-words", "time", "total"].map(byId);
  const speed = byId("speed");
  speed.append(...SPEEDS.map((value) => element("option", { value }, `${value}×`)));
  const press = (id, name, argument) => scope.listen(byId(id), "click", () => actions[name](argument));
  press("play", "toggle");
  press("back", "line", -1);
  press("on", "line", 1);
  press("zoom-in", "zoom", 0.5);
  press("zoom-out", "zoom", 2);
  press("fit", "fit");
  press("follow", "follow");
  press("add-comment", "comment");
  press("show-help", "help");
  scope.listen(speed, "change", () => on.speed(Number(speed.value)));
  for (const side of ["trainee", "counterpart"]) {
    const range = byId(`volume-${side}`);
    scope.listen(range, "input", () => on.volume(side, Number(range.value) / 100));
  }
  scope.listen(byId("letters"), "change", ({ target }) => on.letters(target.checked));

  return {
    render({ phase, playing, review, call, speed: chosen, volumes, following, letters, span }) {
      if (phase !== "ready") return;
      const silent = review.tracks.length === 0;
      play.disabled = silent;
      play.dataset.playing = String(playing);
      setText(playWords, playing ? "Pause" : "Play");
      setText(total, clock(call.seconds));
      if (Number(speed.value) !== chosen) speed.value = String(chosen);
      byId("follow").setAttribute("aria-pressed", String(following));
      byId("letters").checked = letters;
      byId("fit").disabled = byId("zoom-out").disabled = span.to - span.from >= call.seconds - 0.01;
      for (const [side, volume] of Object.entries(volumes)) {
        byId(`volume-${side}`).value = String(Math.round(volume * 100));
        byId(`volume-${side}-row`).hidden = !review.tracks.some((track) => track.side === side);
        setText(byId(`volume-${side}-name`), names()[side]);
      }
    },
    show(at) {
      setText(time, clock(at));
    },
  };
}
