"""`voice-coach serve`: start the server and open the page."""

from __future__ import annotations

import asyncio
import logging
import webbrowser
from contextlib import ExitStack
from pathlib import Path

import click
from rich.console import Console

from voice_coach.cli.engines import open_engines
from voice_coach.cli.voice_option import voice_option
from voice_coach.settings import Settings, VoiceEngine, load_settings, with_options
from voice_coach_client.web import web_folder
from voice_coach_server.app import running_server
from voice_coach_server.engines import Engines
from voice_coach_server.load import ORDER

__all__ = ["command"]


@click.command("serve")
@click.option("--port", type=click.IntRange(0, 65_535), help="Port to listen on; 0 takes a free one.")
@click.option("--open/--no-open", "open_page", default=True, help="Open the page in the browser.")
@click.option("--model", help="Speech model: tiny.en, base, another name, or a folder.")
@voice_option
@click.option(
    "--store", type=click.Path(file_okay=False, path_type=Path), help="Folder to keep sessions in."
)
@click.option(
    "--settings", "file", type=click.Path(dir_okay=False, path_type=Path), help="Settings file."
)
def command(  # noqa: PLR0913 - click hands over each option by its name
    *,
    port: int | None,
    open_page: bool,
    model: str | None,
    voice: VoiceEngine | None,
    store: Path | None,
    file: Path | None,
) -> None:
    """Start the server on this machine and open the page.

    \b
    Examples:
      voice-coach
      voice-coach serve --no-open --port 9000
      voice-coach serve --model base --voice natural
    """  # noqa: D301 - click reads the \b
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    settings = with_options(load_settings(file), port=port, model=model, store=store, engine=voice)
    console = Console(stderr=True, highlight=False)
    with ExitStack() as stack:
        with console.status("Loading the ears and the voice ..."):
            engines = stack.enter_context(open_engines(settings))
        asyncio.run(_serve(settings, engines, console, open_page=open_page))


async def _serve(settings: Settings, engines: Engines, console: Console, *, open_page: bool) -> None:
    async with running_server(settings, engines, web_folder()) as address:
        console.print(f"voice_coach is ready: {address.http_url}   (Ctrl+C ends it)")
        console.print(ORDER, style="dim")
        if open_page:
            webbrowser.open(address.http_url)
        await address.stopped.wait()
