// What the trainer can send: the scenarios and drills of this machine, in one list.

import { fullName } from "../people.js";
import { element } from "../view/element.js";

const LISTS = [
  { key: "scenarios", address: "/api/scenarios" },
  { key: "drills", address: "/api/drills" },
];

/** Fill the list; `chosen()` gives the `Activity` that is picked, or `null`; `title()` its title. */
export function createExercises({ byId, scope }) {
  const picker = byId("activity");
  const level = byId("guardedness");
  let drawn = null;

  const kind = () => picker.value.split(":")[0];
  const id = () => picker.value.slice(kind().length + 1);
  const showLevel = () => {
    byId("level").hidden = kind() !== "scenario";
  };
  scope.listen(picker, "change", showLevel);

  const group = (label, name, cards, words) =>
    element(
      "optgroup",
      { label },
      ...cards.map((card) => element("option", { value: `${name}:${card.id}` }, words(card))),
    );

  return {
    chosen() {
      if (!id()) return null;
      return kind() === "drill"
        ? { drill: id() }
        : { scenario: id(), guardedness: level.value || null };
    },
    title: () => picker.selectedOptions[0]?.textContent ?? "",
    async fetch(dispatch) {
      for (const { key, address } of LISTS) {
        const answer = await fetch(address).catch(() => null);
        if (answer?.ok) dispatch({ type: key, [key]: await answer.json() });
      }
    },
    render({ scenarios, drills }) {
      if (drawn?.scenarios === scenarios && drawn?.drills === drills) return;
      drawn = { scenarios, drills };
      const before = picker.value;
      picker.replaceChildren(
        group("Scenarios", "scenario", scenarios, ({ title, person }) => `${title} (${fullName(person)})`),
        ...(drills.length ? [group("Drills", "drill", drills, ({ title }) => title)] : []),
      );
      if (before) picker.value = before;
      showLevel();
    },
  };
}
