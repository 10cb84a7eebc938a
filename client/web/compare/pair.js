// Two reviews set against each other: what they share, and where they differ. Pure.

/** How many turns, from the first on, both calls have: up to the line from which one was tried again. */
export function sharedTurns(left, right) {
  for (const [first, second] of [
    [left, right],
    [right, left],
  ]) {
    if (second.origin?.session === first.session) {
      return Math.min(second.origin.turn + 1, first.turns.length, second.turns.length);
    }
  }
  const same = (index) =>
    left.turns[index].turn.speaker === right.turns[index].turn.speaker &&
    left.turns[index].turn.text === right.turns[index].turn.text;
  const most = Math.min(left.turns.length, right.turns.length);
  for (let index = 0; index < most; index += 1) if (!same(index)) return index;
  return most;
}

/** What each try is called: the older one is the first. */
export function tryNames(left, right) {
  const leftIsFirst = (left.created ?? left.session) <= (right.created ?? right.session);
  return leftIsFirst ? ["First try", "Second try"] : ["Second try", "First try"];
}

/** All checks of both: `{ id, question, left, right }`, those that came out differently first. */
export function checksOf(left, right) {
  const [ours, theirs] = [verdicts(left), verdicts(right)];
  const rows = [...new Set([...ours.keys(), ...theirs.keys()])].map((id) => ({
    id,
    question: (ours.get(id) ?? theirs.get(id)).question,
    left: ours.get(id) ?? null,
    right: theirs.get(id) ?? null,
  }));
  return [...rows.filter(isApart), ...rows.filter((row) => !isApart(row))];
}

/** Whether a check came out differently. */
export const isApart = ({ left, right }) => left?.passed !== right?.passed;

// A reviewer's word stands above the rule's.
function verdicts({ debrief, overrules = [] }) {
  return new Map(
    (debrief?.checks ?? []).map((check) => {
      const overrule = overrules.findLast(({ check: id }) => id === check.id);
      const passed = overrule?.passed ?? check.passed;
      return [check.id, { ...check, passed, overruled: overrule !== undefined }];
    }),
  );
}

/**
 * The course of one measure (0 to 1) in both: `{ shared, left, right, steps }`, lists of
 * `{ step, value }`. A step is one answer of the other side; `left` and `right` begin where they part.
 */
export function courseOf(left, right, measure, shared) {
  const points = ({ course }) => course.map((point, step) => ({ step, value: point[measure] }));
  const parted = (review) => review.course.filter(({ turn }) => turn < shared).length;
  const [ours, theirs] = [points(left), points(right)];
  const common = Math.min(parted(left), parted(right));
  const from = Math.max(common - 1, 0);
  return {
    shared: ours.slice(0, common),
    left: ours.slice(from),
    right: theirs.slice(from),
    steps: Math.max(ours.length, theirs.length, 2),
  };
}

/** Titles of the topics that came up in a call: topic -> title. */
export function titlesIn({ course, turns }) {
  const told = turns.flatMap(({ turn }) => turn.because?.topics ?? []);
  const seen = [...told, ...(course.at(-1)?.ring ?? [])];
  return new Map(seen.filter(({ title }) => title).map(({ topic, title }) => [topic, title]));
}

/** How a call ended, in words. */
export const endingOf = ({ outcome }, name) =>
  ({
    agreement: "Ended in an agreement",
    not_today: "Ended with “not today”",
    hung_up: `${name} hung up`,
    trainee_left: "You ended it",
    interrupted: "Cut off",
  })[outcome] ?? "Has no end";
