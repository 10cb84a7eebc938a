"""A recogniser elsewhere, as a `BatchTranscriber` here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from voice_coach.conversation.events import Word
from voice_coach.errors import AudioError, ModelError
from voice_coach.speech.audio import checked
from voice_coach.speech.transcriber import Audio, Transcript
from voice_coach_cluster.asking import Caller, NoAnswerError, Patience, ask_until_answered
from voice_coach_cluster.wire import (
    Answer,
    Failed,
    Hear,
    Heard,
    Request,
    Stamp,
    Timed,
    TimeWords,
)

__all__ = ["RemoteTranscriber"]

_BATCH_LIMIT: Final = 2
"""As on one machine. Partials of several fronts are put together by the recogniser itself."""


class RemoteTranscriber:
    """Asks any recogniser of the cluster; when that one dies, another."""

    def __init__(self, caller: Caller, *, model: str, patience: Patience | None = None) -> None:
        """Ask nothing yet.

        Args:
            caller: Reaches the recognisers.
            model: The model that they must have loaded.
            patience: How long, and how often, is asked.
        """
        self._caller = caller
        self._stamp = Stamp(model=model)
        self._patience = patience or Patience()

    @property
    def name(self) -> str:
        """The model's name."""
        return self._stamp.model

    @property
    def batch_limit(self) -> int:
        """The most clips that are worth decoding together."""
        return _BATCH_LIMIT

    def transcribe(
        self,
        audio: Audio,
        *,
        final: bool,
        prefix: str = "",
        words: Sequence[str] = (),
        word_times: bool = False,
    ) -> Transcript:
        """Have up to 30 s of audio recognised; see `Transcriber`.

        Raises:
            AudioError: Audio of another shape, type or length, or not finite.
            ModelError: The recogniser failed, none answered, or all are of another version
                (`version-skew`).
        """
        request = Hear(
            clips=(_sent(audio),),
            final=final,
            prefix=prefix,
            words=tuple(words),
            word_times=word_times,
        )
        (transcript,) = self._heard(request, 1)
        return transcript

    def transcribe_batch(
        self, clips: Sequence[Audio], *, final: bool, word_times: bool = False
    ) -> list[Transcript]:
        """Have several clips recognised by one recogniser; raises as `transcribe`."""
        if not clips:
            return []
        sent = tuple(_sent(audio) for audio in clips)
        return self._heard(Hear(clips=sent, final=final, word_times=word_times), len(clips))

    def time_words(self, audio: Audio, text: str) -> tuple[Word, ...]:
        """Have the words of a known text timed; raises as `transcribe`."""
        answer = self._ask(TimeWords(clip=_sent(audio), text=text))
        if not isinstance(answer, Timed):
            raise _senseless(answer)
        return answer.words

    def _heard(self, request: Hear, clips: int) -> list[Transcript]:
        answer = self._ask(request)
        if not isinstance(answer, Heard) or len(answer.transcripts) != clips:
            raise _senseless(answer)
        return list(answer.transcripts)

    def _ask(self, request: Request) -> Answer:
        try:
            answer = ask_until_answered(self._caller, self._stamp, request, patience=self._patience)
        except NoAnswerError as error:
            code = "version-skew" if error.skew else None
            raise ModelError(str(error), code=code) from error
        if isinstance(answer, Failed):
            raise (AudioError if answer.of_audio else ModelError)(answer.sentence)
        return answer


def _sent(audio: Audio) -> bytes:
    return checked(audio).astype("<f4", copy=False).tobytes()


def _senseless(answer: Answer) -> ModelError:
    return ModelError(
        f"A recogniser of the cluster answered with {type(answer).__name__}, which does not fit the "
        f"request; install one version on all nodes."
    )
