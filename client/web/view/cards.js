// The people one can call, as radio buttons that look like cards.

import { firstName, fullName, role } from "../people.js";
import { element, setText } from "./element.js";
import { drawPortrait } from "./portrait.js";

const GUARDEDNESS = { open: "talks freely", guarded: "guarded at first", closed: "says little" };

/** Draw into `list`; the chosen person's card opens to its brief. `choose(id)` is called on a choice. */
export function createCards({ list, begin, scope, choose }) {
  let drawn = null;

  scope.listen(list, "change", ({ target }) => choose(target.value));

  const card = ({ id, title, person, stake, guardedness, brief }) =>
    element(
      "div",
      { class: "card", "data-scenario": id },
      element("input", {
        type: "radio",
        name: "scenario",
        value: id,
        id: `scenario-${id}`,
        class: "visually-hidden",
        "aria-describedby": brief ? `brief-${id}` : null,
      }),
      element(
        "label",
        { for: `scenario-${id}` },
        element("span", { class: "card-portrait" }, drawPortrait(person).picture),
        element(
          "span",
          { class: "card-words" },
          element("span", { class: "card-name" }, fullName(person)),
          element("span", { class: "card-role" }, role(person)),
          element(
            "span",
            { class: "card-title" },
            title,
            element("span", { class: "card-guard" }, ` ${GUARDEDNESS[guardedness] ?? guardedness}`),
          ),
          element("span", { class: "card-stake" }, stake),
        ),
      ),
      brief ? element("p", { class: "card-brief", id: `brief-${id}` }, brief) : null,
    );

  const draw = (cards) => {
    drawn = cards;
    if (cards.length) list.replaceChildren(...cards.map(card));
    else
      list.replaceChildren(
        element("p", {}, "The server has no scenarios: look what “voice-coach doctor” says."),
      );
  };

  return {
    render({ cards, chosen, branch }) {
      if (cards === null || branch) return;
      if (cards !== drawn) draw(cards);
      for (const input of list.querySelectorAll("input")) input.checked = input.value === chosen;
      const card = cards.find(({ id }) => id === chosen);
      setText(begin, card ? `Call ${firstName(card.person)}` : "Call");
    },
  };
}
