"""A microphone in a page that says a line when the test wants it: an answer must come after its question.

A microphone that plays a file runs by its own clock, from when the page opened it. This one is a track
that the page's own audio makes; all that comes after it is the page as people use it.
"""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
from playwright.sync_api import BrowserContext, Page
from spoken import spoken

from voice_coach.speech.transcriber import SAMPLE_RATE_HZ

__all__ = ["plug_in", "say"]

_MICROPHONE = Path(__file__).with_name("spoken_microphone.js")


def plug_in(context: BrowserContext) -> None:
    """Let every page of a browser have it; before the page is opened."""
    context.add_init_script(path=_MICROPHONE)


def say(page: Page, text: str) -> None:
    """Say one sentence into it, and come back when it was said."""
    pcm = (np.clip(spoken(text), -1, 1) * 32767).astype("<i2").tobytes()
    page.evaluate(
        "([pcm, rateHz]) => speakIntoMicrophone(pcm, rateHz)",
        [base64.b64encode(pcm).decode(), SAMPLE_RATE_HZ],
    )
