"""The live loop with the real model and voice activity: when words settle, and that they stay."""

from itertools import pairwise

import numpy as np
from spoken import silence, spoken

from voice_coach.settings import TurnSettings
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach_benchmarks.live_ear import Clip, Heard, LiveEar
from voice_coach_server.engines import Engines


def hear(engines: Engines, *sentences: str, gap_seconds: float) -> Heard:
    parts = [silence(0.5)]
    for sentence in sentences:
        parts += [spoken(sentence), silence(gap_seconds)]
    audio = np.concatenate([*parts, silence(2.0)])
    text, end_seconds = " ".join(sentences), len(audio) / SAMPLE_RATE_HZ
    clip = Clip(name="spoken", audio=audio, text=text, end_seconds=end_seconds, speaker="")
    return LiveEar(engines.transcriber, engines.voice_activity, TurnSettings()).hear(clip, partials=True)


def test_plain_speech_is_settled_as_soon_as_its_final_is_there(real_engines: Engines) -> None:
    heard = hear(real_engines, "It sounds like you were left alone with this.", gap_seconds=0.0)
    at, settled, text = heard.shown[-1]
    assert settled == text == heard.final
    assert at == heard.pauses[-1].known


def test_a_sentence_that_goes_on_after_a_pause_keeps_what_was_settled(real_engines: Engines) -> None:
    heard = hear(real_engines, "You were left alone with this.", "And nobody told you.", gap_seconds=0.4)
    assert len(heard.pauses) >= 2
    for (_, settled, _), (_, later, text) in pairwise(heard.shown):
        assert later.startswith(settled)
        assert text.startswith(later)
    assert heard.final.startswith(heard.shown[-1][1])
