// A drill as it goes on: which round, what was said in it, and what each answer was worth. Pure; the
// page's `reduce` calls it with the messages of the wire (`voice_coach/coaching/drill.py`).
//
// The next round begins right after a verdict, while the verdict is still being read. So what is shown
// of the last answer stays until the trainee begins to answer again.

/** What is known of a drill before its first round. */
export const begin = (card) => ({
  card,
  round: null,
  lines: [], // { key, round, text, lead }: the counterpart's, oldest first; see `speak`
  verdicts: [], // one for each round that is over, in order
  shown: null, // { verdict, after }: stays until an utterance with a higher number begins
  answer: null, // utterance number of the trainee's words on the screen
  takenBack: false, // the verdict was taken back: the answer goes on
  result: null,
});

/** A round began, or asks for something else now. What was counted for it, or after it, is void. */
export function startRound(drill, round) {
  const { shown, answer } = drill;
  const before = ({ round: number }) => number < round.number;
  const theirs = drill.lines.filter(({ round: number }) => number === round.number);
  const lines = [...drill.lines.filter(before), ...(round.again ? theirs : theirs.slice(0, 1))];
  const isNew = drill.round?.number !== round.number;
  return {
    ...drill,
    round,
    lines,
    verdicts: drill.verdicts.filter(before),
    answer: isNew && !shown && !drill.takenBack ? null : answer,
  };
}

/**
 * The counterpart speaks. Silence is a reply too, and says nothing; a line said again is the same line. A
 * short sign ("Good.") that is spoken before it is left out: the verdict says so; `lead` is its share.
 */
export function speak(drill, { key, text }) {
  if (!text) return drill;
  const { number = 0, line = "" } = drill.round ?? {};
  const said = line && text.endsWith(line) ? line : text;
  const spoken = { key, round: number, text: said, lead: 1 - said.length / text.length };
  const isSame = (earlier) => earlier.round === number && earlier.text === said;
  const lines = drill.lines.some(isSame)
    ? drill.lines.map((earlier) => (isSame(earlier) ? spoken : earlier))
    : [...drill.lines, spoken];
  return { ...drill, lines };
}

/** The trainee speaks: the verdict on what they said before has been read. */
export function answer(drill, utterance) {
  const isNext = drill.shown !== null && utterance > drill.shown.after;
  return { ...drill, answer: utterance, shown: isNext ? null : drill.shown };
}

/** An answer got its verdict; `latest` is the highest utterance number so far. */
export function judge(drill, verdict, latest) {
  const verdicts = drill.verdicts.filter(({ round }) => round !== verdict.round);
  return {
    ...drill,
    verdicts: [...verdicts, verdict],
    shown: { verdict, after: latest },
    answer: verdict.utterance ?? drill.answer,
    takenBack: false,
  };
}

/** The answer of this number was not over: its verdict goes, and what came after it. */
export function takeBack(drill, utterance) {
  const place = drill.verdicts.findIndex((verdict) => verdict.utterance === utterance);
  const isShown = drill.shown?.verdict.utterance === utterance;
  return {
    ...drill,
    verdicts: place < 0 ? drill.verdicts : drill.verdicts.slice(0, place),
    shown: isShown ? null : drill.shown,
    answer: utterance,
    takenBack: drill.takenBack || place >= 0 || isShown,
  };
}

/** The line of a round, or an empty text. */
export const promptOf = ({ lines }, number) => lines.find(({ round }) => round === number)?.text ?? "";

/** How each round stands: `passed`, `missed`, `now` or `open`, one for each that is planned. */
export function marksOf({ card, round, verdicts, result }) {
  const judged = new Map((result?.verdicts ?? verdicts).map((verdict) => [verdict.round, verdict.passed]));
  return Array.from({ length: round?.rounds ?? card.rounds }, (_, index) => {
    const number = index + 1;
    if (judged.has(number)) return judged.get(number) ? "passed" : "missed";
    return !result && round?.number === number ? "now" : "open";
  });
}

/** Rounds passed in a row up to now. */
export const streakOf = ({ round, verdicts }) => verdicts.at(-1)?.streak ?? round?.streak ?? 0;

/** The silence that is asked for now, in seconds; `null` when none is, or when it is over. */
export function holdOf({ round, verdicts }) {
  const isOver = verdicts.some((verdict) => verdict.round === round?.number);
  return isOver ? null : (round?.hold_seconds ?? null);
}
