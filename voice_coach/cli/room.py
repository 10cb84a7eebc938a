"""`voice-coach room`: open a training room on the network."""

from __future__ import annotations

import asyncio
import logging
import webbrowser
from contextlib import ExitStack, suppress
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from voice_coach.cli.engines import open_engines
from voice_coach.cli.voice_option import voice_option
from voice_coach.settings import Settings, VoiceEngine, load_settings, with_options
from voice_coach_client.web import web_folder
from voice_coach_server.app import running_server
from voice_coach_server.engines import Engines
from voice_coach_server.room.opened import OpenedRoom
from voice_coach_server.room.report import write_report

__all__ = ["command"]


@click.command("room")
@click.option(
    "--name", default="Training room", show_default=True, help="What tables see that they join."
)
@click.option(
    "--host",
    "hosts",
    multiple=True,
    metavar="ADDRESS",
    help="Only at this private address of this machine; may be given more than once.",
)
@click.option("--port", type=click.IntRange(0, 65_535), help="Port to listen on; 0 takes a free one.")
@click.option("--open/--no-open", "open_page", default=True, help="Open the trainer's page here.")
@click.option("--model", help="Speech model: tiny.en, base, another name, or a folder.")
@voice_option
@click.option(
    "--store", type=click.Path(file_okay=False, path_type=Path), help="Folder to keep sessions in."
)
@click.option(
    "--report",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write the class report into when the room ends.",
)
@click.option(
    "--settings", "file", type=click.Path(dir_okay=False, path_type=Path), help="Settings file."
)
def command(  # noqa: PLR0913 - click hands over each option by its name
    *,
    name: str,
    hosts: tuple[str, ...],
    port: int | None,
    open_page: bool,
    model: str | None,
    voice: VoiceEngine | None,
    store: Path | None,
    report: Path | None,
    file: Path | None,
) -> None:
    """Open a training room: tables join over the network, with a code and over TLS.

    It prints the address and the code for the tables, and the secret for the trainer. It ends with
    Ctrl+C; code, secret and everybody's right to be in it end with it.

    \b
    Examples:
      voice-coach room
      voice-coach room --name "Tuesday class" --host 192.168.1.20
      voice-coach room --report reports
    """  # noqa: D301 - click reads the \b
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    settings = with_options(load_settings(file), port=port, model=model, store=store, engine=voice)
    console = Console(stderr=True, highlight=False)
    with ExitStack() as stack:
        room = OpenedRoom(settings, name, hosts)
        stack.callback(room.close)
        with console.status("Loading the ears and the voice ..."):
            engines = stack.enter_context(open_engines(settings))
        try:
            with suppress(KeyboardInterrupt):  # which is how a room ends
                asyncio.run(_serve(settings, engines, room, console, open_page=open_page))
        finally:
            if report is not None and room.room.all_tables:
                for path in write_report(room.room, settings.store.path, report):
                    _say(console, f"Class report: {path}")


async def _serve(
    settings: Settings, engines: Engines, room: OpenedRoom, console: Console, *, open_page: bool
) -> None:
    async with running_server(settings, engines, web_folder(), room) as address:
        _print_signs(room, console)
        _say(console, f"Trainer: {room.trainer_address}")
        _say(console, f"  secret       {room.door.secret}")
        _say(console, f"  (also, as long as the room is open, in {room.secret_file})", "dim")
        _say(console, "Ctrl+C ends the room.")
        room.on_moved = lambda: _print_signs(room, console)
        if open_page:
            # In the fragment: it is sent to no server and stands in no log.
            webbrowser.open(f"{room.trainer_address}#{room.door.secret}")
        await address.stopped.wait()


def _print_signs(room: OpenedRoom, console: Console) -> None:
    signs = room.signs()
    _say(console, f"{room.room.title} is open: {signs.address}", "bold")
    _say(console, f"  code         {signs.code}", "bold")
    _say(console, f"  certificate  SHA-256 {signs.fingerprint}")


def _say(console: Console, line: str, style: str = "") -> None:
    """Print a line to be copied as it stands: never wrapped, and nothing in it read as markup.

    A fingerprint has pairs between colons, and Rich would take `:AB:` for a picture's name.
    """
    console.print(Text(line, style), soft_wrap=True)
