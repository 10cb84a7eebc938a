"""What `rehearse` and `drill` share: options, a server of their own or another, the person in front."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial, wraps
from logging.handlers import MemoryHandler

import click
from rich.console import Console

from voice_coach import __version__
from voice_coach.cli.engines import open_engines
from voice_coach.cli.room_table import RoomTable, stay_in_room, trusted_room
from voice_coach.counterpart.reply import Outcome
from voice_coach.errors import InputError
from voice_coach.messages import PROTOCOL_VERSION, Hello
from voice_coach.settings import Settings
from voice_coach_client.headset import Headset, HeadsetOptions
from voice_coach_client.rehearsing import Rehearsed, rehearse
from voice_coach_client.room.stay import RoomStage
from voice_coach_client.server_address import Server, read_address
from voice_coach_client.stage import Choice
from voice_coach_client.stages import Flow, run_in_lines, run_on_screen
from voice_coach_client.web import web_folder
from voice_coach_server.app import running_server
from voice_coach_server.engines import Engines

__all__ = ["HeadsetCall", "call_options", "find", "greeting", "make_call", "sit_in_room"]

_MOST_LOGGED = 1000
"""Lines of the log that are held back while the screen is full; then they are written after all."""

_Person = Callable[[Flow], Awaitable[None]]
"""Runs what happens in front of a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadsetCall:
    """What was asked for on the command line."""

    what: str
    """For people: `scenario` or `drill`."""
    question: str
    """What to ask when nothing is wanted yet."""
    wanted: str
    """An id or a part of a title; empty to be asked."""
    choices: Callable[[Server], Awaitable[Sequence[Choice]]]
    """Asks a server what there is."""
    hello: Callable[[str], Hello]
    """Gives the greeting for the id that was chosen."""
    headset: HeadsetOptions
    server: str
    """An address; empty for a server of one's own."""
    plain: bool


def call_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of every call at the headset.

    It gets `server`, `headset` (`HeadsetOptions`), `no_record` and `plain`.
    """

    @wraps(command)
    def with_headset(*, input_: str, output: str, speakers: bool, **others: object) -> None:
        command(headset=HeadsetOptions(input=input_, output=output, speakers=speakers), **others)

    options = (
        click.option("--server", default="", help="Address of a running server; else one of its own."),
        click.option("--input", "input_", default="", help="Microphone: a part of its name, or number."),
        click.option("--output", default="", help="Loudspeaker, likewise."),
        click.option("--speakers", is_flag=True, help="No headset: you are not heard while they speak."),
        click.option("--no-record", is_flag=True, help="Keep no sound of the call."),
        click.option("--plain", is_flag=True, help="Lines instead of a full screen."),
    )
    for option in reversed(options):
        with_headset = option(with_headset)
    return with_headset


def greeting(*, no_record: bool, no_cues: bool = False) -> Hello:
    """Give the part of the greeting that does not depend on what is chosen."""
    return Hello(
        version=PROTOCOL_VERSION,
        client=f"headset {__version__}",
        record=not no_record,
        cues=not no_cues,
    )


def find(wanted: str, choices: Sequence[Choice], what: str) -> Choice:
    """Find what was asked for by its id or by a part of its title that no other has.

    Raises:
        InputError: None fits, or several do; the sentence lists them.
    """
    exact = [choice for choice in choices if choice.id == wanted.replace("-", "_")]
    part = wanted.casefold()
    fitting = exact or [c for c in choices if part in c.title.casefold() or part in c.id]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        listed = ", ".join(f"{choice.id} ({choice.title})" for choice in fitting)
        raise InputError(f"{wanted} may be any {what} of these: {listed}; say which.", code="ambiguous")
    listed = ", ".join(choice.id for choice in choices)
    raise InputError(f"There is no {what} called {wanted}; there are: {listed}.", code="unknown")


def sit_in_room(table: RoomTable, hello: Hello, *, plain: bool) -> None:
    """Join a training room with a headset and stay until the table leaves."""

    async def sit() -> None:
        server = await trusted_room(table)

        async def flow(stage: RoomStage) -> None:
            await stay_in_room(stage, server, table, hello)

        await _person(plain=plain)(flow)

    with _log(held_back=_on_screen(plain=plain)):
        asyncio.run(sit())


def make_call(call: HeadsetCall, settings: Settings) -> None:
    """Make the call, with a server of its own unless one is named. Exits 1 when it was broken off."""
    person = _person(plain=call.plain)
    with _log(held_back=_on_screen(plain=call.plain)):
        if call.server:
            over = asyncio.run(_make(call, read_address(call.server), person))
        else:
            over = _make_at_home(call, settings, person)
    if over is None:
        return
    where = " on the server" if call.server else ""
    click.echo(f"Kept{where} as session {over.session}. Look again: voice-coach replay {over.session}")
    if over.ended is not None and over.ended.outcome is Outcome.INTERRUPTED:
        raise SystemExit(1)


def _make_at_home(call: HeadsetCall, settings: Settings, person: _Person) -> Rehearsed | None:
    aside = Console(stderr=True, highlight=False)
    with ExitStack() as stack:
        with aside.status("Loading the ears and the voice ..."):
            engines = stack.enter_context(open_engines(settings))
        return asyncio.run(_make_with(call, settings, engines, person))


async def _make_with(
    call: HeadsetCall, settings: Settings, engines: Engines, person: _Person
) -> Rehearsed | None:
    """Make the call on a server in this process, which nobody else is told of."""
    async with running_server(settings, engines, web_folder()) as address:
        return await _make(call, Server(host=address.host, port=address.port), person)


async def _make(call: HeadsetCall, server: Server, person: _Person) -> Rehearsed | None:
    choices = await call.choices(server)
    chosen = find(call.wanted, choices, call.what).id if call.wanted else ""
    over: Rehearsed | None = None

    async def flow(stage: RoomStage) -> None:
        nonlocal over
        wanted = chosen or await stage.choose(call.question, choices)
        if wanted:
            async with await Headset.open(call.headset) as sound:
                over = await rehearse(stage, server, call.hello(wanted), sound)

    await person(flow)
    return over


def _on_screen(*, plain: bool) -> bool:
    return not plain and sys.stdin.isatty() and sys.stdout.isatty()


def _person(*, plain: bool) -> _Person:
    if _on_screen(plain=plain):
        return run_on_screen
    return partial(run_in_lines, console=Console(highlight=False))


@contextmanager
def _log(*, held_back: bool) -> Iterator[None]:
    """Log warnings to the terminal; on a full screen only once it is gone."""
    out = logging.StreamHandler()
    out.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    held = MemoryHandler(_MOST_LOGGED, flushLevel=logging.CRITICAL + 1, target=out)
    logging.basicConfig(level=logging.WARNING, handlers=[held if held_back else out])
    try:
        yield
    finally:
        held.flush()
