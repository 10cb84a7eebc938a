// The people one can call, as radio buttons that look like cards.

import { firstName, fullName, role } from "../people.js";
import { element, setText } from "./element.js";
import { drawPortrait } from "./portrait.js";

const GUARDEDNESS = { open: "talks freely", guarded: "guarded at first", closed: "says little" };

/** Draw into `list`, with the brief of the chosen person in `brief`; `choose(id)` is called on a choice. */
export function createCards({ list, brief, briefText, begin, scope, choose }) {
  let drawn = null;

  scope.listen(list, "change", ({ target }) => choose(target.value));

  const card = ({ id, title, person, stake, guardedness }) =>
    element(
      "label",
      { class: "card" },
      element("input", { type: "radio", name: "scenario", value: id, class: "visually-hidden" }),
      element("span", { class: "card-portrait" }, drawPortrait(person).picture),
      element(
        "span",
        { class: "card-words" },
        element("span", { class: "card-name" }, fullName(person)),
        element("span", { class: "card-role" }, role(person)),
        element("span", { class: "card-title" }, title),
        element("span", { class: "card-stake" }, stake),
        element("span", { class: "card-guard" }, GUARDEDNESS[guardedness] ?? guardedness),
      ),
    );

  const draw = (cards) => {
    drawn = cards;
    if (cards.length) list.replaceChildren(...cards.map(card));
    else list.replaceChildren(element("p", {}, "The server has no scenarios: look what “voice-coach doctor” says."));
  };

  return {
    render({ cards, chosen }) {
      if (cards === null) return;
      if (cards !== drawn) draw(cards);
      for (const input of list.querySelectorAll("input")) input.checked = input.value === chosen;
      const card = cards.find(({ id }) => id === chosen);
      brief.hidden = !card?.brief;
      setText(briefText, card?.brief ?? "");
      setText(begin, card ? `Call ${firstName(card.person)}` : "Call");
    },
  };
}
