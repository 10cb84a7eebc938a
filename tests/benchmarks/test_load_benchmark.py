"""The simulated trainees keep to their share, and what they noticed becomes a picture."""

import msgspec
import pytest

from voice_coach.counterpart.reply import Delivery
from voice_coach.messages import AudioFrame, AudioKind, PlaybackEnded, PlaybackStarted, Reply, ReplyEnd
from voice_coach_benchmarks.load import Report, Step, picture, table
from voice_coach_benchmarks.load_room import SPEAKING_SHARE, Talker

CLIP = bytes(2 * 16_000 * 4)
STEP = Step(
    sessions=4,
    refused=0,
    seconds=60.0,
    turns=30,
    unanswered=0,
    speaking_share=0.4,
    final_p50=0.2,
    final_p95=0.5,
    lag_growth=0.0,
    first_words_p50=0.9,
    answer_p50=0.5,
    answer_p95=0.7,
    partials_per_spoken_second=1.8,
    partials_dropped={"newer": 3.0},
    decodes_busy=0.2,
    loop_busy=0.1,
    loop_lag_p95=0.003,
    server_cores=0.4,
    room_cores=0.05,
    resident_mb=300.0,
    notices={},
)


def answer(talker: Talker, reply: int, seconds: float) -> list[object]:
    """Give a talker a whole reply at once."""
    samples = round(seconds * 16_000)
    said: list[object] = []
    for message in (
        Reply(reply=reply, sentences=("Go on.",), delivery=Delivery.CALM, sample_rate_hz=16_000),
        AudioFrame(kind=AudioKind.VOICE, stream=reply, offset=0, pcm=bytes(2 * samples)),
        ReplyEnd(reply=reply, samples=samples),
    ):
        said += talker.receive(message)
    return said


def test_a_talker_that_is_answered_speaks_its_share_and_never_over_the_reply() -> None:
    talker = Talker([CLIP], seed=1)
    answer(talker, 1, 2.0)
    replies, ended, heard = 1, 0, 1
    for _ in range(50 * 300):
        was_speaking = talker.is_speaking
        pcm, messages = talker.tick()
        ended += sum(isinstance(message, PlaybackEnded) for message in messages)
        if pcm:
            assert ended == replies, "it spoke while a reply was audible"
        if was_speaking and not talker.is_speaking:
            replies += 1
            heard += sum(isinstance(m, PlaybackStarted) for m in answer(talker, replies, 2.0))
    assert heard == replies
    assert talker.spoken_seconds / talker.seconds == pytest.approx(SPEAKING_SHARE, abs=0.03)


def test_a_talker_that_is_not_answered_goes_on_after_a_while() -> None:
    talker = Talker([CLIP], seed=1)
    spoken = [bool(talker.tick()[0]) for _ in range(50 * 60)]
    assert not any(spoken[: 50 * 5])
    assert 0.2 < sum(spoken) / len(spoken) < SPEAKING_SHARE + 0.1


def test_a_report_is_a_table_and_a_picture() -> None:
    more = msgspec.structs.replace(STEP, sessions=32, final_p95=1.4, resident_mb=356.0)
    report = Report(
        machine="2 cores",
        model="tiny.en",
        seconds=60.0,
        steps=(STEP, more),
        holds=4,
        breaks=32,
        bound="the recogniser's workers, 93 % in use with 32 trainees",
        mb_per_session=2.0,
        padded_cpu_seconds=0.47,
        padded_sessions=53.0,
    )
    assert "holds 4 trainees at final p95 <= 1.0 s, breaks at 32" in table(report)
    drawn = picture(report)
    assert drawn.startswith("<svg")
    assert drawn.count("<polyline") == 3
