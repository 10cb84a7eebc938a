"""The trainee lives through calls tick by tick: no clock, no socket."""

from collections.abc import Callable

from client.scripted_server import welcome

from voice_coach.coaching.turn import Debrief
from voice_coach.counterpart.reply import Delivery, Outcome
from voice_coach.messages import (
    AudioFrame,
    AudioKind,
    ClientMessage,
    EndCall,
    Ended,
    PlaybackEnded,
    PlaybackStarted,
    Reply,
    ReplyEnd,
    StopPlayback,
)
from voice_coach_client.scripted_trainee import Manners, MicrophoneFrame, ScriptedTrainee
from voice_coach_client.spoken_line import SpokenLine

MANNERS = Manners(
    reply_patience_seconds=3.0, breath_seconds=0.2, closing_seconds=1.0, goodbye_seconds=0.5
)


def _line(samples: int, silence_seconds: float) -> SpokenLine:
    return SpokenLine(text="x", silence_before_seconds=silence_seconds, pcm=b"\1\1" * samples)


class _Call:
    """Counts ticks, and plays the server's part."""

    def __init__(self, *lines: SpokenLine) -> None:
        self.trainee = ScriptedTrainee(lines, MANNERS)
        self.trainee.receive(welcome())
        self.sent: list[ClientMessage] = []
        self.ticks = 0

    def counterpart(self, reply: int, seconds: float) -> None:
        samples = int(seconds * 1000)
        voice = AudioFrame(kind=AudioKind.VOICE, stream=reply, offset=0, pcm=b"\1\1" * samples)
        for message in (
            Reply(reply=reply, sentences=("No.",), delivery=Delivery.CALM, sample_rate_hz=1000),
            voice,
            ReplyEnd(reply=reply, samples=samples),
        ):
            self.sent += self.trainee.receive(message)

    def tick(self) -> MicrophoneFrame:
        self.ticks += 1
        frame = self.trainee.tick()
        assert len(frame.pcm) == 640
        self.sent += frame.messages
        return frame

    def ticks_until(self, happens: Callable[[MicrophoneFrame], bool]) -> int:
        before = self.ticks
        while not happens(self.tick()):
            assert self.ticks - before < 1000, "it never happens"
        return self.ticks - before


def _starts(frame: MicrophoneFrame) -> bool:
    return frame.line_started


def _ends(frame: MicrophoneFrame) -> bool:
    return frame.line_end_sample is not None


def _leaves(frame: MicrophoneFrame) -> bool:
    return EndCall() in frame.messages


def test_hears_the_opening_out_and_leaves_the_scripted_silence() -> None:
    call = _Call(_line(100, silence_seconds=0.5))
    call.tick()
    call.counterpart(1, seconds=1.0)
    # 50 ticks of playback, 25 of silence, and the line begins in the next.
    assert call.ticks_until(_starts) == 50 + 25 + 1
    assert call.sent == [
        PlaybackStarted(reply=1),
        PlaybackEnded(reply=1, heard_samples=1000, complete=True),
    ]


def test_the_end_of_speech_is_known_to_the_sample() -> None:
    call = _Call(_line(1000, silence_seconds=0.1))
    call.counterpart(1, seconds=0.02)
    ticks = call.ticks_until(_starts)
    frame = call.tick()
    assert frame.pcm == b"\1\1" * 320
    call.tick()
    frame = call.tick()
    assert frame.line_end_sample == 320 * (ticks - 1) + 1000
    assert frame.pcm == b"\1\1" * 40 + b"\0\0" * 280


def test_a_silence_the_counterpart_fills_is_not_left_twice() -> None:
    call = _Call(_line(100, silence_seconds=0.1), _line(100, silence_seconds=2.0))
    call.counterpart(1, seconds=0.02)
    call.ticks_until(_ends)
    call.counterpart(2, seconds=0.02)
    for _ in range(60):
        assert not call.tick().line_started
    call.counterpart(3, seconds=0.1)
    assert call.ticks_until(_starts) == 5 + 10 + 1  # its length, then a breath


def test_goes_on_when_the_counterpart_stays_silent() -> None:
    call = _Call(_line(100, silence_seconds=0.1), _line(100, silence_seconds=0.1))
    call.counterpart(1, seconds=0.02)
    call.ticks_until(_ends)
    assert call.ticks_until(_starts) == 150 + 1


def test_a_reply_that_is_stopped_counts_as_heard_so_far() -> None:
    call = _Call(_line(6400, silence_seconds=0.1))
    call.counterpart(1, seconds=0.02)
    call.ticks_until(_starts)
    call.counterpart(2, seconds=1.0)
    call.tick()
    assert call.trainee.receive(StopPlayback(reply=2)) == (
        PlaybackEnded(reply=2, heard_samples=20, complete=False),
    )


def test_ends_the_call_after_the_last_reply_and_waits_for_the_servers_end() -> None:
    call = _Call(_line(100, silence_seconds=0.1))
    call.counterpart(1, seconds=0.02)
    call.ticks_until(_ends)
    call.counterpart(2, seconds=0.02)
    assert call.ticks_until(_leaves) == 1 + 50 + 1
    assert not call.trainee.gone
    call.tick()
    assert call.sent.count(EndCall()) == 1
    call.trainee.receive(
        Ended(
            session="s-1",
            outcome=Outcome.TRAINEE_LEFT,
            debrief=Debrief(
                headline="", checks=(), labels=0, summaries=0, thats_right=False, talk_share=0
            ),
        )
    )
    assert call.trainee.gone


def test_does_not_wait_for_ever_for_the_servers_end() -> None:
    call = _Call()
    call.ticks_until(_leaves)
    assert call.ticks_until(lambda _: call.trainee.gone) == 24
