// Why the counterpart said a line, in words: `Because` of the wire as a person reads it. Pure.
//
// A topic's id may say as much as its title, so neither is written for a topic that has not come up.

const STATES = {
  unspoken: "not spoken of",
  hinted: "hinted at",
  disclosed: "told to you",
  labelled: "named by you",
  summarised: "summed up by you",
};
const PARTS = {
  says: "what they tell of",
  hints: "a hint at",
  confirms: "a yes to",
  gap: "a pointer at",
};
const UNSPOKEN = "something they have not spoken of yet";
const FEELINGS = ["trust", "tension", "patience"];

/** Titles of the topics that have come up in the call: topic -> title. */
export function titlesOf({ ring, turns }) {
  const seen = [...turns.flatMap(({ because }) => because?.topics ?? []), ...ring];
  return new Map(seen.filter(({ title }) => title).map(({ topic, title }) => [topic, title]));
}

/** Where in the scenario a sentence stands: `{ words, path }`; `path` is empty where it would give something away. */
export function originInWords(origin, titles) {
  const [, topic, part] = /^topics\.([^.]+)\.(\w+)$/u.exec(origin) ?? [];
  if (topic) {
    const title = titles.get(topic);
    const words = `${PARTS[part] ?? "about"} ${title ? `“${title}”` : UNSPOKEN}`;
    return { words, path: title ? origin : "" };
  }
  if (origin.startsWith("echoes ")) return { words: "how they go on when repeated", path: origin };
  if (origin.startsWith("corrections ")) return { words: "how they correct a wrong guess", path: origin };
  if (origin.startsWith("terms.")) return { words: "their terms", path: origin };
  if (origin.startsWith("lines.")) return { words: "their own wording", path: origin };
  if (origin.startsWith("manners.")) return { words: "wording anybody might use", path: origin };
  if (origin === "opening") return { words: "their opening", path: origin };
  return { words: "put together from other lines", path: "" };
}

/** Give `{ rule, reasons, feelings, topics, origins }` for the view; feelings from 0 to 100. */
export function inWords(because, titles) {
  const hundredth = (value) => Math.round(value * 100);
  return {
    rule: because.rule.replaceAll("-", " "),
    reasons: because.reasons,
    feelings: FEELINGS.map((name) => ({
      name,
      before: hundredth(because[`${name}_before`]),
      after: hundredth(because[`${name}_after`]),
    })),
    topics: because.topics.map(({ title, before, after }) => ({
      title: title || UNSPOKEN,
      before: STATES[before],
      after: STATES[after],
    })),
    origins: [...new Set(because.origins)].map((origin) => originInWords(origin, titles)),
  };
}
