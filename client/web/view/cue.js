// The one cue: a line at the edge, or nothing.

import { setText } from "./element.js";

/** Draw into `element`. */
export function createCue({ element }) {
  return {
    render({ cue }) {
      setText(element, cue?.text ?? "");
      element.dataset.rule = cue?.rule ?? "";
    },
  };
}
