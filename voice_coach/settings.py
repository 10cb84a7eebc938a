"""One frozen settings tree: defaults, then a TOML file, then `VOICE_COACH_*` variables, then options.

Example file (`voice-coach doctor` prints where it is looked for)::

    [ears]
    model = "base"

    [turns]
    patience_seconds = 0.6

The same by variable: `VOICE_COACH_EARS__MODEL=base`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import platformdirs

from voice_coach.errors import SettingsError

__all__ = [
    "DrillSettings",
    "EarsSettings",
    "Melody",
    "RecordedSettings",
    "ScenarioSettings",
    "ServerSettings",
    "Settings",
    "StoreSettings",
    "TurnSettings",
    "VoiceEngine",
    "VoiceSettings",
    "default_settings_file",
    "load_settings",
    "with_options",
]

_PREFIX = "VOICE_COACH_"


class _Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class VoiceEngine(StrEnum):
    """What speaks."""

    PYTTSX3 = "pyttsx3"
    PIPER = "piper"


class Melody(StrEnum):
    """What judges by its sound whether a turn is over."""

    AUTO = "auto"
    """The network if it is installed, else the fall of the voice."""
    PITCH = "pitch"
    SMART_TURN = "smart-turn"
    NONE = "none"


class EarsSettings(_Section, frozen=True):
    """Speech recognition."""

    model: str = "tiny.en"
    """`tiny.en` or `base` (packaged), any faster-whisper name, or a folder in CTranslate2 form."""
    threads: int = 1
    """CPU threads for one decode."""
    workers: int = 2
    """Decodes that may run at the same time, over one copy of the model."""
    queue_limit: int = 64
    """Waiting jobs, all sessions together; past it partials are refused, never finals."""
    language: str = "en"


class VoiceSettings(_Section, frozen=True):
    """The counterpart's voice."""

    engine: VoiceEngine = VoiceEngine.PYTTSX3
    """`pyttsx3` (plain, always there) or `piper` (natural; installed with the extra `natural`)."""
    voice: str = ""
    """A pyttsx3 voice id; empty takes the driver's English default."""
    piper_model: str = ""
    """The path of an English Piper model, its `.onnx.json` beside it; empty takes the installed one."""
    words_per_minute: int = 165
    """Of a calm delivery; 165 is the natural voice's own pace."""
    timeout_seconds: float = 10.0
    """A sentence that takes longer means that the worker hangs; it is restarted."""


class TurnSettings(_Section, frozen=True):
    """When somebody is speaking, and when their turn is over."""

    speech_threshold: float = 0.5
    """Silero probability at which a window counts as speech."""
    silence_threshold: float = 0.35
    """Probability below which speech has paused."""
    preroll_seconds: float = 0.3
    """Audio kept from before the first voiced window, so that no first word is lost."""
    patience_seconds: float = 0.28
    """Silence that ends the turn when words and melody leave no doubt that it is over."""
    unfinished_patience_seconds: float = 1.2
    """Silence that ends the turn when the sentence is unfinished; in doubt it lies between the two."""
    whole_answer_patience_seconds: float = 0.6
    """In a drill: the longest silence after words that are an answer; a verdict comes soon, and is taken
    back if more is said."""
    longest_silence_seconds: float = 2.0
    """Silence that always ends the turn."""
    melody: Melody = Melody.AUTO
    """What judges a pause by its sound: `pitch` (the fall of the voice; always there), `smart-turn` (a
    network; installed with the extra `turns`), `auto` (the network if it is installed) or `none`."""
    longest_turn_seconds: float = 180.0
    """Speech without a pause that ends a turn all the same."""
    wordless_seconds: float = 8.0
    """Sound that keeps voice activity up but brings no more words ends the turn after this long."""
    take_back_seconds: float = 1.5
    """Speech that goes on within this silence takes the end of the turn back: the reply yields."""
    partial_every_seconds: float = 0.4
    """New speech between two partial transcripts."""
    trainee_silence_seconds: float = 12.0
    """Silence of the trainee after which the counterpart asks."""


class ServerSettings(_Section, frozen=True):
    """The one port."""

    host: str = "127.0.0.1"
    port: int = 8765
    allowed_origins: tuple[str, ...] = ()
    """Origins besides the server's own address that may open the websocket."""
    longest_text_frame_bytes: int = 65_536
    longest_audio_frame_bytes: int = 65_536
    messages_per_second: int = 200
    """Sustained rate of frames of one connection; a burst of five times that is allowed."""
    sessions_limit: int = 64
    refuse_when_busy: bool = True
    """Take no new call that this machine cannot carry beside the others."""
    resume_seconds: float = 60.0
    """How long a session waits for a lost connection to come back."""


class StoreSettings(_Section, frozen=True):
    """Where sessions are kept."""

    folder: str = ""
    """Empty means the platform's data folder for voice_coach."""
    record_audio: bool = True
    keep_days: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Calls with older words, branches too, are deleted for good while the server runs; 0 keeps all."""

    @property
    def path(self) -> Path:
        """The folder that is used."""
        return Path(self.folder) if self.folder else platformdirs.user_data_path("voice_coach")


class RecordedSettings(_Section, frozen=True):
    """Calls made elsewhere that are brought to the page."""

    largest_file_megabytes: int = 2_000
    """A larger file is refused; two hours of uncompressed stereo at 48 kHz are 1,400."""
    waiting_limit: int = 8
    """Files that may wait to be heard; they are heard one after the other."""


class ScenarioSettings(_Section, frozen=True):
    """Scenarios of one's own."""

    folder: str = ""
    """Its `.yaml` files are offered beside those that ship; empty: `scenarios` in the data folder."""

    @property
    def path(self) -> Path:
        """The folder that is used; it need not exist."""
        return (
            Path(self.folder) if self.folder else platformdirs.user_data_path("voice_coach") / "scenarios"
        )


class DrillSettings(_Section, frozen=True):
    """Drills of one's own."""

    folder: str = ""
    """Its `.yaml` files are offered beside those that ship; empty: `drills` in the data folder."""

    @property
    def path(self) -> Path:
        """The folder that is used; it need not exist."""
        return Path(self.folder) if self.folder else platformdirs.user_data_path("voice_coach") / "drills"


class Settings(_Section, frozen=True):
    """All settings."""

    ears: EarsSettings = EarsSettings()
    voice: VoiceSettings = VoiceSettings()
    turns: TurnSettings = TurnSettings()
    server: ServerSettings = ServerSettings()
    store: StoreSettings = StoreSettings()
    scenarios: ScenarioSettings = ScenarioSettings()
    drills: DrillSettings = DrillSettings()
    recorded: RecordedSettings = RecordedSettings()


def default_settings_file() -> Path:
    """Where the settings file is looked for when none is named."""
    return platformdirs.user_config_path("voice_coach") / "settings.toml"


def load_settings(file: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings file (a missing default file is fine) and lay the environment over it.

    Raises:
        SettingsError: A file that is named but missing, TOML that does not parse, an unknown or
            impossible setting. The sentence names the file or variable.
    """
    path = file or default_settings_file()
    tree: dict[str, object] = {}
    try:
        tree = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        if file is not None:
            raise SettingsError(f"There is no settings file at {file}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from None
    settings = _convert(tree, str(path))
    over: dict[str, object] = {}
    for name, value in sorted((environment or os.environ).items()):
        if not name.startswith(_PREFIX) or "__" not in name:
            continue
        section, _, field = name.removeprefix(_PREFIX).lower().partition("__")
        branch = over.setdefault(section, {})
        if isinstance(branch, dict):
            branch[field] = value
        _convert(over, name, strict=False)
    merged = msgspec.to_builtins(settings)
    for section, branch in over.items():
        merged[section].update(branch)
    return _convert(merged, "the environment", strict=False)


def with_options(  # noqa: PLR0913 - one parameter an option
    settings: Settings,
    *,
    port: int | None = None,
    model: str | None = None,
    store: Path | None = None,
    engine: VoiceEngine | None = None,
    melody: Melody | None = None,
) -> Settings:
    """Lay what was said on the command line over the settings; None leaves a setting as it is."""
    over = msgspec.structs.replace
    if port is not None:
        settings = over(settings, server=over(settings.server, port=port))
    if model is not None:
        settings = over(settings, ears=over(settings.ears, model=model))
    if store is not None:
        settings = over(settings, store=over(settings.store, folder=str(store)))
    if engine is not None:
        settings = over(settings, voice=over(settings.voice, engine=engine))
    if melody is not None:
        settings = over(settings, turns=over(settings.turns, melody=melody))
    return settings


def _convert(tree: Mapping[str, object], where: str, *, strict: bool = True) -> Settings:
    try:
        return msgspec.convert(tree, Settings, strict=strict)
    except msgspec.ValidationError as error:
        if "`$.voice.engine`" in str(error):
            engines = " or ".join(VoiceEngine)
            raise SettingsError(
                f"{where} asks for a voice engine that does not exist; choose {engines}."
            ) from None
        raise SettingsError(f"{where} has a setting that cannot be used: {error}.") from None
