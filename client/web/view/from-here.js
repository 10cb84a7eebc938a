// The start page when a call is tried again: whom one talks to, and the line from which it goes on.

import { firstName, fullName, role } from "../people.js";
import { clock, element, setText } from "./element.js";
import { drawPortrait } from "./portrait.js";

/** Draw in place of the people to choose from while there is such a line. */
export function createFromHere({ byId }) {
  let drawn = null;
  return {
    render({ branch, screen }) {
      if (branch === drawn || screen !== "start") return;
      drawn = branch;
      byId("from-here").hidden = !branch;
      byId("people").hidden = Boolean(branch);
      byId("level").hidden = Boolean(branch);
      if (!branch) return;
      const name = firstName(branch.scenario.person);
      setText(byId("start-title"), "Try it again from here.");
      setText(byId("lede"), `${name} says the line once more, in the same mood. What you say next is yours.`);
      setText(byId("begin"), `Go on with ${name}`);
      setText(byId("begin-hint"), "It becomes a call of its own; the first one stays as it is.");
      byId("from-here").replaceChildren(...contents(branch, name));
    },
  };
}

function contents({ scenario, said, line, at_seconds: at }, name) {
  const moment = at ? `From ${clock(at)} into the call` : "From the beginning of the call";
  return [
    element(
      "header",
      { class: "from-head" },
      element("span", { class: "card-portrait" }, drawPortrait(scenario.person).picture),
      element(
        "span",
        { class: "card-words" },
        element("span", { class: "card-name" }, fullName(scenario.person)),
        element("span", { class: "card-role" }, role(scenario.person)),
        element("span", { class: "card-title" }, scenario.title),
      ),
    ),
    element("h2", {}, moment),
    said ? quote("You said", said, "trainee") : null,
    quote(`${name} says`, line, "counterpart"),
    element("p", { class: "from-next" }, "Then it is your turn."),
  ].filter(Boolean);
}

const quote = (who, words, speaker) =>
  element(
    "figure",
    { class: "from-quote", "data-speaker": speaker },
    element("figcaption", {}, who),
    element("blockquote", {}, words),
  );
