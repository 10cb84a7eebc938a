"""Calls that never were, to put the overlay into every state."""

from collections.abc import Iterator

from client.scripted_server import CARD, welcome

from voice_coach.coaching.drill import DrillCard, DrillResult, DrillRound, DrillScore, Verdict
from voice_coach.coaching.turn import Check, Cue, Debrief, Evidence, Speaker, Turn
from voice_coach.conversation.commands import Phase
from voice_coach.counterpart.reply import Delivery, Outcome, RingSegment, SegmentState
from voice_coach.messages import (
    CueShown,
    Ended,
    Latency,
    Partial,
    PhaseChanged,
    Reply,
    Ring,
    RoundStarted,
    ServerMessage,
    TurnSettled,
    VerdictShown,
    Welcome,
)
from voice_coach.moves.move import Family, Move

LABEL = "It sounds like you were left alone with that. What happened then?"
DRILL = DrillCard(
    id="label_it",
    title="Label it",
    trains="Naming what somebody feels, in one breath.",
    how="They say one line; name the feeling behind it, and stop.",
    rounds=10,
    prompts=22,
    last=DrillScore(passed=6, rounds=10, longest_streak=3),
)


class MadeCall:
    """What the keys act on, without a connection."""

    def __init__(self, first: Welcome | None = None) -> None:
        self.welcome = first or welcome()
        self.session = self.welcome.session
        self.muted = False
        self.ending = False
        self.asked: list[object] = []

    async def mute(self, *, on: bool) -> None:
        self.muted = on
        self.asked.append(("mute", on))

    async def want_cues(self, *, on: bool) -> None:
        self.asked.append(("cues", on))

    async def end(self) -> None:
        self.asked.append("leave" if self.ending else "end")
        self.ending = True


class MadeGauge:
    """A level of the test's choice."""

    def __init__(self, level: float = 0.6) -> None:
        self.level = level
        self.defaults_taken = 0

    def take_defaults(self) -> None:
        self.defaults_taken += 1


def move(kind: str, start: int, end: int, family: Family = Family.REFLECTION) -> Move:
    return Move(
        kind=kind, family=family, start=start, end=end, cue="x", confidence=1, rule=f"test.{kind}"
    )


def said(number: int, speaker: Speaker, text: str, **fields: object) -> TurnSettled:
    turn = Turn(index=number, speaker=speaker, text=text, start_seconds=0.0, end_seconds=1.0, **fields)
    return TurnSettled(utterance=number, turn=turn)


def reply(number: int, *sentences: str) -> Reply:
    return Reply(reply=number, sentences=sentences, delivery=Delivery.CALM, sample_rate_hz=16_000)


RING = (
    RingSegment(topic="price", title="the price rise", state=SegmentState.SUMMARISED),
    RingSegment(topic="march", title="two days in March", state=SegmentState.DISCLOSED),
    RingSegment(topic="alone", title="", state=SegmentState.UNSPOKEN),
    RingSegment(topic="board", title="", state=SegmentState.UNSPOKEN),
)


def conversation() -> Iterator[ServerMessage]:
    """A role-play in its middle: the trainee is in a label."""
    yield welcome()
    yield PhaseChanged(phase=Phase.COUNTERPART_SPEAKING)
    yield reply(1, "You know why I'm calling.", "We are looking at somebody else for next year.")
    yield said(
        1, Speaker.COUNTERPART, "You know why I'm calling. We are looking at somebody else for next year."
    )
    text = "Why would you do that? We gave you a good price."
    moves = (
        move("why_question", 0, 22, Family.PRESSURE),
        move("argument", 23, 48, Family.SOLUTION),
    )
    yield said(1, Speaker.TRAINEE, text, moves=moves)
    yield reply(2, "It is not about the price.", "Nobody called us for two days in March.")
    yield said(
        2,
        Speaker.COUNTERPART,
        "It is not about the price. Nobody called us for",
        interrupted=True,
    )
    yield Ring(segments=RING, opened=("march",))
    yield Latency(
        utterance=1, final_text_ms=300, turn_decided_ms=350, reply_ready_ms=420, voice_to_voice_ms=520
    )
    yield PhaseChanged(phase=Phase.TRAINEE_SPEAKING)
    yield Partial(
        utterance=2,
        settled="It sounds like you were left alone",
        tentative=" with that for",
        moves=(move("label", 0, 48),),
    )


def understood() -> Iterator[ServerMessage]:
    """The same, a little later: a summary, "that's right", and a cue."""
    yield from conversation()
    yield said(2, Speaker.TRAINEE, LABEL, moves=(move("label", 0, 45), _question()))
    yield said(3, Speaker.COUNTERPART, "That's right.", thats_right=True)
    yield CueShown(cue=Cue(rule="x", text="Wait: let them fill the silence."))
    yield PhaseChanged(phase=Phase.LISTENING)


def _question() -> Move:
    return move("calibrated_question", 46, 65, Family.QUESTION)


ENDED = Ended(
    session="s-1",
    outcome=Outcome.AGREEMENT,
    debrief=Debrief(
        headline="Dana stays: you named what March was like before you asked for anything.",
        checks=(
            Check(
                id="named_feeling",
                question="Did you name a feeling before you asked for anything?",
                passed=True,
                evidence=Evidence(turn=1, quote="left alone with that", start_seconds=3, end_seconds=4),
            ),
            Check(
                id="no_why",
                question="Did you do without why?",
                passed=False,
                evidence=Evidence(turn=1, quote="Why would you do that?", start_seconds=1, end_seconds=2),
                you_could_have_said="What made you look?",
            ),
        ),
        labels=1,
        summaries=0,
        thats_right=True,
        talk_share=0.41,
    ),
)


def verdict(number: int, *, passed: bool, streak: int = 0) -> Verdict:
    return Verdict(
        round=number,
        utterance=number,
        prompt=f"p{number}",
        passed=passed,
        reason="You named the feeling and stopped."
        if passed
        else "That was a question; a label states it and stops.",
        you_said="It sounds like you were left alone."
        if passed
        else "Are you angry because nobody came?",
        you_could_have_said="" if passed else "It sounds like nobody had your back.",
        streak=streak,
    )


def drill_round(number: int, **fields: object) -> RoundStarted:
    given = {
        "number": number,
        "rounds": 10,
        "streak": 0,
        "passed": 0,
        "prompt": f"p{number}",
        "task": "Name the feeling",
        "why": "New to you.",
    }
    return RoundStarted(round=DrillRound(**(given | fields)))


def drill_welcome() -> Welcome:
    card = CARD.__class__(
        id="label_it",
        title="Label it",
        person="Sam, a colleague",
        stake="",
        guardedness="open",
        brief=DRILL.how,
    )
    return welcome(scenario=card, drill=DRILL)


def drill(*, passed: bool = True) -> Iterator[ServerMessage]:
    """A drill in its fourth round; the third has just been judged."""
    yield drill_welcome()
    for number, good in ((1, True), (2, True), (3, passed)):
        yield drill_round(number)
        yield reply(number, "I did the whole weekend by myself. Again.")
        yield said(number, Speaker.COUNTERPART, "I did the whole weekend by myself. Again.")
        yield said(number, Speaker.TRAINEE, "It sounds like you were left alone.")
        yield VerdictShown(verdict=verdict(number, passed=good, streak=number if good else 0))
    yield drill_round(4)
    yield PhaseChanged(phase=Phase.COUNTERPART_SPEAKING)
    yield reply(4, "Good.", "They moved the deadline, and I read it in the newsletter.")
    yield PhaseChanged(phase=Phase.TRAINEE_SPEAKING)
    yield Partial(
        utterance=4,
        settled="It seems like you",
        tentative=" were the last",
        moves=(move("label", 0, 31),),
    )


def drill_ended() -> Ended:
    verdicts = tuple(verdict(n, passed=n not in {3, 7}, streak=1) for n in range(1, 11))
    result = DrillResult(
        drill="label_it",
        headline="Eight of ten: two more than last time.",
        score=DrillScore(passed=8, rounds=10, longest_streak=3),
        verdicts=verdicts,
        last=DRILL.last,
        work_on="Two labels were questions: let your voice fall at the end.",
    )
    return Ended(session="s-2", outcome=ENDED.outcome, debrief=ENDED.debrief, drill=result)
