// The screen of a drill, in place of the conversation: their line, the task, your words, the verdict.

import { marksOf, streakOf } from "../drill.js";
import { setText } from "./element.js";
import { createHeard } from "./heard.js";
import { createLine } from "./line.js";
import { createMarks } from "./marks.js";

const LONG_LINE = 110; // characters; a longer one is set smaller

/** Draw into the parts of the call that `byId` finds; `heardSeconds()` tells how far the voice is. */
export function createDrill({ byId, scope, heardSeconds }) {
  // Found once: in the pop-out they stand in another document.
  const [call, screen, progress] = [byId("call"), byId("drill"), byId("drill-progress")];
  const onlyInCalls = ["conversation", "settled", "cue", "switch-cues"].map(byId);
  const [round, streak, why] = [byId("drill-round"), byId("drill-streak"), byId("drill-why")];
  const [task, note, news] = [byId("drill-task"), byId("drill-note"), byId("drill-news")];
  const past = byId("drill-of");
  const showMarks = createMarks(byId("drill-marks"));
  const theirs = createTheirs({ list: byId("drill-theirs"), scope, heardSeconds });
  const yours = createYours(byId("drill-yours"));
  let asked = null; // the round whose task was announced
  let phase = "";

  // Where there is no room for all: the line when it is your turn, your words while you speak.
  const keepInSight = (state, isAnswering) => {
    if (isAnswering) screen.scrollTop = screen.scrollHeight;
    else if (state.phase !== phase && state.phase === "listening") screen.scrollTop = 0;
    phase = state.phase;
  };

  // A task that changes within a round is not spoken aloud by anybody.
  const announce = (next) => {
    if (next !== asked && next?.again && asked?.task !== next.task) setText(news, next.task);
    asked = next;
  };

  return {
    render(state) {
      const { drill } = state;
      call.toggleAttribute("data-drill", drill !== null);
      call.toggleAttribute("data-begun", Boolean(drill?.round));
      screen.hidden = progress.hidden = drill === null;
      for (const part of onlyInCalls) part.hidden = drill !== null;
      if (drill === null) {
        setText(news, "");
        return;
      }
      showMarks(marksOf(drill));
      setText(round, drill.round ? `Round ${drill.round.number} of ${drill.round.rounds}` : "");
      setText(streak, streakOf(drill) > 1 ? `${streakOf(drill)} in a row` : "");
      setText(why, drill.round?.why ?? "");
      setText(task, drill.round?.task ?? "");
      task.toggleAttribute("data-hold", drill.round?.hold_seconds > 0);
      setText(past, pastOf(drill));
      setText(note, noteOf(drill));
      announce(drill.round);
      theirs.render(state);
      keepInSight(state, yours.render(state));
    },
  };
}

// Whose round the answer below belongs to, once the next line is spoken above it.
function pastOf({ shown, round }) {
  if (!shown || shown.verdict.round === round?.number) return "";
  return `Your answer in round ${shown.verdict.round}`;
}

// What stands where the answer will: how the drill goes, until there was one.
function noteOf({ card, verdicts, answer, shown, takenBack }) {
  if (takenBack) return "You were not done, so the verdict is taken back. Go on.";
  return verdicts.length || shown || answer !== null ? "" : card.how;
}

// Their lines of this round: the one that is spoken now is the largest.
function createTheirs({ list, scope, heardSeconds }) {
  const heard = createHeard(heardSeconds);
  let lines = new Map(); // key -> line
  let spoken = null; // what is spoken now: the reply, and the line that it says

  // What is spoken before the line itself takes a share of the sound.
  const follow = () => {
    if (spoken) lines.get(spoken.key).reveal((heard(spoken.reply) - spoken.lead) / (1 - spoken.lead));
  };
  scope.frames(list, follow);

  return {
    render({ drill, reply }) {
      const wanted = drill.lines.filter((line) => line.round === drill.round?.number);
      const isSpoken = wanted.find(({ key }) => key === reply?.key);
      const now = isSpoken ?? wanted.at(-1);
      lines = new Map(
        wanted.map(({ key, text }) => {
          const line = lines.get(key) ?? createLine({ key, speaker: "counterpart", who: "They" });
          line.update({ text });
          line.reveal(1);
          line.item.toggleAttribute("data-now", key === now.key);
          line.item.toggleAttribute("data-long", text.length > LONG_LINE);
          return [key, line];
        }),
      );
      show(list, [...lines.values()]);
      spoken = isSpoken ? { ...isSpoken, reply } : null;
      follow();
    },
  };
}

// Your words as they come, and as they were judged. `render` tells whether there were new ones.
function createYours(list) {
  let line = null;
  let drawn = null;
  return {
    render({ drill, partial, turns }) {
      const key = `trainee-${drill.answer}`;
      const turn = turns.find((settled) => settled.key === key);
      const words = turn ?? (partial?.key === key ? partial : null);
      if (words === drawn) return false;
      drawn = words;
      if (line?.item.dataset.key !== key) line = createLine({ key, speaker: "trainee", who: "You" });
      if (turn) line.update({ text: turn.text, moves: turn.moves });
      else if (words) {
        const { settled, tentative, moves } = words;
        line.update({ text: settled + tentative, moves, settledLength: settled.length });
      }
      show(list, words ? [line] : []);
      line.spreadNames();
      return words !== null;
    },
  };
}

function show(list, lines) {
  const items = lines.map(({ item }) => item);
  const shown = [...list.children];
  if (items.length === shown.length && items.every((item, index) => item === shown[index])) return;
  list.replaceChildren(...items); // never for nothing: a stroke that is put in again is drawn again
}
