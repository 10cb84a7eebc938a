"""One error tree. Each error has a stable code, and a sentence that says what, where and what to do.

Codes are part of the wire and of `--json` output: they never change meaning. Errors of the other
side (a malformed message, a bad file) and errors of ours (an engine died) are different classes.
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "AudioError",
    "EngineError",
    "IllegalEventError",
    "InputError",
    "JournalError",
    "ModelError",
    "ProtocolError",
    "ScenarioError",
    "SettingsError",
    "StoreError",
    "VoiceCoachError",
    "VoiceError",
]


class VoiceCoachError(Exception):
    """Anything voice_coach can say went wrong. `str(error)` is one clear sentence for a person."""

    code: ClassVar[str] = "error"

    def __init__(self, sentence: str, *, code: str | None = None) -> None:
        """Keep the sentence; `code` overrides the class's code where one class has several."""
        super().__init__(sentence)
        self.stable_code = code or self.code


class InputError(VoiceCoachError):
    """What a person, a file or a peer gave us cannot be used."""

    code = "bad-input"


class ProtocolError(InputError):
    """A message on the wire is malformed, out of order or unknown."""

    code = "bad-message"


class AudioError(InputError):
    """Audio that cannot be used: odd length, out of order, unreadable file."""

    code = "bad-audio"


class ScenarioError(InputError):
    """A scenario or rule file is missing or wrong; the sentence names file and line."""

    code = "bad-scenario"


class SettingsError(InputError):
    """A setting is unknown or has an impossible value."""

    code = "bad-setting"


class JournalError(InputError):
    """A journal cannot be read: wrong kind of file, newer version, damaged inside."""

    code = "bad-journal"


class StoreError(VoiceCoachError):
    """The folder or the index that keeps sessions cannot be used."""

    code = "store"


class EngineError(VoiceCoachError):
    """One of our engines failed; the session goes on without it or after its restart."""

    code = "engine"


class ModelError(EngineError):
    """The speech model is missing, damaged or cannot be loaded."""

    code = "model"


class VoiceError(EngineError):
    """No voice can speak on this machine, or it failed twice for one sentence."""

    code = "voice"


class IllegalEventError(VoiceCoachError):
    """The session core got an event that its state does not allow: a bug, and both are named."""

    code = "illegal-event"
