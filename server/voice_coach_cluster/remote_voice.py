"""A voice elsewhere, as a `Voice` here."""

from __future__ import annotations

from voice_coach.counterpart.reply import Delivery
from voice_coach.counterpart.voice_style import VoiceStyle
from voice_coach.errors import VoiceError
from voice_coach.settings import VoiceEngine
from voice_coach.speech.breaths import breaths
from voice_coach.speech.sentence import speakable
from voice_coach.speech.voice import USUAL_STYLE, Spoken
from voice_coach_cluster.asking import Caller, NoAnswerError, Patience, ask_until_answered
from voice_coach_cluster.wire import Answer, Failed, Named, NameYourself, Request, Say, Sound, Stamp

__all__ = ["RemoteVoice"]


class RemoteVoice:
    """Asks any voice of the cluster; when that one dies, another."""

    def __init__(self, caller: Caller, *, engine: VoiceEngine, patience: Patience | None = None) -> None:
        """Ask for the voice's name.

        Raises:
            VoiceError: No voice answers, or all are of another version (`version-skew`).
        """
        self._caller = caller
        self._engine = engine
        self._stamp = Stamp(model=engine.value)
        self._patience = patience or Patience()
        self._closed = False
        answer = self._ask(NameYourself())
        if not isinstance(answer, Named):
            raise _senseless(answer)
        self._name = answer.name

    @property
    def name(self) -> str:
        """As the voice calls itself, such as `pyttsx3/espeak`."""
        return self._name

    def parts(self, sentence: str) -> tuple[str, ...]:
        """Cut where this engine's own voice would; nobody is asked for it."""
        return breaths(sentence) if self._engine is VoiceEngine.PIPER else (sentence,)

    def speak(self, sentence: str, delivery: Delivery, style: VoiceStyle = USUAL_STYLE) -> Spoken:
        """Have one sentence, or a part of one, spoken; see `Voice`.

        Raises:
            VoiceError: There is nothing to say or too much, no voice could, or this one is closed.
        """
        if self._closed:
            raise VoiceError("The voice is closed, so it cannot speak any more.")
        speakable(sentence)
        answer = self._ask(Say(sentence=sentence, delivery=delivery, style=style))
        if not isinstance(answer, Sound):
            raise _senseless(answer)
        return Spoken(pcm=answer.pcm, sample_rate_hz=answer.sample_rate_hz)

    def close(self) -> None:
        """Ask nothing more. The voices themselves belong to the cluster."""
        self._closed = True

    def _ask(self, request: Request) -> Answer:
        try:
            answer = ask_until_answered(self._caller, self._stamp, request, patience=self._patience)
        except NoAnswerError as error:
            code = "version-skew" if error.skew else None
            raise VoiceError(str(error), code=code) from error
        if isinstance(answer, Failed):
            raise VoiceError(answer.sentence)
        return answer


def _senseless(answer: Answer) -> VoiceError:
    return VoiceError(
        f"A voice of the cluster answered with {type(answer).__name__}, which does not fit the "
        "request; install one version on all nodes."
    )
