"""Builds the real engines from the settings, with progress for a person who waits."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

from voice_coach.settings import Settings
from voice_coach_server.engines import Engines
from voice_coach_server.heap import use_few_arenas

__all__ = ["open_engines"]


@contextmanager
def open_engines(settings: Settings) -> Iterator[Engines]:
    """Load model, voice activity, voice and rules side by side; release them at the end.

    Raises:
        ModelError: The speech model, or the network that judges pauses, cannot be loaded.
        VoiceError: No voice can speak on this machine, or the one that is asked for is not installed.
        ScenarioError: A rule file is wrong.
    """
    # Heavy imports belong to the engines: `voice-coach --help` must not pay for them.
    from voice_coach.moves.recognizer import load_recognizer  # noqa: PLC0415
    from voice_coach.speech.silero import SileroActivity  # noqa: PLC0415
    from voice_coach.speech.turn_melodies import open_melody  # noqa: PLC0415
    from voice_coach.speech.voice_engines import open_voice  # noqa: PLC0415
    from voice_coach.speech.whisper import open_whisper  # noqa: PLC0415

    use_few_arenas()
    with closing(open_voice(settings.voice)) as voice, ThreadPoolExecutor(5) as pool:
        warmed = pool.submit(voice.warm_up)
        recognizer = pool.submit(load_recognizer)
        activity = pool.submit(SileroActivity)
        melody = pool.submit(open_melody, settings.turns.melody)
        transcriber = open_whisper(settings.ears)
        warmed.result()
        pool.shutdown()
        yield Engines(
            transcriber=transcriber,
            voice_activity=activity.result(),
            voice=voice,
            recognizer=recognizer.result(),
            melody=melody.result(),
            reopen_transcriber=lambda: open_whisper(settings.ears),
        )
