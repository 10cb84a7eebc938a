"""`voice-coach drill`: ten short rounds with a headset, in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from voice_coach.cli.headset_call import HeadsetCall, call_options, greeting, make_call
from voice_coach.cli.voice_option import voice_option
from voice_coach.messages import Hello
from voice_coach.settings import VoiceEngine, load_settings, with_options
from voice_coach_client.headset import HeadsetOptions
from voice_coach_client.server_address import Server
from voice_coach_client.stage import Choice

__all__ = ["command"]


@click.command("drill")
@click.argument("name", default="")
@call_options
@voice_option
@click.option("--store", type=click.Path(file_okay=False, path_type=Path), help="Folder of sessions.")
def command(  # noqa: PLR0913 - click hands over each option by its name
    *,
    name: str,
    server: str,
    headset: HeadsetOptions,
    no_record: bool,
    plain: bool,
    voice: VoiceEngine | None,
    store: Path | None,
) -> None:
    """Train one move with a headset, in the terminal.

    They say a line, you answer, and see at once what it was worth; ten times. NAME is an id or a part of
    a title; without one you choose from a list, which says how it went last time.

    \b
    Examples:
      voice-coach drill
      voice-coach drill label_it
      voice-coach drill silence --input jabra --output jabra
    """  # noqa: D301 - click reads the \b

    def hello(chosen: str) -> Hello:
        return msgspec.structs.replace(greeting(no_record=no_record), drill=chosen)

    make_call(
        HeadsetCall(
            what="drill",
            question="What do you want to train?",
            wanted=name,
            choices=_drills,
            hello=hello,
            headset=headset,
            server=server,
            plain=plain,
        ),
        with_options(load_settings(), port=0, store=store, engine=voice),
    )


async def _drills(server: Server) -> Sequence[Choice]:
    cards = await server.drills()
    return [
        Choice(
            id=card.id,
            title=card.title,
            about=f"{card.trains} "
            + (f"Last time {card.last.passed} of {card.last.rounds}." if card.last else "Not tried yet."),
        )
        for card in cards
    ]
