// A person as the page names and draws them. Pure.

/** The name in front of the role: "Dana Whitfield, operations" gives "Dana Whitfield". */
export const fullName = (person) => person.split(/[,(–—]/u)[0].trim();

/** What one would call them: "Dana"; "They" for somebody without a name, as "a new caller". */
export const firstName = (person) =>
  /^(?:an?|the) /iu.test(person) ? "They" : fullName(person).split(/\s+/u)[0] || "They";

/** The rest after the name: "operations". */
export function role(person) {
  const rest = person
    .slice(fullName(person).length)
    .replace(/^[\s,(–—]+/u, "")
    .trim();
  return rest.includes("(") ? rest : rest.replace(/\)$/u, "");
}

/** Endless numbers from 0 to 1, the same for the same text. */
export function* numbersOf(text) {
  let state = 2166136261;
  for (const character of text) state = Math.imul(state ^ character.codePointAt(0), 16777619);
  for (;;) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    yield ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }
}
