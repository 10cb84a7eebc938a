"""From any line of any call: the state is the one the call was in, and nothing else is needed."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from journal.played_calls import PlayedCall, begun, header_of

from voice_coach.coaching.turn import Speaker
from voice_coach.conversation import commands as c
from voice_coach.conversation import events as e
from voice_coach.conversation.session import Session
from voice_coach.counterpart.scenario import list_scenarios, load_scenario
from voice_coach.errors import InputError
from voice_coach.journal.branch_point import BranchPoint, find_branch_point
from voice_coach.journal.format import Journal, JournalHeader
from voice_coach.journal.played import played_session
from voice_coach.journal.replay import replay
from voice_coach.moves.recognizer import load_recognizer

RECOGNIZER = load_recognizer()
SCENARIO = load_scenario("renewal_in_doubt")
TEXTS = (
    "It sounds like you were left alone with it.",
    "It sounds like this isn't only about the increase.",
    "What would have to be different for you?",
    "You have to decide today, or the offer is gone.",
    "So you were left alone for weeks, and now you are asked for more. Is that right?",
    "well, and then",
    "mm-hm",
    "",
)

Act = Callable[[PlayedCall], None]


def acts() -> st.SearchStrategy[Act]:
    """What may happen in a call, said so that it can be shrunk."""
    text, seconds = st.sampled_from(TEXTS), st.sampled_from([0.4, 1.0, 2.5])
    return st.one_of(
        st.builds(lambda t, s: lambda call: _answer(call, t, s), text, seconds),
        st.builds(lambda t, s: lambda call: _answer(call, t, s), text, seconds),
        st.builds(lambda t, s: lambda call: _talk_over(call, t, s), text, seconds),
        st.builds(lambda s: lambda call: call.wait(s), st.sampled_from([0.3, 1.2, 4.0, 14.0])),
        st.builds(lambda s: lambda call: call.lose_connection(s), st.sampled_from([0.5, 5.0])),
        st.builds(lambda on: lambda call: _switch_cues(call, on=on), st.booleans()),
    )


def _answer(call: PlayedCall, text: str, seconds: float) -> None:
    call.hear_reply()
    call.wait(0.7)
    call.speak(text, seconds=seconds)
    call.wait(2.5)


def _talk_over(call: PlayedCall, text: str, seconds: float) -> None:
    call.hear_reply(0.2)
    call.speak(text, seconds=seconds)
    call.wait(1.0)


def _switch_cues(call: PlayedCall, *, on: bool) -> None:
    if not call.over:
        call.feed(e.CuesSwitched(at=call.at, on=on))


def play(script: list[Act], *, cut_off: bool = False) -> tuple[JournalHeader, PlayedCall]:
    header = header_of(SCENARIO, seed=7)
    call = begun(header, RECOGNIZER)
    call.start()
    for act in script:
        if not call.over:
            act(call)
    if not cut_off:
        call.end()
    return header, call


def lines(journal: Journal) -> list[int]:
    """Indices of the counterpart's turns that the journal ends with."""
    turns: dict[int, c.ShowTurn] = {}
    for entry in journal.entries:
        if isinstance(entry.value, c.ShowTurn):
            turns[entry.value.turn.index] = entry.value
    return [index for index, shown in turns.items() if shown.turn.speaker is Speaker.COUNTERPART]


def brought_to(point: BranchPoint) -> Session:
    made: list[Session] = []

    def make(header: JournalHeader) -> Session:
        made.append(played_session(header, RECOGNIZER))
        return made[0]

    assert replay(point.journal, make, until=point.line.seq).identical
    return made[0]


def as_written(command: c.Command) -> c.Command:
    written: c.Command = msgspec.json.decode(msgspec.json.encode(command), type=c.Command)
    return written


def pending(point: BranchPoint) -> set[str]:
    """Timers and waits that earlier exchanges left open and the line does not close."""
    waits: set[str] = set()
    for exchange in (*point.earlier, point.line):
        event = exchange.event
        if isinstance(event, e.TimerFired | e.SampleReached):
            waits.discard(event.timer)
        for command in exchange.commands:
            if isinstance(command, c.StartTimer | c.AwaitSample):
                waits.add(command.timer)
            elif isinstance(command, c.CancelTimer):
                waits.discard(command.timer)
    return waits


@given(script=st.lists(acts(), max_size=8), cut_off=st.booleans())
@settings(max_examples=40, deadline=None)
def test_from_every_line_the_call_goes_on_exactly_as_it_did(
    script: list[Act],
    cut_off: bool,  # noqa: FBT001 - hypothesis gives it by name
) -> None:
    header, call = play(script, cut_off=cut_off)
    journal = call.journal(header)
    for turn in lines(journal):
        point = find_branch_point(journal, turn)
        session = brought_to(point)
        assert session.phase is c.Phase.COUNTERPART_SPEAKING
        assert any(isinstance(command, c.Say) for command in point.line.commands)
        for exchange in point.later:
            got = tuple(map(as_written, session.handle(exchange.event)))
            assert got == exchange.commands
        assert [turn.text for turn in session.turns] == [turn.text for turn in call.session.turns]


@given(script=st.lists(acts(), max_size=8))
@settings(max_examples=40, deadline=None)
def test_nothing_that_was_awaited_before_a_line_could_still_decide_anything(script: list[Act]) -> None:
    header, call = play(script)
    journal = call.journal(header)
    for turn in lines(journal):
        point = find_branch_point(journal, turn)
        if not point.connected:
            continue  # nothing is timed then, and the line is said again at once
        # Its own watchdog, and looks at a sound that is over: they are let pass when they come.
        left = pending(point) - {"reply"}
        for timer in sorted(left):
            session = brought_to(point)
            assert not session.handle(e.TimerFired(at=point.seconds, timer=timer))
            assert not session.handle(e.SampleReached(at=point.seconds, timer=timer, sample=0))
        assert "reply" in pending(point)


@given(script=st.lists(acts(), max_size=8))
@settings(max_examples=40, deadline=None)
def test_what_a_page_is_shown_is_what_it_would_have_seen(script: list[Act]) -> None:
    header, call = play(script)
    journal = call.journal(header)
    for turn in lines(journal):
        point = find_branch_point(journal, turn)
        session = played_session(header, RECOGNIZER)
        for exchange in point.earlier:
            session.handle(exchange.event)
        assert [shown.turn.text for shown in point.turns] == [turn.text for turn in session.turns]
        assert list(point.ring) == list(session._ring)
        assert len(session.turns) <= turn
        session.handle(point.line.event)
        assert point.cues is session._cues_wanted
        assert point.connected is session._connected
        assert point.resumes_at_sample / 16_000 > point.seconds + header.settings.take_back_seconds


@pytest.mark.parametrize("scenario", list_scenarios(), ids=lambda s: s.id)
def test_each_scenario_can_be_taken_up_at_each_of_its_lines(scenario: object) -> None:
    header = header_of(scenario, seed=11)  # type: ignore[arg-type]
    call = begun(header, RECOGNIZER)
    call.start()
    for text in TEXTS[:5]:
        _answer(call, text, 2.0)
        call.hear_reply()
        call.wait(7.0)
    call.end()
    journal = call.journal(header)
    assert len(lines(journal)) >= 5
    for turn in lines(journal):
        point = find_branch_point(journal, turn)
        session = brought_to(point)
        for exchange in point.later:
            assert tuple(map(as_written, session.handle(exchange.event))) == exchange.commands


def test_speech_after_a_line_answers_it_and_never_takes_the_turn_before_back() -> None:
    header, call = play([lambda call: _answer(call, TEXTS[0], 2.0), lambda call: call.hear_reply()])
    journal = call.journal(header)
    point = find_branch_point(journal, 2)
    session = brought_to(point)
    at, sample = point.seconds + 2, point.resumes_at_sample
    commands = [
        command
        for event in (
            e.SpeechStarted(at=at, sample=sample),
            e.OverlapJudged(at=at, sound=e.OverlapSound.SPEECH, sample=sample + 4000),
            e.SpeechPaused(at=at, sample=sample + 32_000),
            e.TranscriptFinal(at=at, job=99, text="no", end_sample=0),
        )
        for command in session.handle(event)
    ]
    final = next(x for x in commands if isinstance(x, c.Transcribe) and x.final)
    commands += session.handle(
        e.TranscriptFinal(at=at, job=final.job, text="Let me say something else.", end_sample=0)
    )
    assert any(isinstance(command, c.StopReply) for command in commands)
    assert not any(isinstance(command, c.TakeBackTurn) for command in commands)


def test_words_that_were_timed_after_the_line_began_come_along() -> None:
    header, call = play([lambda call: _answer(call, TEXTS[0], 2.0), lambda call: call.hear_reply()])
    call_at = call.at
    (timed,) = [x.event for x in call.exchanges if isinstance(x.event, e.WordsTimed)]
    rest = [x for x in call.exchanges if x.event is not timed]
    session = played_session(header, RECOGNIZER)
    late = PlayedCall(session)
    for exchange in rest[:-1]:
        late.feed(exchange.event)
    late.feed(msgspec.structs.replace(timed, at=call_at))
    point = find_branch_point(late.journal(header), 2)
    assert [x.words for x in point.timed_later] == [timed.words]
    assert not find_branch_point(call.journal(header), 2).timed_later
    assert not find_branch_point(late.journal(header), 0).timed_later


def test_a_turn_that_is_not_there_or_not_theirs_is_refused_in_words() -> None:
    header, call = play([lambda call: _answer(call, TEXTS[0], 2.0), lambda call: call.hear_reply()])
    journal = call.journal(header)
    with pytest.raises(InputError) as unknown:
        find_branch_point(journal, 40)
    assert unknown.value.stable_code == "unknown-turn"
    assert str(unknown.value) == (
        "Session 20261123-184501-k3f9 has no turn 40: counted from 0, their lines are 0, 2."
    )
    with pytest.raises(InputError) as own:
        find_branch_point(journal, 1)
    assert own.value.stable_code == "not-their-line"
    assert "is your own" in str(own.value)
    silent = Journal(header=header, entries=(), torn=False)
    with pytest.raises(InputError, match="they never spoke"):
        find_branch_point(silent, 0)
