"""`voice-coach devices`: the microphones and speakers of this machine, and a sound check with them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import closing

import click
import msgspec
from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from voice_coach.counterpart.reply import Delivery
from voice_coach.settings import load_settings
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach.speech.voice import Spoken
from voice_coach.speech.voice_engines import open_voice
from voice_coach_client.headset import Device, Headset, HeadsetOptions
from voice_coach_client.headset.portaudio import libraries_silenced, present_devices
from voice_coach_client.headset.recording import listen, play_and_listen
from voice_coach_client.headset.sound_check import Heard, SoundCheck, check_speech, echo
from voice_coach_client.resampling import resample

__all__ = ["CheckResult", "EchoCheck", "command"]

_LISTEN_SECONDS = 3.0
_SENTENCE = "If you can hear this sentence, your speaker works."
_ECHO = 0.2
"""Likeness of what was played and what was heard from which on the counterpart would answer itself.
Unrelated sound stays below 0.1; a loudspeaker in the room gives 0.3 and more."""
_BAR_COLUMNS = 40
_ADVICE = {
    Heard.NOTHING: "Nothing was heard: is it muted, or another microphone meant (--input NAME)?",
    Heard.TOO_QUIET: "Too quiet: come closer, or turn it up in the system's sound settings.",
    Heard.CLIPPING: "Too loud, it clips: turn it down in the system's sound settings.",
    Heard.WELL: "You are heard well.",
}


class EchoCheck(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the microphone hears the speaker."""

    likeness: float
    """0 (nothing of what was played was heard) to 1 (nothing but it)."""
    heard: bool


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a sound check found; as JSON it is what `voice-coach devices test --json` prints."""

    input: str
    output: str
    speech: SoundCheck
    echo: EchoCheck


@click.group("devices", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON array of all devices.")
@click.pass_context
def command(context: click.Context, *, as_json: bool) -> None:
    """List microphones and speakers, or test them.

    The browser chooses its devices itself; this is for rehearse and drill in the terminal.

    \b
    Examples:
      voice-coach devices
      voice-coach devices test --input jabra --output jabra
    """  # noqa: D301 - click reads the \b
    if context.invoked_subcommand is not None:
        return
    devices = present_devices()
    if as_json:
        click.echo(msgspec.json.encode(devices))
        return
    Console(highlight=False).print(_table(devices) if devices else "No sound device was found.")


@command.command("test")
@click.option("--input", "microphone", default="", help="Microphone: part of its name, or its number.")
@click.option("--output", "speaker", default="", help="Speaker: part of its name, or its number.")
@click.option("--json", "as_json", is_flag=True, help="No meter; one JSON object.")
def test(*, microphone: str, speaker: str, as_json: bool) -> None:
    """Speak for three seconds, then hear a sentence: both ways, and whether one hears the other.

    Exit code 0 when you are heard, 1 when nothing is.
    """
    console = Console(highlight=False, stderr=as_json)
    with closing(open_voice(load_settings().voice)) as voice:
        spoken = voice.speak(_SENTENCE, Delivery.CALM)
    options = HeadsetOptions(input=microphone, output=speaker)
    # What the system's libraries print about devices that they try would tear the meter.
    with libraries_silenced():
        result = asyncio.run(_test(options, spoken, console))
    if as_json:
        click.echo(msgspec.json.encode(result))
    if result.speech.heard is Heard.NOTHING:
        raise SystemExit(1)


async def _test(options: HeadsetOptions, spoken: Spoken, console: Console) -> CheckResult:
    async with await Headset.open(options) as headset:
        used, plays = _name(headset.input), _name(headset.output)
        console.print(f"Say something into {used} ...")
        bar = ProgressBar(total=1.0, width=_BAR_COLUMNS)
        with Live(bar, console=console, transient=True):
            heard = await listen(headset, _LISTEN_SECONDS, bar.update)
        speech = check_speech(heard)
        console.print(f"{_ADVICE[speech.heard]} ({speech.speech_db:.0f} dB)")
        console.print(f"Now listen to {plays} ...")
        came_back = await play_and_listen(headset, spoken)
        played = resample(spoken.pcm, spoken.sample_rate_hz, SAMPLE_RATE_HZ)
        likeness = round(echo(came_back, played), 2)
        hears = likeness >= _ECHO
        console.print(
            "The microphone hears the speaker: use a headset, or rehearse with --speakers."
            if hears
            else "The microphone does not hear the speaker, so you can talk over them."
        )
        return CheckResult(
            input=used,
            output=plays,
            speech=speech,
            echo=EchoCheck(likeness=likeness, heard=hears),
        )


def _table(devices: Sequence[Device]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("", "device", "in", "out", "Hz", "system"):
        table.add_column(heading)
    for device in devices:
        table.add_row(
            str(device.number),
            device.name,
            _channels(device.inputs, default=device.default_input),
            _channels(device.outputs, default=device.default_output),
            str(device.rate_hz),
            device.system,
        )
    return table


def _channels(count: int, *, default: bool) -> str:
    return f"{count or '-'}{' default' if default else ''}"


def _name(device: Device | None) -> str:
    return device.name if device else "nothing"
