// "Why did they say that?": everything in words, and nothing that has not come up.

import assert from "node:assert/strict";
import { test } from "node:test";

import { inWords, originInWords, titlesOf } from "../../client/web/why.js";

const because = {
  rule: "label-opens",
  reasons: ["The label fits, so one layer opens.", "It fits “Left alone”."],
  trust_before: 0.3,
  trust_after: 0.4,
  tension_before: 0.5,
  tension_after: 0.4,
  patience_before: 0.6,
  patience_after: 0.6,
  topics: [{ topic: "alone", title: "Left alone", before: "hinted", after: "disclosed" }],
  origins: ["topics.alone.says", "topics.board.gap", "", "topics.alone.says"],
};

test("the rule, its reasons, feelings and topics are put in words", () => {
  const words = inWords(because, new Map([["alone", "Left alone"]]));
  assert.equal(words.rule, "label opens");
  assert.deepEqual(words.reasons, because.reasons);
  assert.deepEqual(words.feelings, [
    { name: "trust", before: 30, after: 40 },
    { name: "tension", before: 50, after: 40 },
    { name: "patience", before: 60, after: 60 },
  ]);
  assert.deepEqual(words.topics, [{ title: "Left alone", before: "hinted at", after: "told to you" }]);
  assert.deepEqual(words.origins[0], {
    words: "what they tell of “Left alone”",
    path: "topics.alone.says",
  });
  assert.equal(words.origins.length, 3, "a line of two sentences is named once");
});

test("a topic that has not come up is named neither by its title nor by its id", () => {
  const words = JSON.stringify(inWords(because, new Map([["alone", "Left alone"]])));
  assert.doesNotMatch(words, /board/u);
  assert.match(words, /a pointer at something they have not spoken of yet/u);
});

test("titles are those that the ring or an earlier turn has shown", () => {
  const ring = [
    { topic: "price", title: "The price", state: "disclosed" },
    { topic: "board", title: "", state: "unspoken" },
  ];
  const titles = titlesOf({ ring, turns: [{ because: null }, {}, { because }] });
  assert.deepEqual(
    [...titles],
    [
      ["alone", "Left alone"],
      ["price", "The price"],
    ],
  );
});

test("each part of a scenario has words", () => {
  const parts = [
    "opening",
    "echoes “twice”",
    "corrections “the price”",
    "terms.proposes",
    "lines.why",
    "manners.why",
  ];
  const words = parts.map((origin) => originInWords(origin, new Map()).words);
  assert.equal(new Set(words).size, parts.length);
  assert.ok(!words.includes(originInWords("", new Map()).words));
});
