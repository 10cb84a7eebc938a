"""`voice-coach rehearse --server https://... --code ...`: a table of a training room, with a headset."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from voice_coach import __version__
from voice_coach.errors import InputError
from voice_coach.messages import Hello
from voice_coach.room_messages import Consent, Join
from voice_coach_client.headset import Headset, HeadsetOptions
from voice_coach_client.room.joining import join
from voice_coach_client.room.lobby import Lobby
from voice_coach_client.room.stay import RoomStage, Stay
from voice_coach_client.room.trust import (
    fingerprint_of,
    same_fingerprint,
    shown_certificate,
    trusting,
    trusting_authority,
    wrong_fingerprint,
)
from voice_coach_client.server_address import Server, read_address

__all__ = ["RoomTable", "stay_in_room", "trusted_room"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomTable:
    """What was said on the command line about a room."""

    address: str
    code: str
    name: str
    fingerprint: str
    """As the trainer's screen shows it, or its beginning; empty to be asked."""
    authority: Path | None
    """The room's authority, from a person that is trusted; makes the fingerprint unnecessary."""
    record: bool
    headset: HeadsetOptions


async def trusted_room(table: RoomTable) -> Server:
    """Make sure that the room is the one that is meant, before anything is told to it.

    Raises:
        InputError: The address, the fingerprint or the authority cannot be used; or nobody can be asked.
        UntrustedError: It is another room, or its certificate is not valid.
        ServerUnreachableError: Nobody answers.
    """
    server = read_address(table.address)
    if not server.secure:
        raise InputError(
            f"A training room is reached by https; type https://{server.host}:{server.port}.",
            code="not-secure",
        )
    if table.authority is not None:
        return trusting_authority(server, table.authority)
    certificate = await shown_certificate(server)
    if table.fingerprint:
        if not same_fingerprint(certificate, table.fingerprint):
            raise wrong_fingerprint(server, certificate)
    else:
        click.echo(f"The room at {server.url} shows this fingerprint (SHA-256):")
        click.echo(f"  {fingerprint_of(certificate)}")
        try:
            same = click.confirm("Does the trainer's screen show the same?", default=False)
        except click.Abort:
            same = False
        if not same:
            raise wrong_fingerprint(server, certificate)
    return await trusting(server, certificate)


async def stay_in_room(stage: RoomStage, server: Server, table: RoomTable, hello: Hello) -> None:
    """Join with code and name, and stay until the table leaves. Raises like `join` and `Stay.run`."""
    wish = Join(
        code=table.code,
        name=table.name,
        consent=Consent(record=table.record),
        client=f"headset {__version__}",
    )
    inside, _ = await join(server, wish)
    lobby = Lobby(inside)
    try:
        await Stay(stage, inside, lobby, lambda: Headset.open(table.headset), hello).run()
    finally:
        await lobby.close()
