// The start page when a call is to go on: whom one talks to, and where. It is tried again from one of
// their lines, or was cut off and is taken up.

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
      const words = branch.resume ? takenUp(name) : triedAgain(name);
      setText(byId("start-title"), words.title);
      setText(byId("lede"), words.lede);
      setText(byId("begin"), `Go on with ${name}`);
      setText(byId("begin-hint"), words.hint);
      byId("from-here").replaceChildren(...contents(branch, name));
    },
  };
}

const triedAgain = (name) => ({
  title: "Try it again from here.",
  lede: `${name} says the line once more, in the same mood. What you say next is yours.`,
  hint: "It becomes a call of its own; the first one stays as it is.",
});

const takenUp = (name) => ({
  title: "This call was cut off.",
  lede: `Go on where it was: ${name} remembers everything. Whoever was speaking begins the sentence again.`,
  hint: "It is the same call; nothing of it was lost.",
});

const momentOf = ({ resume, at_seconds: at }) => {
  if (resume) return `It was cut off at ${clock(at)}`;
  return at ? `From ${clock(at)} into the call` : "From the beginning of the call";
};

function contents(branch, name) {
  const { scenario, said, line, resume } = branch;
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
    element("h2", {}, momentOf(branch)),
    said ? quote(resume ? "You said last" : "You said", said, "trainee") : null,
    line ? quote(resume ? `${name} said last` : `${name} says`, line, "counterpart") : null,
    resume ? null : element("p", { class: "from-next" }, "Then it is your turn."),
  ].filter(Boolean);
}

const quote = (who, words, speaker) =>
  element(
    "figure",
    { class: "from-quote", "data-speaker": speaker },
    element("figcaption", {}, who),
    element("blockquote", {}, words),
  );
