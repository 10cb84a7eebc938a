import numpy as np
import pytest

from voice_coach.coaching.turn import Speaker, Turn
from voice_coach.conversation.commands import Transcribe
from voice_coach.conversation.events import Word
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, Audio, ScriptedTranscriber, Transcript
from voice_coach_server.word_timing import WordTiming
from voice_coach_server.workers import Job


class Queue:
    """Times the words at once."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    def submit(self, job: Job) -> None:
        self.jobs.append(job)
        assert job.said is not None
        words = ScriptedTranscriber([]).time_words(job.audio, job.said)
        job.done(Transcript(text=job.said, words=words))


class Timing:
    def __init__(self, kept_from: int = 0) -> None:
        self.queue = Queue()
        self.found: list[tuple[int, tuple[Word, ...]]] = []
        self._kept_from = kept_from
        self.timing = WordTiming(
            session="a",
            queue=self.queue,  # type: ignore[arg-type]
            audio=self._audio,
            done=lambda utterance, words: self.found.append((utterance, words)),
        )

    def _audio(self, from_sample: int, to_sample: int) -> Audio:
        return np.zeros(to_sample - max(from_sample, self._kept_from), np.float32)

    def heard(self, start: float, end: float, text: str, *, utterance: int = 1) -> None:
        command = Transcribe(
            job=len(text),
            utterance=utterance,
            from_sample=round(start * SAMPLE_RATE_HZ),
            to_sample=round(end * SAMPLE_RATE_HZ),
            final=True,
        )
        self.timing.heard(command, text)

    def settled(self, start: float, end: float, text: str, *, utterance: int = 1) -> None:
        turn = Turn(index=0, speaker=Speaker.TRAINEE, text=text, start_seconds=start, end_seconds=end)
        self.timing.settled(utterance, turn)

    @property
    def said(self) -> list[str | None]:
        return [job.said for job in self.queue.jobs]


def test_the_words_that_were_settled_are_timed_in_the_trainees_stream() -> None:
    calls = Timing()
    calls.heard(1.7, 4.0, "Nobody calls")
    calls.settled(2.0, 4.0, "Nobody called")
    ((utterance, words),) = calls.found
    assert utterance == 1
    assert [word.text for word in words] == ["Nobody", "called"]
    assert words[0].start_sample == round(1.7 * SAMPLE_RATE_HZ)
    assert words[-1].end_sample == 4 * SAMPLE_RATE_HZ


def test_of_a_piece_heard_twice_the_last_counts() -> None:
    calls = Timing()
    calls.heard(1.7, 3.0, "Nobody")
    calls.heard(1.7, 4.0, "Nobody called me")
    calls.settled(2.0, 4.0, "Nobody called me")
    assert calls.said == ["Nobody called me"]


def test_each_piece_of_a_long_turn_has_its_own_words() -> None:
    calls = Timing()
    calls.heard(1.7, 24.0, "The first half")
    calls.heard(24.0, 30.0, "and the rest")
    calls.settled(2.0, 30.0, "The first half and the rest")
    assert calls.said == ["The first half", "and the rest"]


def test_a_turn_that_was_taken_back_is_timed_whole() -> None:
    calls = Timing()
    calls.heard(1.7, 4.0, "It seems", utterance=1)
    calls.settled(2.0, 4.0, "It seems", utterance=1)
    calls.heard(4.5, 6.0, "like a lot", utterance=2)
    calls.settled(2.0, 6.0, "It seems like a lot", utterance=1)
    assert calls.said == ["It seems", "It seems", "like a lot"]
    assert [utterance for utterance, _ in calls.found] == [1, 1, 1]


def test_an_earlier_turn_is_not_timed_again() -> None:
    calls = Timing()
    calls.heard(1.7, 4.0, "One", utterance=1)
    calls.settled(2.0, 4.0, "One", utterance=1)
    calls.heard(8.7, 10.0, "Two", utterance=2)
    calls.settled(9.0, 10.0, "Two", utterance=2)
    assert calls.said == ["One", "Two"]


@pytest.mark.parametrize("text", ["", "Nobody called"])
def test_what_is_not_kept_or_has_no_words_is_not_timed(text: str) -> None:
    calls = Timing(kept_from=3 * SAMPLE_RATE_HZ if text else 0)
    calls.heard(1.7, 4.0, text)
    calls.settled(2.0, 4.0, text)
    assert calls.queue.jobs == []
