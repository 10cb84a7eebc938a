"""Sound over the partner's voice: what it is taken for, and whether it means to take the floor."""

from __future__ import annotations

from voice_coach.conversation.babble import is_babble
from voice_coach.conversation.events import OverlapSound
from voice_coach.conversation.turns import is_taking_the_floor
from voice_coach.conversation.utterance import Utterance

__all__ = ["FIRST_LOOK_SAMPLES", "LOOK_BACK_SAMPLES", "Overlap"]

FIRST_LOOK_SAMPLES = 1024
"""Sound before the first judgement of what is heard over the counterpart: all there is by then."""
LOOK_BACK_SAMPLES = 5120
"""Sound that a judgement is about: what was heard before that may have been something else."""
_LOOK_SAMPLES = 512
"""Sound between two judgements: each window of voice activity, since every one of them is waited for."""
_ECHO_LOOK_SAMPLES = 1024
"""The same in an echo, which may last for the whole reply."""
_GUESS_SECONDS = 0.9
"""Words made of less speech than this are a guess: of "mm-hm" Whisper makes whole sentences."""


class Overlap:
    """What one stretch of sound over a reply has been taken for so far."""

    def __init__(self) -> None:
        """Begin with sound that nobody has judged."""
        self.sound: OverlapSound | None = None
        """What it was last judged to be; speech stays speech."""
        self.doubted = False
        """The recogniser itself doubts the last final transcript."""
        self._speech_in_echo = False
        """An echo was last judged to be speech, which nothing has confirmed yet."""

    def weigh(self, sound: OverlapSound) -> int | None:
        """Take a judgement: None when it is speech, else the samples until the next one is wanted.

        In an echo it must sound like speech twice: it has moments that do not resemble what was played.
        """
        speech = sound is OverlapSound.SPEECH
        if speech and self.sound is OverlapSound.ECHO and not self._speech_in_echo:
            self._speech_in_echo = True
            return _LOOK_SAMPLES
        self.sound, self._speech_in_echo = sound, False
        if speech:
            return None
        return _ECHO_LOOK_SAMPLES if sound is OverlapSound.ECHO else _LOOK_SAMPLES

    def takes_the_floor(self, utterance: Utterance, reply: str) -> bool:
        """Say whether the words so far are meant to stop the reply, whose text is `reply`.

        A transcript of its first half second is a guess, and what did not sound like speech is believed
        at its end only; an echo never, since its words are the counterpart's, misheard. Nor is a short
        sound believed at its end that the recogniser could make words of at the second try only.
        """
        understood = utterance.is_understood
        guessed = self.doubted and utterance.spoken_seconds < _GUESS_SECONDS
        sounds_like_speech = self.sound in (OverlapSound.SPEECH, None)
        counts = understood or (sounds_like_speech and utterance.heard_seconds >= _GUESS_SECONDS)
        taking = (
            counts
            and is_taking_the_floor(utterance.text, reply, final=understood)
            and not (is_babble(utterance.text) or (understood and guessed))
        )
        return taking and self.sound is not OverlapSound.ECHO
