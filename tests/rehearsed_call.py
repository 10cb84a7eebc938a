"""A call that was really rehearsed, and a server process that shows it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from voice_coach.counterpart.demo import load_demo
from voice_coach.messages import PROTOCOL_VERSION, Hello
from voice_coach.settings import ServerSettings, Settings, StoreSettings
from voice_coach_client.connection import Connection
from voice_coach_client.demo import rehearse
from voice_coach_client.scripted_trainee import Manners, ScriptedTrainee
from voice_coach_client.spoken_line import speak_lines
from voice_coach_client.web import web_folder
from voice_coach_server.app import running_server
from voice_coach_server.engines import Engines

__all__ = ["Rehearsed", "rehearse_two_lines", "server_of"]

SERVE = (sys.executable, "-m", "voice_coach.cli", "serve", "--no-open", "--port", "0")


class Rehearsed(msgspec.Struct, frozen=True, kw_only=True):
    """A call that was spoken in real time, heard, answered and kept."""

    store: Path
    session: str


async def rehearse_two_lines(engines: Engines, store: Path) -> Rehearsed:
    """Say a label that is answered and then a mirror, in real time; about 40 seconds."""
    settings = Settings(server=ServerSettings(port=0), store=StoreSettings(folder=str(store)))
    lines = speak_lines(load_demo("renewal_in_doubt")[:2], engines.voice)
    hello = Hello(version=PROTOCOL_VERSION, scenario="renewal_in_doubt", seed=7)
    async with (
        running_server(settings, engines, web_folder()) as address,
        await Connection.open(address.websocket_url, hello) as connection,
    ):
        trainee = ScriptedTrainee(lines, Manners(closing_seconds=1.5))
        measures = await rehearse(connection, trainee, lambda _: None)
    assert measures.ended is not None
    return Rehearsed(store=store, session=measures.ended.session)


@contextmanager
def server_of(store: Path) -> Iterator[str]:
    """`voice-coach serve` as a person starts it; gives the page's address."""
    with subprocess.Popen(
        [*SERVE, "--store", str(store)],
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
                break
        else:
            pytest.fail("the server ended before it was ready")
        yield found[0]
        process.terminate()
        process.wait(timeout=15)
