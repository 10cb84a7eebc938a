"""A room that is open on this machine: where it is, its certificate, its door and its tables, as one."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import SplitResult

from starlette.types import Scope

from voice_coach.coaching.drill_shelf import read_drill_shelf
from voice_coach.counterpart.shelf import read_shelf
from voice_coach.errors import InputError, StoreError
from voice_coach.journal.store import store_trouble
from voice_coach.room_messages import Activity
from voice_coach.settings import Settings
from voice_coach_server.access import bare_host
from voice_coach_server.room.authority import keep_private
from voice_coach_server.room.certificate import RoomCertificate
from voice_coach_server.room.deeds import RoomChanged
from voice_coach_server.room.door import Door
from voice_coach_server.room.host import RoomHost, Signs
from voice_coach_server.room.network import Places, look_around
from voice_coach_server.room.room import Room

__all__ = ["OpenedRoom"]

_log = logging.getLogger(__name__)

_LOOK_AROUND_SECONDS: Final = 10.0
_LONGEST_TITLE: Final = 60


class OpenedRoom:
    """Everything of one room that is not a socket; `app.running_server` serves it."""

    def __init__(
        self,
        settings: Settings,
        title: str,
        hosts: tuple[str, ...] = (),
        look: Callable[[tuple[str, ...]], Places] = look_around,
    ) -> None:
        """Open a room.

        Args:
            settings: Its store holds the authority, the certificate and the trainer's secret.
            title: What people see that they are in.
            hosts: Only at these addresses of this machine; empty means all private ones.
            look: Finds where the room can be reached.

        Raises:
            InputError: The title or an address cannot be used, or there is no network.
            StoreError: The store cannot be used.
        """
        self.hosts = hosts
        self.port = 0
        """Where it is served; set once it is."""
        self.on_moved: Callable[[], None] = lambda: None
        """Is told when addresses or certificate have changed."""
        self._look = look
        self.places = look(hosts)
        folder = settings.store.path / "room"
        self.certificate = RoomCertificate(folder, self.places, lambda: self.address)
        self._scenarios = settings.scenarios.path
        self._drills = settings.drills.path
        self.room = Room(_checked_title(title), now=time.monotonic, titled=self._title_of)
        self.door = Door(self.room)
        self.host = RoomHost(self.room, signs=self.signs)
        self.host.on_left = self.door.void
        self.secret_file = folder / "trainer-secret"
        with store_trouble(f"The trainer's secret cannot be kept in {self.secret_file}"):
            keep_private(self.secret_file, f"{self.door.secret}\n".encode())

    # ------------------------------------------------------------ where it is

    @property
    def address(self) -> str:
        """What trainees type."""
        return f"https://{self.places.host}:{self.port}/"

    @property
    def listening_hosts(self) -> tuple[str, ...]:
        """Where to listen: wherever this machine is or will be in a network, unless hosts were given.

        Connections to an address that is not the room's are refused by the guard (`host_is_ours`).
        """
        if self.hosts:
            return tuple(dict.fromkeys((*(str(one) for one in self.places.addresses), "127.0.0.1")))
        six = any(one.version == 6 for one in self.places.addresses)  # noqa: PLR2004 - of the protocol
        return ("0.0.0.0", "::") if six else ("0.0.0.0",)  # noqa: S104 - this is what a room is for

    @property
    def trainer_address(self) -> str:
        """Where the trainer's page is, on this machine."""
        return f"https://localhost:{self.port}/room/trainer"

    def signs(self) -> Signs:
        """Give what people find the room by, as it is now."""
        return Signs(code=self.door.code, address=self.address, fingerprint=self.certificate.fingerprint)

    async def follow_the_network(self) -> None:
        """Keep addresses and certificate at what this machine has, for as long as the room is open."""
        while True:
            await asyncio.sleep(_LOOK_AROUND_SECONDS)
            try:
                changed = await asyncio.to_thread(self.look_again)
            except InputError:
                continue  # out of every network for a moment: what was known stays
            except StoreError as error:
                _log.warning("%s", error)
                continue
            if changed:
                self.room.on_deed(RoomChanged())
                self.on_moved()

    def look_again(self) -> bool:
        """Look where the room is now, and renew its certificate where need be; True if something changed.

        Raises:
            InputError: There is no network (any more).
            StoreError: The certificate cannot be written.
        """
        places = self._look(self.hosts)
        fits = self.certificate.fits(places)
        if not fits:
            self.certificate.renew(places)
        changed = places != self.places or not fits
        self.places = places
        return changed

    def shares(self, table: str) -> bool:
        """Say whether a table, in the room or gone, lets the trainer read along."""
        return any(one.id == table and one.consent.share for one in self.room.all_tables)

    def may_record(self, table: str) -> bool:
        """Say whether a table lets the sound of its calls be kept."""
        found = self.room.table(table)
        return found is not None and found.consent.record

    def close(self) -> None:
        """The room is over: its secret opens nothing any more."""
        self.secret_file.unlink(missing_ok=True)

    # ------------------------------------------------------------ the premises, for `access.Guard`

    @property
    def names(self) -> str:
        """What the room answers to, for people."""
        return self.address

    def host_is_ours(self, scope: Scope, host: str) -> bool:
        """Say whether a Host header names the room, and it was reached at an address of the room."""
        reached = (scope.get("server") or ("", 0))[0]
        return self.places.is_ours(bare_host(host)) and self.places.is_ours(reached)

    def page_is_ours(self, origin: SplitResult, host: str) -> bool:
        """Say whether a page is of the room itself."""
        return origin.scheme == "https" and origin.netloc == host

    # ------------------------------------------------------------ what is done in it

    def _title_of(self, activity: Activity) -> str:
        if activity.drill:
            return read_drill_shelf(self._drills).find(activity.drill).title
        return read_shelf(self._scenarios).find(activity.scenario).title


def _checked_title(title: str) -> str:
    shown = " ".join(title.split())
    if not shown or len(shown) > _LONGEST_TITLE or not shown.isprintable():
        raise InputError(f"A room's name has 1 to {_LONGEST_TITLE} visible characters.", code="bad-title")
    return shown
