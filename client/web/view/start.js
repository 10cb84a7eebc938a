// The rest of the start page: the microphone check in words, the choices, the one button.

import { setText } from "./element.js";

const MICROPHONE = {
  off: "",
  asking: "The browser asks for permission.",
  ready: "It is on: say something, the bar should move.",
  failed: "",
};

/** Draw the state of the start page into its elements. */
export function createStart({ begin, check, words, record, cues, guardedness }) {
  return {
    render({ cards, chosen, branch, microphone, trouble, ...choices }) {
      // What another try may mend must not lock the button; a browser that lacks something must.
      const hopeless = trouble !== null && !trouble.code.startsWith("microphone");
      const somebody = branch !== null || cards?.some(({ id }) => id === chosen);
      begin.disabled = hopeless || microphone === "asking" || !somebody;
      check.disabled = hopeless || microphone === "asking" || microphone === "ready";
      setText(words, MICROPHONE[microphone]);
      record.checked = choices.record;
      cues.checked = choices.cues;
      guardedness.value = choices.guardedness;
    },
  };
}
