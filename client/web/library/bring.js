// Bringing a file: a recording is heard with a progress bar and can be stopped; a zip is unpacked.

import { clock, setText } from "../view/element.js";
import { ask } from "./server.js";

const ASK_AGAIN_MS = 500;
const OVER = new Set(["done", "cancelled", "failed"]);

/**
 * Set up the drop zone. `place` has the elements by name; `arrived()` is called when there is something
 * new in the list, `refused(sentence)` when a file cannot be used, with "" when it can.
 */
export function createBring({ place, scope, arrived, refused }) {
  let job = null;

  const busy = (words, share = null) => {
    place.job.hidden = words === "";
    setText(place.words, words);
    if (share === null) place.progress.removeAttribute("value");
    else place.progress.value = share;
    place.choose.disabled = words !== "";
    place.cancel.hidden = job === null;
  };

  async function take(file) {
    if (!place.job.hidden) {
      refused("One file at a time: this one is taken when the other is done.");
      return;
    }
    refused("");
    busy(`Reading ${file.name}`);
    try {
      await (file.name.toLowerCase().endsWith(".zip") ? unpack(file) : hear(file));
    } catch (error) {
      refused(error.message);
    } finally {
      job = null;
      busy("");
      arrived();
    }
  }

  async function unpack(file) {
    const kept = await ask("/api/archives", { method: "POST", body: file });
    const problems = kept.filter(({ problem }) => problem).map(({ problem }) => problem);
    if (problems.length) refused(problems.join(" "));
  }

  async function hear(file) {
    const query = new URLSearchParams({ name: file.name, scenario: place.scenario.value });
    ({ job } = await ask(`/api/recorded?${query}`, { method: "POST", body: file }));
    for (;;) {
      const now = await ask(`/api/recorded/${job}`);
      if (now.state === "failed") throw new Error(now.problem);
      if (OVER.has(now.state)) {
        if (now.problem) refused(now.problem);
        if (now.state === "done" && now.session) location.assign(`/review/${now.session}`);
        return;
      }
      const { seconds_done: done, seconds_total: total } = now;
      const share = total ? Math.min(done / total, 1) : null;
      busy(`Heard ${clock(done)}${total ? ` of ${clock(total)}` : ""} of ${file.name}`, share);
      await new Promise((ready) => scope.after(ASK_AGAIN_MS, ready));
    }
  }

  scope.listen(place.choose, "click", () => place.file.click());
  scope.listen(place.file, "change", () => {
    const [file] = place.file.files;
    place.file.value = "";
    if (file) take(file);
  });
  scope.listen(place.cancel, "click", () => {
    if (job) ask(`/api/recorded/${job}`, { method: "DELETE" }).catch(({ message }) => refused(message));
  });

  const over = (on) => place.zone.classList.toggle("over", on);
  scope.listen(document, "dragover", (event) => {
    event.preventDefault();
    over(true);
  });
  scope.listen(document, "dragleave", ({ relatedTarget }) => {
    if (relatedTarget === null) over(false);
  });
  scope.listen(document, "drop", (event) => {
    event.preventDefault();
    over(false);
    const [file] = event.dataTransfer.files;
    if (file) take(file);
  });
}
