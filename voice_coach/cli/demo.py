"""`voice-coach demo`: a scripted trainee speaks with the counterpart, through the real everything."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import click
import msgspec
from rich.console import Console

from voice_coach import __version__
from voice_coach.cli.engines import open_engines
from voice_coach.cli.voice_option import voice_option
from voice_coach.counterpart.demo import DemoLine, load_demo
from voice_coach.counterpart.reply import Outcome
from voice_coach.counterpart.story import Guardedness
from voice_coach.errors import EngineError
from voice_coach.messages import PROTOCOL_VERSION, Hello
from voice_coach.settings import Melody, Settings, VoiceEngine, VoiceSettings, load_settings, with_options
from voice_coach.speech.pyttsx3_voice import Pyttsx3Voice
from voice_coach_client.connection import Connection, Received
from voice_coach_client.demo import rehearse
from voice_coach_client.errors import SpeakerError
from voice_coach_client.measures import Measures, Rehearsal
from voice_coach_client.scripted_trainee import ScriptedTrainee
from voice_coach_client.speaker import Speaker
from voice_coach_client.spoken_line import SpokenLine, speak_lines
from voice_coach_client.terminal import TerminalOverlay
from voice_coach_client.web import web_folder
from voice_coach_server.app import running_server
from voice_coach_server.engines import Engines

__all__ = ["command"]

_SCENARIO = "renewal_in_doubt"
_TRAINEE_VOICE = VoiceSettings(voice="gmw/en-us", words_per_minute=140)
"""Of eSpeak's voices and rates the best heard by the smallest model (2 % of the demo's words wrong), and
another accent than the counterpart's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Demo:
    """What was asked for, ready to run."""

    settings: Settings
    engines: Engines
    lines: Sequence[SpokenLine]
    hello: Hello
    overlay: TerminalOverlay | None
    speaker: Speaker | None

    def show(self, message: Received) -> None:
        if self.overlay is not None:
            self.overlay.show(message)


@click.command("demo")
@click.option("--scenario", default=_SCENARIO, show_default=True, help="Whom the trainee meets.")
@click.option(
    "--guardedness",
    type=click.Choice([level.value for level in Guardedness]),
    help="How freely they open up; as their scenario has it by default.",
)
@click.option("--seed", type=int, help="Makes the counterpart's choices repeatable.")
@click.option("--sound/--no-sound", default=None, help="Play both voices; on unless --json is given.")
@voice_option
@click.option("--json", "as_json", is_flag=True, help="No overlay; one JSON object as the last line.")
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="Port; a free one by default.")
@click.option("--store", type=click.Path(file_okay=False, path_type=Path), help="Folder of sessions.")
def command(  # noqa: PLR0913 - click hands over each option by its name
    *,
    scenario: str,
    guardedness: str | None,
    seed: int | None,
    sound: bool | None,
    voice: VoiceEngine | None,
    as_json: bool,
    port: int,
    store: Path | None,
) -> None:
    """Watch and hear a rehearsal: no microphone needed.

    A scripted trainee speaks in real time over a real connection; it is really heard, answered and
    spoken to, and the session is kept like any other. Takes about as long as the call does.

    \b
    Examples:
      voice-coach demo
      voice-coach demo --voice natural
      voice-coach demo --no-sound --seed 7
      voice-coach demo --json | tail -n 1
    """  # noqa: D301 - click reads the \b
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    # The trainee is synthetic; the network has learnt from people and takes each full stop for a pause.
    settings = with_options(load_settings(), port=port, store=store, engine=voice, melody=Melody.PITCH)
    script = load_demo(scenario)
    aside = Console(stderr=True, highlight=False)
    with ExitStack() as stack:
        with aside.status("Loading the ears and the voices ..."):
            engines = stack.enter_context(open_engines(settings))
            lines = _spoken(script, engines)
        demo = _Demo(
            settings=settings,
            engines=engines,
            lines=lines,
            hello=Hello(
                version=PROTOCOL_VERSION,
                scenario=scenario,
                client=f"voice-coach demo {__version__}",
                guardedness=Guardedness(guardedness) if guardedness else None,
                seed=seed,
            ),
            overlay=None if as_json else TerminalOverlay(Console(highlight=False)),
            speaker=_speaker(stack, aside) if (not as_json if sound is None else sound) else None,
        )
        measures = asyncio.run(_run(demo))
    _say_result(measures, as_json=as_json)
    if measures.ended is None or measures.ended.outcome is Outcome.INTERRUPTED:
        raise SystemExit(1)


def _spoken(script: Sequence[DemoLine], engines: Engines) -> tuple[SpokenLine, ...]:
    """Speak the trainee's lines beforehand, where possible in another voice than the counterpart's."""
    natural = engines.voice.name.startswith("piper/")
    if engines.voice.name != "pyttsx3/espeak" and not natural:
        return speak_lines(script, engines.voice)
    # Only eSpeak, the driver on Linux, knows the voice that was chosen for the trainee.
    settings = _TRAINEE_VOICE if sys.platform.startswith("linux") else VoiceSettings()
    with closing(Pyttsx3Voice(settings)) as voice:
        return speak_lines(script, voice)


def _speaker(stack: ExitStack, aside: Console) -> Speaker | None:
    try:
        return stack.enter_context(Speaker())
    except SpeakerError as error:
        aside.print(str(error))
        return None


async def _run(demo: _Demo) -> Measures:
    """Run server and client side by side until the call is over or the server is told to stop."""
    async with running_server(demo.settings, demo.engines, web_folder()) as address:
        stopped = asyncio.create_task(address.stopped.wait())
        calling = asyncio.create_task(_call(demo, address.websocket_url))
        try:
            await asyncio.wait({stopped, calling}, return_when=asyncio.FIRST_COMPLETED)
            if calling.done():
                return calling.result()
            raise EngineError("The demo was stopped before its call was over.", code="stopped")
        finally:
            for task in (stopped, calling):
                task.cancel()
            await asyncio.gather(stopped, calling, return_exceptions=True)


async def _call(demo: _Demo, url: str) -> Measures:
    with ExitStack() as stack:
        if demo.overlay is not None:
            stack.enter_context(demo.overlay)
        async with await Connection.open(url, demo.hello) as connection:
            trainee = ScriptedTrainee(demo.lines)
            return await rehearse(connection, trainee, demo.show, loudspeaker=demo.speaker)


def _say_result(measures: Measures, *, as_json: bool) -> None:
    rehearsal = measures.rehearsal()
    if as_json:
        click.echo(msgspec.json.encode(rehearsal).decode())
        return
    for line in _closing_lines(rehearsal):
        click.echo(line)


def _closing_lines(rehearsal: Rehearsal) -> list[str]:
    answered, read = rehearsal.voice_to_voice_ms, rehearsal.final_text_ms
    lines = [""]
    if answered.p50 is not None and read.p50 is not None:
        lines.append(
            f"From the end of speech: text after {read.p50:.0f} ms, "
            f"the answer's first sound after {answered.p50:.0f} ms (medians)."
        )
    lines.append(f"Kept as session {rehearsal.session}: voice-coach sessions show {rehearsal.session}")
    return lines
