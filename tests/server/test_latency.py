"""The stages of a turn: which moments they take, and what makes them void."""

from voice_coach.messages import Latency
from voice_coach_server.latency import TurnLatency
from voice_coach_server.metrics import Metrics


def turn_latency() -> tuple[TurnLatency, list[Latency]]:
    sent: list[Latency] = []
    return TurnLatency(Metrics(), sent.append), sent


def test_a_turn_is_reported_once_its_answer_is_heard() -> None:
    latency, sent = turn_latency()
    latency.speech_ended(4, at=10.0)
    latency.text_known(at=10.2)
    latency.answered(7, at=10.4)
    assert not sent
    latency.heard(7, ready_at=10.45, at=10.5)
    latency.heard(7, ready_at=10.45, at=11.0)
    assert sent == [
        Latency(
            utterance=4,
            final_text_ms=200.0,
            turn_decided_ms=400.0,
            reply_ready_ms=450.0,
            voice_to_voice_ms=500.0,
        )
    ]


def test_speech_that_resumes_begins_anew() -> None:
    latency, sent = turn_latency()
    latency.speech_ended(4, at=10.0)
    latency.text_known(at=10.2)
    latency.speech_ended(4, at=12.0)
    latency.text_known(at=12.1)
    latency.answered(7, at=12.3)
    latency.heard(7, ready_at=12.4, at=12.4)
    assert sent[0].final_text_ms == 100.0


def test_what_the_counterpart_says_of_itself_has_no_stages() -> None:
    latency, sent = turn_latency()
    latency.heard(1, ready_at=0.1, at=0.2)
    latency.speech_ended(4, at=10.0)
    latency.answered(7, at=10.4)
    latency.answered(8, at=14.0)
    latency.heard(8, ready_at=14.1, at=14.2)
    assert not sent


def test_a_reply_without_sound_has_no_stages() -> None:
    latency, sent = turn_latency()
    latency.speech_ended(4, at=10.0)
    latency.answered(7, at=10.4)
    latency.heard(7, ready_at=None, at=10.6)
    assert not sent
