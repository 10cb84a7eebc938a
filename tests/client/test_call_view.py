from functools import reduce as fold

import pytest
from client.scripted_server import CARD, welcome

from voice_coach.coaching.turn import Cue, Debrief, Speaker, Turn
from voice_coach.conversation.commands import Phase
from voice_coach.counterpart.reply import Delivery, Outcome, RingSegment, SegmentState
from voice_coach.messages import (
    AudioFrame,
    AudioKind,
    CueShown,
    Ended,
    Failed,
    Latency,
    Notice,
    Partial,
    PhaseChanged,
    Reply,
    ReplyEnd,
    Ring,
    StopPlayback,
    TurnSettled,
    TurnTakenBack,
)
from voice_coach.moves.move import Family, Move
from voice_coach_client.call_view import CallView, Line, reduce
from voice_coach_client.connection import Dropped, Received

LABEL = Move(
    kind="label",
    family=Family.REFLECTION,
    start=0,
    end=12,
    cue="sounds like",
    confidence=0.9,
    rule="labels.sounds_like",
)


def _view(*messages: Received) -> CallView:
    return fold(reduce, messages, CallView())


def _settled(number: int, speaker: Speaker, text: str, **fields: object) -> TurnSettled:
    turn = Turn(index=number, speaker=speaker, text=text, start_seconds=0.0, end_seconds=1.0, **fields)
    return TurnSettled(utterance=number, turn=turn)


def _partial(settled: str, tentative: str, *moves: Move) -> Partial:
    return Partial(utterance=1, settled=settled, tentative=tentative, moves=moves)


def test_welcome_names_session_and_person() -> None:
    view = _view(welcome())
    assert (view.session, view.scenario) == ("s-1", CARD)


def test_words_grow_in_place_and_settle_with_their_moves() -> None:
    view = _view(_partial("", "it sounds"), _partial("It sounds", " like you"))
    assert view.lines == (Line(speaker=Speaker.TRAINEE, number=1, text="It sounds like you", firm=9),)
    view = reduce(view, _partial("It sounds", " like you were", LABEL))
    assert view.lines[0].moves == (LABEL,)
    view = reduce(view, _settled(1, Speaker.TRAINEE, "It sounds like you were.", moves=(LABEL,)))
    [line] = view.lines
    assert (line.text, line.firm, line.settled, line.moves) == (
        "It sounds like you were.",
        24,
        True,
        (LABEL,),
    )


def test_what_is_settled_does_not_change_by_a_late_partial() -> None:
    settled = _view(_settled(1, Speaker.TRAINEE, "It sounds like you were."))
    assert reduce(settled, _partial("It", " sounds")) == settled


def test_both_sides_count_their_turns_by_themselves() -> None:
    reply = Reply(reply=1, sentences=("Well.", "No."), delivery=Delivery.GUARDED, sample_rate_hz=22_050)
    view = _view(reply, _partial("So", ""))
    assert [(line.speaker, line.text) for line in view.lines] == [
        (Speaker.COUNTERPART, "Well. No."),
        (Speaker.TRAINEE, "So"),
    ]
    view = reduce(view, _settled(1, Speaker.COUNTERPART, "Well.", interrupted=True, thats_right=True))
    assert view.lines[0] == Line(
        speaker=Speaker.COUNTERPART,
        number=1,
        text="Well.",
        firm=5,
        settled=True,
        interrupted=True,
        thats_right=True,
    )


def test_ring_cue_phase_and_trouble() -> None:
    segments = (RingSegment(topic="price", title="the price", state=SegmentState.HINTED),)
    cue = Cue(rule="cue.wait", text="Wait.")
    view = _view(
        Ring(segments=segments, opened=("price",)),
        CueShown(cue=cue),
        PhaseChanged(phase=Phase.UNDERSTANDING),
        Notice(code="slow", text="Partials are slower."),
    )
    assert (view.ring, view.opened, view.cue) == (segments, ("price",), cue)
    assert (view.phase, view.notice) == (Phase.UNDERSTANDING, "Partials are slower.")
    view = reduce(view, CueShown(cue=None))
    view = reduce(view, Failed(code="bad-field", text="Wrong."))
    assert (view.cue, view.notice) == (None, "Wrong.")


def test_a_lost_connection_comes_back_to_the_same_view() -> None:
    before = _view(welcome(), _partial("So", ""))
    away = reduce(before, Dropped(reason="no close frame"))
    assert away.away
    assert reduce(away, welcome(resumed=True)) == before


def test_the_end_takes_the_cue_away() -> None:
    debrief = Debrief(
        headline="Well.", checks=(), labels=0, summaries=0, thats_right=False, talk_share=0.5
    )
    ended = Ended(session="s-1", outcome=Outcome.AGREEMENT, debrief=debrief)
    view = _view(CueShown(cue=Cue(rule="x", text="Wait.")), ended)
    assert (view.ended, view.phase, view.cue) == (ended, Phase.ENDED, None)


@pytest.mark.parametrize(
    "message",
    [
        AudioFrame(kind=AudioKind.VOICE, stream=1, offset=0, pcm=b"ab"),
        ReplyEnd(reply=1, samples=5),
        StopPlayback(reply=1),
    ],
)
def test_what_is_not_seen_changes_nothing(message: Received) -> None:
    view = _view(welcome())
    assert reduce(view, message) is view


def test_a_turn_that_was_not_over_is_forgotten_with_the_answer_to_it() -> None:
    turn = Turn(index=0, speaker=Speaker.TRAINEE, text="It sounds", start_seconds=0.0, end_seconds=1.0)
    answer = Reply(reply=2, sentences=("No.",), delivery=Delivery.CALM, sample_rate_hz=22_050)
    view = _view(TurnSettled(utterance=1, turn=turn), answer, TurnTakenBack(utterance=1))
    assert view.lines == ()
    again = reduce(view, Partial(utterance=1, settled="It sounds", tentative=" like"))
    assert again.lines[0].text == "It sounds like"
    assert reduce(view, TurnTakenBack(utterance=9)) == view


def test_the_latency_of_the_last_turn_is_kept() -> None:
    latency = Latency(utterance=1, final_text_ms=1, turn_decided_ms=2, reply_ready_ms=3)
    assert _view(welcome(), latency).latency == latency


def test_a_welcome_says_whether_sound_is_kept() -> None:
    assert _view(welcome()).record
    assert not _view(welcome(record=False)).record
