"""A drill as the partner in a call: says a line, judges the answer at once, says the next line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from voice_coach.coaching.drill_book import Prompt
from voice_coach.coaching.drill_run import HOLD_SECONDS, SILENT, DrillRun, Round
from voice_coach.coaching.drill_score import checks_of
from voice_coach.coaching.drill_shape import Task
from voice_coach.coaching.drill_words import Request, request_in, wording
from voice_coach.coaching.evidence import LABELS, talk_share
from voice_coach.coaching.mechanics import PASSED, Judged, judge
from voice_coach.coaching.turn import Cue, Debrief, Speaker, Turn
from voice_coach.conversation.partner import Answered, TakenHome
from voice_coach.counterpart.moment import TraineeTurn
from voice_coach.counterpart.reply import Because, Delivery, FollowUp, Outcome, Reply, RingSegment
from voice_coach.counterpart.story import Line
from voice_coach.moves.encourager import is_encourager
from voice_coach.moves.move import Topic

__all__ = ["DrillPartner"]

_MOST_ATTEMPTS = 3
"""At a summary, before the round is over."""
_SKIPPED = "You skipped it, so it counts as not passed."
_NOTHING_SAID = "You said nothing, so it counts as not passed."
_RECOGNISABLE = 12
"""First characters of a line, by which it is found in what was heard of a reply."""

_with = msgspec.structs.replace


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillPartner:
    """Whoever says the lines of a run."""

    run: DrillRun
    now: Round
    """The round that goes on, or the last one when the run is over."""

    @classmethod
    def of(cls, run: DrillRun) -> DrillPartner:
        """Prepare the first round."""
        return cls(run=run, now=run.next_round())

    # ------------------------------------------------------------ what a session asks of it

    @property
    def topics(self) -> tuple[Topic, ...]:
        """What the line of this round is about."""
        return self.now.prompt.topics

    @property
    def ring(self) -> tuple[RingSegment, ...]:
        """Nothing is to be found out."""
        return ()

    def opening(self) -> Answered:
        """Say the first line."""
        prompt = self.now.prompt
        reply = _reply(prompt.says, prompt.delivery, "drill-line", self.now.why)
        return Answered(partner=self, reply=reply, round=self.run.shown(self.now))

    def react(self, heard: TraineeTurn) -> Answered:
        """Judge an answer, unless something else was said."""
        now = self.now
        if is_encourager(heard.text) and self.run.drill.task is not Task.MIRROR:
            return self._listen_on()
        request = request_in(heard.text)
        if request is Request.SKIP:
            return self._settle("skipped", _SKIPPED, heard, sign="skipped")
        if request is Request.REPEAT or _unheard(now.prompt, heard):
            return self._say_again(now, "again")
        if now.held is not None:
            judged = Judged(finding="spoke", quote=heard.text.strip(" .,?!"))
        else:
            judged = judge(self.run.drill.task, now.prompt, heard.text, heard.moves, now.given)
        return self._go_by(judged, heard)

    def is_answer(self, text: str) -> bool:
        """One sentence is an answer; a summary or an audit is one when nothing is missing."""
        task, now = self.run.drill.task, self.now
        if task in (Task.SUMMARY, Task.AUDIT):
            return judge(task, now.prompt, text, (), now.given).finding == PASSED
        return True

    def fill_silence(self) -> Answered:
        """The silence was held to its end."""
        if self.now.held is None:
            return self._say_again(self.now, "your_turn")
        judged, heard = self.now.held
        return self._settle(PASSED, self.run.reason(judged), heard, sign="good")

    def ask_after_silence(self) -> Answered:
        """A long silence is asked about once; after that the round is over."""
        if not self.now.asked:
            return self._say_again(replace(self.now, asked=True), "your_turn")
        return self._settle(SILENT, _NOTHING_SAID, None, sign="nothing_said")

    def backchannel(self, number: int) -> tuple[str, ...]:
        """Nobody nods along: an answer is short."""
        del number
        return ()

    def cue(self, turns: Sequence[Turn], shown: Sequence[str], *, wanted: bool) -> Cue | None:
        """None: the task is shown instead."""
        del turns, shown, wanted
        return None

    def take_home(self, turns: Sequence[Turn], outcome: Outcome) -> TakenHome:
        """Give the verdicts and what they come to."""
        del outcome
        result = self.run.result
        moves = [move.kind for turn in turns if turn.speaker is Speaker.TRAINEE for move in turn.moves]
        debrief = Debrief(
            headline=result.headline,
            checks=checks_of(result.verdicts, turns),
            labels=sum(kind in LABELS for kind in moves),
            summaries=moves.count("summary"),
            thats_right=any(turn.thats_right for turn in turns),
            talk_share=talk_share(turns),
        )
        return TakenHome(debrief=debrief, drill=result)

    # ------------------------------------------------------------ how a round goes on

    def _go_by(self, judged: Judged, heard: TraineeTurn) -> Answered:
        now, task = self.now, self.run.drill.task
        passed = judged.finding == PASSED
        if task is Task.SILENCE and passed:
            return self._hold(replace(now, held=(judged, heard)))
        attempts = now.attempts + 1
        if judged.finding == "missing" and attempts < _MOST_ATTEMPTS:
            return self._ask_for_more(replace(now, attempts=attempts, given=judged.given))
        sign = "not_yet"
        if passed:
            sign = "thats_right" if task is Task.SUMMARY else "good"
        return self._settle(judged.finding, self.run.reason(judged), heard, sign=sign)

    def _settle(self, finding: str, reason: str, heard: TraineeTurn | None, *, sign: str) -> Answered:
        """Give the verdict, and go on to the next line or end."""
        run = self.run.settled(self.now, finding, reason, heard)
        rule, agreed = f"drill-{finding}", sign == "thats_right"
        # Into a silence that was left alone the person says more: that is what it is held for.
        more = self.now.prompt.fills if self.now.held and finding == PASSED else ()
        said: Line = (*more, wording(sign, run.seed, len(self.run.verdicts)))
        if run.is_over:
            words = (*said, wording("over", run.seed, 0))
            reply = _with(
                _reply(words, Delivery.CALM, rule, reason), ends=Outcome.DRILLED, thats_right=agreed
            )
            return Answered(partner=replace(self, run=run), reply=reply, verdict=run.verdicts[-1])
        following = DrillPartner.of(run)
        prompt = following.now.prompt
        reply = _reply((*said, *prompt.says), prompt.delivery, rule, reason)
        return Answered(
            partner=following,
            reply=_with(reply, thats_right=agreed),
            verdict=run.verdicts[-1],
            round=run.shown(following.now),
        )

    def _hold(self, now: Round) -> Answered:
        """The label was given: now nothing is to be said."""
        reply = _reply((), Delivery.CALM, "drill-hold", "The silence after the label is being held.")
        reply = _with(reply, follow_up=FollowUp(after_seconds=HOLD_SECONDS))
        return self._again(now, reply, holds=True)

    def _ask_for_more(self, now: Round) -> Answered:
        words = (wording("more", self.run.seed, now.attempts),)
        reason = "The summary is not complete yet."
        return self._again(now, _reply(words, now.prompt.delivery, "drill-more", reason))

    def _say_again(self, now: Round, kind: str) -> Answered:
        """The line once more; a silence that was being held begins with another label."""
        words = (wording(kind, self.run.seed, len(self.run.verdicts)), *now.prompt.says)
        reason = "The line is said once more."
        return self._again(
            replace(now, held=None), _reply(words, now.prompt.delivery, "drill-again", reason)
        )

    def _listen_on(self) -> Answered:
        """A sign of listening is no answer, and breaks no silence."""
        reply = _reply((), Delivery.CALM, "encourager", "A sign of listening is no answer.")
        if self.now.held is not None:
            reply = _with(reply, follow_up=FollowUp(after_seconds=HOLD_SECONDS))
        return self._again(self.now, reply)

    def _again(self, now: Round, reply: Reply, *, holds: bool = False) -> Answered:
        """The round goes on."""
        partner = replace(self, now=now)
        return Answered(partner=partner, reply=reply, round=self.run.shown(now, again=True), holds=holds)


def _unheard(prompt: Prompt, heard: TraineeTurn) -> bool:
    """Whether the line was talked over before half of it was heard."""
    began = heard.heard_of_previous.find(prompt.says[0][:_RECOGNISABLE])
    half = len(" ".join(prompt.says)) / 2
    return heard.interrupted and (began < 0 or len(heard.heard_of_previous) - began < half)


def _reply(sentences: Line, delivery: Delivery, rule: str, reason: str) -> Reply:
    because = Because(
        rule=rule,
        reasons=(reason,),
        trust_before=0.0,
        trust_after=0.0,
        tension_before=0.0,
        tension_after=0.0,
    )
    return Reply(sentences=sentences, delivery=delivery, because=because)
