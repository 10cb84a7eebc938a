"""`--voice plain|natural`: the engines by what a person hears, for every command that speaks."""

from __future__ import annotations

import click

from voice_coach.settings import VoiceEngine

__all__ = ["voice_option"]

_BY_SOUND = {"plain": VoiceEngine.PYTTSX3, "natural": VoiceEngine.PIPER}


def _engine(
    _context: click.Context, _parameter: click.Parameter, sound: str | None
) -> VoiceEngine | None:
    return None if sound is None else _BY_SOUND[sound]


voice_option = click.option(
    "--voice",
    type=click.Choice(list(_BY_SOUND)),
    callback=_engine,
    help="The counterpart's voice; natural needs the extra of that name.",
)
"""Hands over a `VoiceEngine`, or None when nothing is said."""
