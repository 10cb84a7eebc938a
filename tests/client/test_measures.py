import pytest
from client.scripted_server import welcome

from voice_coach.coaching.turn import Debrief, Speaker, Turn
from voice_coach.counterpart.reply import Delivery, Outcome
from voice_coach.messages import AudioFrame, AudioKind, Ended, Reply, TurnSettled
from voice_coach_client.measures import Measures, Rehearsal, Spread

NOTHING = Spread(p50=None, p95=None)


def _settled(utterance: int, speaker: Speaker) -> TurnSettled:
    turn = Turn(index=utterance, speaker=speaker, text="x", start_seconds=0, end_seconds=1)
    return TurnSettled(utterance=utterance, turn=turn)


def _reply(number: int) -> Reply:
    return Reply(reply=number, sentences=("No.",), delivery=Delivery.CALM, sample_rate_hz=1000)


def _voice(number: int, offset: int, pcm: bytes) -> AudioFrame:
    return AudioFrame(kind=AudioKind.VOICE, stream=number, offset=offset, pcm=pcm)


def test_nothing_is_measured_before_the_first_line_ends() -> None:
    measures = Measures()
    measures.receive(welcome(), 0.0)
    measures.receive(_reply(1), 1.0)
    measures.receive(_voice(1, 0, b"\0\x40"), 1.0)
    measures.receive(_settled(1, Speaker.COUNTERPART), 2.0)
    assert measures.rehearsal() == Rehearsal(
        session="s-1",
        turns=1,
        labels=0,
        summaries=0,
        thats_right=False,
        voice_to_voice_ms=NOTHING,
        final_text_ms=NOTHING,
    )


def test_text_and_voice_count_from_the_end_of_speech() -> None:
    measures = Measures()
    measures.line_started()
    measures.line_ended(at=10.0)
    measures.receive(_settled(1, Speaker.TRAINEE), 10.4)
    measures.receive(_reply(2), 10.5)
    # The first frame begins playback; 100 + 50 samples of silence pass before anything is audible.
    measures.receive(_voice(2, 0, bytes(200)), 10.5)
    measures.receive(_voice(2, 100, bytes(100) + b"\0\x40" * 10), 10.51)
    measures.receive(_voice(2, 160, b"\0\x40" * 10), 10.52)
    result = measures.rehearsal()
    assert result.final_text_ms == Spread(p50=400.0, p95=400.0)
    assert result.voice_to_voice_ms == Spread(p50=650.0, p95=650.0)


def test_sound_that_comes_late_is_audible_when_it_comes() -> None:
    measures = Measures()
    measures.line_ended(at=10.0)
    measures.receive(_reply(2), 10.5)
    measures.receive(_voice(2, 0, bytes(200)), 10.5)
    measures.receive(_voice(2, 100, b"\0\x40"), 12.0)
    assert measures.rehearsal().voice_to_voice_ms.p50 == pytest.approx(2000)


def test_what_arrives_while_the_trainee_speaks_again_is_not_measured() -> None:
    measures = Measures()
    measures.line_ended(at=10.0)
    measures.line_started()
    measures.receive(_settled(1, Speaker.TRAINEE), 10.4)
    measures.receive(_reply(2), 10.5)
    measures.receive(_voice(2, 0, b"\0\x40"), 10.5)
    result = measures.rehearsal()
    assert (result.final_text_ms, result.voice_to_voice_ms) == (NOTHING, NOTHING)


def test_a_turn_settled_again_is_one_turn_and_the_debrief_counts_the_moves() -> None:
    measures = Measures()
    for speaker in (Speaker.TRAINEE, Speaker.COUNTERPART, Speaker.TRAINEE):
        measures.receive(_settled(1, speaker), 1.0)
    debrief = Debrief(
        headline="Well.", checks=(), labels=3, summaries=1, thats_right=True, talk_share=0.4
    )
    measures.receive(Ended(session="s-1", outcome=Outcome.AGREEMENT, debrief=debrief), 2.0)
    result = measures.rehearsal()
    assert (result.turns, result.labels, result.summaries, result.thats_right) == (2, 3, 1, True)


def test_percentiles() -> None:
    measures = Measures()
    for index in range(1, 5):
        measures.line_ended(at=index * 10.0)
        measures.receive(_settled(index, Speaker.TRAINEE), index * 10.0 + index / 10)
    assert measures.rehearsal().final_text_ms == Spread(p50=250.0, p95=385.0)
