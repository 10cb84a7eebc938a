"""One utterance of the trainee while it grows: its pieces, their transcripts, and how it began.

Whisper hears at most 30 s at once, so a long utterance is cut into pieces, at pauses where it can
be. All pieces but the last are sealed: their audio is complete. The words of an utterance are the
words of its pieces in order, however late a piece's transcript arrives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from voice_coach.conversation.commands import AwaitSample, Command, DropTranscription, Transcribe
from voice_coach.conversation.events import TranscriptDropped, TranscriptFinal, TranscriptPartial
from voice_coach.conversation.partials import SteadyText
from voice_coach.settings import TurnSettings

__all__ = ["SAMPLE_RATE_HZ", "Utterance"]

SAMPLE_RATE_HZ = 16_000

_SEAL_SECONDS = 6.0
"""A pause after this much speech closes the piece: it need not be decoded again."""
_DECAY_SAMPLES = 3 * 512
"""Heard after the last voiced window before the pause is noticed: a last consonant rings on in it."""
_CUT_SECONDS = 24.0
"""A piece without a pause is cut here; Whisper hears at most 30 s."""


@dataclass(slots=True, kw_only=True)
class _Piece:
    """A range of audio of one utterance."""

    from_sample: int
    to_sample: int | None = None
    """None while the piece is open and speech goes on."""
    steady: SteadyText = field(default_factory=SteadyText)
    tentative: str = ""
    partial_job: int | None = None
    final_job: int | None = None
    final_text: str | None = None
    """None until the final transcript of `from_sample..to_sample` has come."""
    quiet_samples: int = 0
    """Of its end: the sound that rang on after its last speech."""
    retried: bool = False

    @property
    def text(self) -> str:
        """The best words known so far."""
        return self.steady.settled + self.tentative if self.final_text is None else self.final_text

    def reopen(self) -> None:
        """Its end was none: its audio goes on, and its final transcript is not wanted any more."""
        self.final_text = self.final_job = self.to_sample = None


class Utterance:
    """What the trainee is saying. Its methods give the commands that keep it understood."""

    def __init__(
        self, *, number: int, speech_sample: int, jobs: Iterator[int], settings: TurnSettings
    ) -> None:
        """Begin at the first voiced sample; the audio is taken from a little before it.

        Args:
            number: Unique in the session, growing.
            speech_sample: First voiced sample.
            jobs: Where numbers for transcription jobs come from; shared by all utterances.
            settings: The preroll, and how often a partial is wanted.
        """
        self.number = number
        self.speech_from_sample = speech_sample
        self.speech_to_sample = speech_sample
        """Where the last pause began: the true end of speech once the turn is over."""
        self.interrupting = False
        """It began over the counterpart's voice and stopped it."""
        self.stepped_on_silence = False
        """It began in a silence that the counterpart was about to fill."""
        self.broken_off = False
        """It was ended while sound still came: voice activity has to notice its next speech afresh."""
        self.resumed_sample = speech_sample
        """Where its speech began, or last began again."""
        self.reached_sample = speech_sample
        """How far its sound has been followed."""
        self._jobs = jobs
        self._settings = settings
        self._heard_to_sample = speech_sample
        """End of the newest partial transcript."""
        self._worded_to_sample = speech_sample
        """End of the newest partial transcript that had more words than all before it."""
        self._most_words = 0
        self._step_samples = round(settings.partial_every_seconds * SAMPLE_RATE_HZ)
        preroll_samples = round(settings.preroll_seconds * SAMPLE_RATE_HZ)
        self._pieces = [_Piece(from_sample=max(0, speech_sample - preroll_samples))]

    # ------------------------------------------------------------ what is known

    @property
    def text(self) -> str:
        """All words known so far."""
        return _join(piece.text for piece in self._pieces)

    @property
    def settled(self) -> str:
        """The beginning of `text` that will not change again."""
        *sealed, last = self._pieces
        texts = [piece.final_text or piece.steady.settled for piece in sealed]
        return _join([*texts, last.steady.settled])

    @property
    def from_sample(self) -> int:
        """Where its sound begins, a little before the first voiced sample."""
        return self._pieces[0].from_sample

    @property
    def heard_seconds(self) -> float:
        """Length of its speech, since it last began, that the newest partial transcript covers."""
        return (self._heard_to_sample - self.resumed_sample) / SAMPLE_RATE_HZ

    @property
    def heard_to_sample(self) -> int:
        """Of a pause: how far its sound was heard when it was noticed, what rang on included."""
        return self.speech_to_sample + _DECAY_SAMPLES

    @property
    def spoken_seconds(self) -> float:
        """Length of its speech up to its last pause, earlier pauses included."""
        return (self.speech_to_sample - self.speech_from_sample) / SAMPLE_RATE_HZ

    @property
    def is_paused(self) -> bool:
        """Nobody is speaking at the moment."""
        return self._pieces[-1].to_sample is not None

    @property
    def is_understood(self) -> bool:
        """Every piece has its final transcript."""
        return all(piece.final_text is not None for piece in self._pieces)

    # ------------------------------------------------------------ what happens to it

    def await_partial(self, sample: int) -> AwaitSample:
        """Ask to be woken for the next partial transcript."""
        return AwaitSample(timer="partial", sample=sample + self._step_samples)

    def grow(self, sample: int) -> list[Command]:
        """Speech goes on up to this sample: ask for a partial transcript, or cut a long piece."""
        piece = self._pieces[-1]
        self.reached_sample = sample
        if sample - piece.from_sample >= _CUT_SECONDS * SAMPLE_RATE_HZ:
            commands: list[Command] = [self._final(piece, sample)]
            self._pieces.append(_Piece(from_sample=sample))
        else:
            job = self._transcribe(piece, sample, final=False)
            piece.partial_job = job.job
            commands = [job]
        return [*commands, self.await_partial(sample)]

    def pause(self, sample: int) -> Transcribe:
        """Speech paused: ask for the final transcript, which may turn out to be premature."""
        self.speech_to_sample = sample
        return self._final(self._pieces[-1], self.heard_to_sample, quiet_samples=_DECAY_SAMPLES)

    def resume(self, sample: int) -> list[Command]:
        """Speech goes on after a pause: seal what is long, else decode it all again with the rest.

        A sealed piece keeps its final transcript, come or still on its way; so the work after the last
        pause stays small however long somebody speaks.
        """
        piece = self._pieces[-1]
        self.resumed_sample = sample
        # A pause has no words of its own: what is heard from here on starts a new count.
        self._heard_to_sample = self._worded_to_sample = sample
        commands: list[Command] = []
        if self._is_sealed:
            self._pieces.append(_Piece(from_sample=self.speech_to_sample))
        else:
            commands.append(DropTranscription(utterance=self.number, job=piece.final_job))
            piece.reopen()
        return [*commands, self.await_partial(sample)]

    def go_on_from(self, before: Utterance) -> None:
        """This is the rest of an utterance that was taken for over: put its words in front.

        If it has not paused yet, a short piece before it is heard again together with it, as after any
        pause: half a sentence alone is heard worse. None of its own words was on the screen yet.
        """
        has_paused = self.is_paused or self.resumed_sample > self.speech_from_sample
        self.number = before.number
        self.speech_from_sample = before.speech_from_sample
        self.interrupting = before.interrupting
        self.stepped_on_silence = before.stepped_on_silence
        if has_paused or len(self._pieces) > 1 or before._is_sealed:
            self._pieces[:0] = before._pieces
            return
        (own,) = self._pieces
        joined = before._pieces[-1]
        joined.reopen()
        joined.tentative += f" {own.text}"
        self._pieces = before._pieces

    def goes_nowhere(self, sample: int) -> bool:
        """Sound that goes on up to this sample holds the floor too long, or without words for too long.

        Words are missed only where a transcript was made: a machine too slow for partials has heard
        nothing, which says nothing about the speaker.
        """
        spoken = (sample - self.speech_from_sample) / SAMPLE_RATE_HZ
        wordless = (self._heard_to_sample - self._worded_to_sample) / SAMPLE_RATE_HZ
        return spoken > self._settings.longest_turn_seconds or wordless > self._settings.wordless_seconds

    def break_off(self, sample: int) -> list[Command]:
        """Its sound is followed no further than this sample: ask for the final transcript."""
        piece = self._pieces[-1]
        if piece.to_sample is not None:
            return []
        self.broken_off = True
        self.speech_to_sample = max(sample, piece.from_sample + self._step_samples)
        return [self._final(piece, self.speech_to_sample)]

    def hear_partial(self, event: TranscriptPartial) -> bool:
        """Take a partial transcript; False when it is not wanted any more."""
        piece = next((p for p in self._pieces if p.partial_job == event.job), None)
        if piece is None or piece.final_text is not None:
            return False
        _, piece.tentative = piece.steady.update(event.text, event.sureness)
        self._heard_to_sample = max(self._heard_to_sample, event.end_sample)
        words = len(self.text.split())
        if words > self._most_words:
            self._most_words, self._worded_to_sample = words, self._heard_to_sample
        return True

    def hear_final(self, event: TranscriptFinal) -> bool:
        """Take a final transcript; False when it is not wanted any more."""
        piece = self._piece_of_final(event.job)
        if piece is not None:
            piece.final_text = piece.steady.complete(event.text)
            piece.tentative = piece.final_text.removeprefix(piece.steady.settled)
        return piece is not None

    def lose(self, event: TranscriptDropped) -> list[Command] | None:
        """A transcription was not done. A final is tried once more, then its partial words must do.

        Returns:
            The commands of the second try; empty when the words must do; None when nobody waits.
        """
        piece = self._piece_of_final(event.job)
        if piece is None:
            return None
        if not piece.retried and piece.to_sample is not None:
            piece.retried = True
            return [self._final(piece, piece.to_sample, quiet_samples=piece.quiet_samples)]
        piece.final_text = piece.text
        return []

    def take_as_heard(self) -> None:
        """Wait no longer for final transcripts: the words known so far are the words."""
        for piece in self._pieces:
            piece.final_text = piece.text

    # ------------------------------------------------------------ transcription jobs

    @property
    def _is_sealed(self) -> bool:
        """In a pause: its last piece is long enough to be left as it is when speech goes on."""
        spoken_samples = self.speech_to_sample - self._pieces[-1].from_sample
        return spoken_samples > _SEAL_SECONDS * SAMPLE_RATE_HZ

    def _piece_of_final(self, job: int) -> _Piece | None:
        return next((p for p in self._pieces if p.final_job == job and p.final_text is None), None)

    def _final(self, piece: _Piece, to_sample: int, *, quiet_samples: int = 0) -> Transcribe:
        command = self._transcribe(piece, to_sample, final=True, quiet_samples=quiet_samples)
        piece.to_sample, piece.final_text, piece.final_job = to_sample, None, command.job
        piece.quiet_samples = quiet_samples
        return command

    def _transcribe(
        self, piece: _Piece, to_sample: int, *, final: bool, quiet_samples: int = 0
    ) -> Transcribe:
        return Transcribe(
            job=next(self._jobs),
            utterance=self.number,
            from_sample=piece.from_sample,
            to_sample=to_sample,
            final=final,
            quiet_samples=quiet_samples,
        )


def _join(texts: Iterator[str] | list[str]) -> str:
    return " ".join(stripped for text in texts if (stripped := text.strip()))
