// Plays stretches of a session's recording: one audio element, sought to the second that was asked for.

import { element, setText } from "./element.js";

/** Gives `play({ session, speaker, from, to, button })`, `stop()` and a `status` element for its words. */
export function createRecording({ scope }) {
  const audio = new Audio();
  audio.preload = "metadata";
  const status = element("p", { class: "hear-status", role: "status" });
  let playing = null; // { button, to }

  const stop = () => {
    audio.pause();
    playing?.button.classList.remove("playing");
    playing = null;
  };

  scope.listen(audio, "timeupdate", () => {
    if (playing && audio.currentTime >= playing.to) stop();
  });
  scope.listen(audio, "ended", stop);
  scope.listen(audio, "error", () => {
    if (!playing) return;
    stop();
    setText(status, "The recording could not be loaded: look whether the server still runs.");
  });
  scope.own(stop);

  return {
    status,
    stop,
    async play({ session, speaker, from, to, button }) {
      const same = playing?.button === button;
      stop();
      if (same) return; // the second click on a sentence stops it
      const track = new URL(`/api/sessions/${session}/${speaker}.flac`, location.href).href;
      if (audio.src !== track) audio.src = track;
      playing = { button, to };
      button.classList.add("playing");
      setText(status, "");
      audio.currentTime = from;
      try {
        await audio.play();
      } catch (error) {
        // A newer click interrupts `play`; anything else is told by the `error` listener.
        if (error.name !== "AbortError" && error.name !== "NotSupportedError") throw error;
      }
    },
  };
}
