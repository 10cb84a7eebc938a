// The buttons of a call: mute, cues, pop-out, timing, help, end. Ending asks once, beside the button: the call
// goes on meanwhile and nothing is locked.

import { fullName } from "../people.js";
import { setText } from "./element.js";

/** Bind the buttons and draw their state. */
export function createControls({ byId, scope, actions }) {
  const bind = (id, act) => scope.listen(byId(id), "click", act);
  // Found once: in the pop-out they stand in another document.
  const [mute, end, confirm, buttons] = [
    byId("mute"),
    byId("end"),
    byId("confirm"),
    byId("call-buttons"),
  ];
  const [muteWords, title, recording] = [byId("mute-words"), byId("call-title"), byId("recording")];
  const [confirmEnd, call, popOutWords] = [byId("confirm-end"), byId("call"), byId("pop-out-words")];
  const cuesWords = byId("cues-words");
  const [endWords, stayWords] = [byId("confirm-words"), byId("stay-words")];
  let returnTo = null;

  bind("mute", actions.mute);
  bind("switch-cues", actions.cues);
  bind("pop-out", actions.popOut);
  bind("show-latency", actions.latency);
  bind("show-help", actions.help);
  bind("end", actions.end);
  bind("confirm-end", actions.confirmEnd);
  bind("confirm-stay", actions.end);

  const ask = (open) => {
    if (open === !confirm.hidden) return;
    if (open) returnTo = call.ownerDocument.activeElement;
    confirm.hidden = !open;
    buttons.hidden = open;
    if (open) confirmEnd.focus();
    else (call.contains(returnTo) ? returnTo : call).focus();
  };

  return {
    render({ screen, scenario, drill, record, cues, muted, ending, panels }) {
      if (screen !== "call") {
        confirm.hidden = true;
        buttons.hidden = false;
        return;
      }
      setText(title, drill ? drill.card.title : fullName(scenario?.person ?? ""));
      setText(endWords, drill ? "Stop this drill?" : "End this call?");
      setText(confirmEnd, drill ? "Stop the drill" : "End the call");
      setText(stayWords, drill ? "Go on" : "Keep talking");
      setText(recording, record ? "Recorded on this machine" : "Not recorded");
      mute.setAttribute("aria-pressed", String(muted));
      setText(muteWords, muted ? "Unmute" : "Mute");
      setText(cuesWords, cues ? "Hide cues" : "Show cues");
      setText(popOutWords, "popped" in call.dataset ? "Back to the page" : "Pop out");
      end.disabled = ending;
      ask(panels.confirm);
    },
  };
}
