"""`voice-coach rehearse`: a role-play with a headset, in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from voice_coach.cli.headset_call import HeadsetCall, call_options, greeting, make_call, sit_in_room
from voice_coach.cli.room_table import RoomTable
from voice_coach.cli.voice_option import voice_option
from voice_coach.counterpart.story import Guardedness
from voice_coach.errors import InputError
from voice_coach.messages import Hello
from voice_coach.settings import VoiceEngine, load_settings, with_options
from voice_coach_client.headset import HeadsetOptions
from voice_coach_client.server_address import Server
from voice_coach_client.stage import Choice

__all__ = ["command"]


@click.command("rehearse")
@click.argument("scenario", default="")
@click.option(
    "--guardedness",
    type=click.Choice([level.value for level in Guardedness]),
    help="How freely they open up; as their scenario has it by default.",
)
@click.option("--no-cues", is_flag=True, help="No hints during the call.")
@click.option("--code", default="", help="Join the training room at --server with this code.")
@click.option("--name", default="", help="Your table's name in the room.")
@click.option("--fingerprint", default="", help="The room's fingerprint, or its first 16 digits.")
@click.option(
    "--authority",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File with the room's authority, instead of the fingerprint.",
)
@call_options
@voice_option
@click.option("--store", type=click.Path(file_okay=False, path_type=Path), help="Folder of sessions.")
def command(  # noqa: PLR0913 - click hands over each option by its name
    *,
    scenario: str,
    guardedness: str | None,
    no_cues: bool,
    code: str,
    name: str,
    fingerprint: str,
    authority: Path | None,
    server: str,
    headset: HeadsetOptions,
    no_record: bool,
    plain: bool,
    voice: VoiceEngine | None,
    store: Path | None,
) -> None:
    """Rehearse with a headset, here in the terminal.

    SCENARIO is an id or a part of a title; without one you choose from a list. The call runs on a
    server of its own unless one is named with --server, and is kept like any other. Space mutes,
    Esc ends, ? lists the keys.

    With --code you join a training room instead: the trainer says what to do, and whether sound is
    kept (r), who reads along (h) and who listens (y, n) is up to you.

    \b
    Examples:
      voice-coach rehearse
      voice-coach rehearse renewal --guardedness closed
      voice-coach rehearse renewal_in_doubt --input jabra --output jabra
      voice-coach rehearse renewal --server http://127.0.0.1:8765 --plain
      voice-coach rehearse --server https://192.168.1.20:8765 --code k7m2qd --name "Table 3"
    """  # noqa: D301 - click reads the \b
    first = greeting(no_record=no_record, no_cues=no_cues)
    if code:
        if not server or not name or scenario:
            raise InputError(
                "In a training room give --server, --code and --name, and no scenario: "
                "the trainer sends it."
            )
        table = RoomTable(
            address=server,
            code=code,
            name=name,
            fingerprint=fingerprint,
            authority=authority,
            record=not no_record,
            headset=headset,
        )
        sit_in_room(table, first, plain=plain)
        return

    def hello(chosen: str) -> Hello:
        return msgspec.structs.replace(
            first,
            scenario=chosen,
            guardedness=Guardedness(guardedness) if guardedness else None,
        )

    make_call(
        HeadsetCall(
            what="scenario",
            question="Whom do you want to meet?",
            wanted=scenario,
            choices=_people,
            hello=hello,
            headset=headset,
            server=server,
            plain=plain,
        ),
        with_options(load_settings(), port=0, store=store, engine=voice),
    )


async def _people(server: Server) -> Sequence[Choice]:
    return [
        Choice(id=card.id, title=card.title, about=f"{card.person}. {card.stake} ({card.guardedness})")
        for card in await server.scenarios()
    ]
