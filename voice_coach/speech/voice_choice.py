"""Which of an engine's voices speaks: the one that is asked for, or a good English one."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from typing import Any

from voice_coach.errors import VoiceError

__all__ = ["choose_voice"]

_PREFERRED = ("gmw/en-us", "gmw/en", "gmw/en-gb-x-rp")
"""eSpeak NG's, best first: the order in which a recogniser misheard the fewest words of twelve sentences
over all deliveries. The male variants came out level with these, the female ones far worse."""

_NAMED_IN_ERRORS = 5


def choose_voice(
    engine: Any,  # noqa: ANN401 - a pyttsx3 engine, and pyttsx3 ships no types
    wanted: str,
    take_error: Callable[[], Exception | None],
) -> str:
    """Set the voice and give the id of the one that will really speak.

    Args:
        engine: A pyttsx3 engine that sets properties at once.
        wanted: An id, on eSpeak also with a variant such as `gmw/en-us+f3`; empty for the default.
        take_error: Gives the error that the engine swallowed while setting it, if any.

    Raises:
        VoiceError: There is no such voice, or no English one to take by default.
    """
    voices = engine.getProperty("voices")
    identifiers = [voice.id for voice in voices]
    english = [voice.id for voice in voices if _is_english(voice.languages or ())]
    if not wanted:
        return _set(engine, _default(str(engine.getProperty("voice")), identifiers, english))
    spoken = _set(engine, wanted)
    if take_error() is not None or not _is_meant(wanted, spoken, identifiers):
        near = difflib.get_close_matches(wanted, identifiers, n=2)
        named = ", ".join(dict.fromkeys([*near, *english, *identifiers][:_NAMED_IN_ERRORS]))
        raise VoiceError(
            f"There is no voice {wanted!r} on this machine; set `voice` to one of its "
            f"{len(identifiers)} voices, such as {named}, or leave it empty."
        )
    return spoken


def _set(engine: Any, voice: str) -> str:  # noqa: ANN401 - see choose_voice
    engine.setProperty("voice", voice)
    return str(engine.getProperty("voice"))


def _default(current: str, identifiers: Sequence[str], english: Sequence[str]) -> str:
    """Take eSpeak's best, else the system's choice if it is English, else the first English voice."""
    candidates = [*(voice for voice in _PREFERRED if voice in identifiers), *english]
    if current in english and candidates[0] not in _PREFERRED:
        return current
    if not candidates:
        raise VoiceError("This machine has a voice engine but no English voice; install one.")
    return candidates[0]


def _is_english(languages: Sequence[str | bytes]) -> bool:
    names = [name.decode("ascii", "ignore") if isinstance(name, bytes) else name for name in languages]
    # Older eSpeak drivers put a priority byte before the name.
    return any(name.lstrip("\x00\x01\x02\x03\x04\x05").casefold().startswith("en") for name in names)


def _is_meant(wanted: str, spoken: str, identifiers: Sequence[str]) -> bool:
    """Whether the engine really took it: unknown voices and variants pass without a word on some.

    eSpeak also takes a language for a voice (`en-us` is `gmw/en-us`), and lowers the case.
    """
    wanted, spoken = wanted.casefold(), spoken.casefold()
    if wanted in {identifier.casefold() for identifier in identifiers}:
        return spoken == wanted
    base, _, variant = wanted.partition("+")
    return spoken.endswith(f"/{base.rpartition('/')[2]}" + (f"+{variant}" if variant else ""))
