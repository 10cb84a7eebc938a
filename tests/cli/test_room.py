"""`voice-coach room`: what it prints is what people need and what is really served."""

import asyncio
import hashlib
import io
import ipaddress
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from rich.console import Console

from voice_coach.cli.main import main
from voice_coach.cli.room import _print_signs, _serve
from voice_coach.errors import InputError
from voice_coach.moves.recognizer import Recognizer, load_recognizer
from voice_coach.room_messages import Consent, RoomState
from voice_coach.settings import ServerSettings, Settings, StoreSettings
from voice_coach.speech.transcriber import ScriptedTranscriber
from voice_coach.speech.voice import ScriptedVoice
from voice_coach.speech.voice_activity import EnergyActivity
from voice_coach_server.engines import Engines
from voice_coach_server.room.network import Places
from voice_coach_server.room.opened import OpenedRoom


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    return load_recognizer()


@pytest.fixture
def engines(recognizer: Recognizer) -> Engines:
    return Engines(
        transcriber=ScriptedTranscriber(["Yes."]),
        voice_activity=EnergyActivity(),
        voice=ScriptedVoice(),
        recognizer=recognizer,
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(server=ServerSettings(port=0), store=StoreSettings(folder=str(tmp_path / "store")))


async def test_what_it_prints_lets_people_in(
    settings: Settings, engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    room = OpenedRoom(settings, "Tuesday class", ("127.0.0.1",))
    console = Console(record=True, width=80, file=io.StringIO())
    serving = asyncio.create_task(_serve(settings, engines, room, console, open_page=True))
    async with asyncio.timeout(20):
        while not opened:  # noqa: ASYNC110 - the page is opened last
            await asyncio.sleep(0.02)
    said = console.export_text()
    address = re.search(r"^Tuesday class is open: (https://127\.0\.0\.1:(\d+)/)$", said, re.MULTILINE)
    assert address is not None, said
    code, secret = (
        re.search(rf"^  {what} +(\S+)$", said, re.MULTILINE)[1] for what in ("code", "secret")
    )  # type: ignore[index]  # it is there, or the test fails
    fingerprint = re.search(r"SHA-256 ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})$", said, re.MULTILINE)
    assert fingerprint is not None
    served = await asyncio.to_thread(ssl.get_server_certificate, ("127.0.0.1", int(address[2])))
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(served)).digest()
    assert digest.hex(":").upper() == fingerprint[1]
    trust = ssl.create_default_context(cadata=room.certificate.authority_pem.decode())
    async with httpx.AsyncClient(verify=trust, base_url=address[1]) as client:
        joined = await client.post("room/join", json={"code": code, "name": "Anna"})
        assert joined.status_code == 200
        assert (await client.post("room/trainer", json={"secret": secret})).status_code == 200
    assert opened == [f"https://localhost:{address[2]}/room/trainer#{secret}"]
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


def test_a_fingerprint_is_printed_as_it_is(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    fingerprint = ":".join(["AB", "CD", "1A", "00"] * 8)
    monkeypatch.setattr("voice_coach_server.room.certificate.RoomCertificate.fingerprint", fingerprint)
    console = Console(record=True, width=80, file=io.StringIO())
    _print_signs(OpenedRoom(settings, "[bold]Class[/bold] :cd:", ("127.0.0.1",)), console)
    said = console.export_text()
    assert f"SHA-256 {fingerprint}\n" in said
    assert said.startswith("[bold]Class[/bold] :cd: is open: https://127.0.0.1:0/\n")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--host", "8.8.8.8"], "8.8.8.8 can be reached from outside one"),
        (["--host", "eth0"], "eth0 is not an address"),
        (["--name", " "], "A room's name has 1 to 60 visible characters."),
    ],
)
def test_what_cannot_be_a_room_is_said_before_anything_is_loaded(
    tmp_path: Path, options: list[str], sentence: str
) -> None:
    said = CliRunner().invoke(main, ["room", "--store", str(tmp_path), *options])
    assert said.exit_code == 2
    assert sentence in " ".join(said.output.split())


def test_an_address_that_is_not_this_machines(
    tmp_path: Path, engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def at_once(_: Settings) -> Iterator[Engines]:
        yield engines

    monkeypatch.setattr("voice_coach.cli.room.open_engines", at_once)
    given = ["room", "--store", str(tmp_path), "--host", "10.255.254.253", "--no-open"]
    said = CliRunner().invoke(main, given)
    assert said.exit_code == 2
    assert "on 10.255.254.253 is in use or not allowed" in " ".join(said.output.split())
    assert not (tmp_path / "room" / "trainer-secret").exists()


# ---------------------------------------------------------------- a machine that moves


class Journey:
    """A machine that goes from one network into another."""

    def __init__(self) -> None:
        self.places: Places | None = _at("192.168.1.20")

    def look(self, _: tuple[str, ...]) -> Places:
        if self.places is None:
            raise InputError("In no network.", code="no-network")
        return self.places


def _at(address: str) -> Places:
    return Places(addresses=(ipaddress.ip_address(address),), names=("localhost",))


def test_the_room_follows_its_machine_into_another_network(settings: Settings) -> None:
    journey = Journey()
    room = OpenedRoom(settings, "Tuesday", look=journey.look)
    room.port = 8765
    before = room.signs()
    assert before.address == "https://192.168.1.20:8765/"
    assert not room.look_again()
    journey.places = _at("10.0.0.7")
    assert room.look_again()
    after = room.signs()
    assert after.address == "https://10.0.0.7:8765/"
    assert after.code == before.code
    assert after.fingerprint != before.fingerprint
    scope = {"type": "http", "server": ("10.0.0.7", 8765)}
    assert room.host_is_ours(scope, "10.0.0.7:8765")
    assert not room.host_is_ours(scope, "192.168.1.20:8765")
    assert not room.host_is_ours({**scope, "server": ("8.8.8.8", 8765)}, "10.0.0.7:8765")


async def test_the_trainer_is_told_and_a_moment_without_network_is_borne(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voice_coach_server.room.opened._LOOK_AROUND_SECONDS", 0.01)
    journey = Journey()
    room = OpenedRoom(settings, "Tuesday", look=journey.look)
    moved = asyncio.Event()
    room.on_moved = moved.set
    page = room.host.open_page()
    following = asyncio.create_task(room.follow_the_network())
    journey.places = None
    await asyncio.sleep(0.05)
    assert not moved.is_set()
    journey.places = _at("10.0.0.7")
    await asyncio.wait_for(moved.wait(), 10)
    following.cancel()
    state = page._room()
    assert isinstance(state, RoomState)
    assert state.address == "https://10.0.0.7:0/"
    assert state.fingerprint == room.certificate.fingerprint


@pytest.mark.parametrize("tables", [0, 1])
def test_the_class_report_is_written_when_a_room_ends_that_somebody_was_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tables: int
) -> None:
    async def serve(
        _settings: Settings, _engines: object, room: OpenedRoom, *_: object, **__: object
    ) -> None:
        for number in range(tables):
            room.room.join(f"Table {number}", "test", Consent())

    @contextmanager
    def no_engines(_: Settings) -> Iterator[None]:
        yield

    monkeypatch.setattr("voice_coach.cli.room._serve", serve)
    monkeypatch.setattr("voice_coach.cli.room.open_engines", no_engines)
    folder = tmp_path / "reports"
    options = ["--store", str(tmp_path / "store"), "--host", "127.0.0.1", "--report", str(folder)]
    said = CliRunner().invoke(main, ["room", *options])
    assert said.exit_code == 0, said.output
    written = sorted(path.suffix for path in folder.glob("class-report-*"))
    assert written == [".csv", ".html"][: 2 * tables]
    assert said.output.count("Class report:") == 2 * tables
