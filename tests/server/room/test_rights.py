"""Who may do what, route by route; and whose a session is."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from served_room import ServedRoom
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Host, Route
from trainee import trainee
from websockets.exceptions import InvalidStatus

from voice_coach.coaching.turn import Speaker
from voice_coach.journal.journal import read_journal
from voice_coach.messages import (
    PROTOCOL_VERSION,
    Branch,
    Ended,
    Failed,
    Hello,
    Reply,
    TurnSettled,
    Welcome,
    decode_server,
    encode,
)
from voice_coach.room_messages import Consent
from voice_coach.settings import Settings
from voice_coach_server.app import Address, create_app
from voice_coach_server.engines import Engines
from voice_coach_server.ownership import Ownership
from voice_coach_server.rights import RULES, guarded, route_key
from voice_coach_server.room.opened import OpenedRoom
from voice_coach_server.visitor import OWNER

WEB = Path(__file__).parents[3] / "client" / "web"
SCENARIO = "renewal_in_doubt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A table that has made a call."""

    token: str
    session: str


async def make_call(room: ServedRoom, token: str, tone: bytes, *, record: bool = True) -> str:
    """Make a call with one turn in it; give its session."""
    hello = Hello(version=PROTOCOL_VERSION, scenario=SCENARIO, seed=7, record=record)
    async with trainee(room.url("/ws"), hello, **room.how(token)) as person:
        await person.silence(0.2)
        await person.wait_for(Reply)
        await person.speak(tone)
        await person.silence(3.0)
        await person.wait_for(TurnSettled, lambda m: m.turn.speaker is Speaker.TRAINEE)
        await person.wait_for(Reply, lambda m: m.reply == 2)
        await person.send_end()
        return (await person.wait_for(Ended)).session


@pytest.fixture
async def anna(room: ServedRoom, tone: bytes) -> Seat:
    token = (await room.join("Anna"))["token"]
    return Seat(token=token, session=await make_call(room, token, tone))


@pytest.fixture
async def berta(room: ServedRoom) -> AsyncIterator[httpx.AsyncClient]:
    async with room.client((await room.join("Berta"))["token"]) as client:
        yield client


@pytest.fixture
async def trainer(room: ServedRoom) -> AsyncIterator[httpx.AsyncClient]:
    async with room.client(await room.trainer()) as client:
        yield client


# ---------------------------------------------------------------- every route has a rule


def test_every_route_of_both_servers_has_a_rule(settings: Settings, engines: Engines) -> None:
    opened = OpenedRoom(settings, "Tuesday", ("127.0.0.1",))
    for app in (create_app(settings, engines, WEB), create_app(settings, engines, WEB, opened)):
        keys = [route_key(route) for route in app.routes]
        assert len(keys) > 20
        for key in keys:
            assert key in RULES, f"{key} has no rule in rights.py"


def test_a_route_without_a_rule_cannot_be_served() -> None:
    async def serve(_: Request) -> Response:
        return Response()

    with pytest.raises(KeyError, match="/forgotten"):
        guarded([Route("/forgotten", serve)], lambda _: OWNER, Ownership(Path()))
    with pytest.raises(TypeError, match="exactly one method"):
        guarded([Route("/", serve, methods=["GET", "POST"])], lambda _: OWNER, Ownership(Path()))
    with pytest.raises(TypeError, match="cannot have a rule"):
        guarded([Host("x", serve)], lambda _: OWNER, Ownership(Path()))


# Whoever is not named here is refused. Written by hand, as the table that it checks.
NOBODY = {
    *("GET /", "MOUNT /web", "GET /room/trainer", "GET /room/info", "GET /room/authority.pem"),
    *("POST /room/join", "POST /room/trainer", "GET /healthz"),
}
TABLE = NOBODY - {"GET /room/trainer"} | {
    *("GET /sessions", "GET /progress", "GET /review/{session}", "GET /compare/{left}/{right}"),
    *("GET /api/scenarios", "GET /api/drills", "GET /api/sessions", "GET /api/progress"),
    *("WS /ws", "WS /room/table"),
}
TRAINER = NOBODY | {
    *("GET /sessions", "GET /review/{session}", "GET /room/projector", "GET /room/qr.svg"),
    *("GET /room/report.html", "GET /room/report.csv", "GET /metrics", "WS /room/watch"),
    *("GET /api/scenarios", "GET /api/drills", "GET /api/sessions"),
}
FILLED = {"session": "20200101-000000-aaaa", "left": "a", "right": "b", "side": "trainee", "form": "json",
          "turn:int": "1", "job": "x"}  # fmt: skip


async def test_every_route_refuses_whom_it_should(
    room: ServedRoom, settings: Settings, engines: Engines
) -> None:
    app = create_app(settings, engines, WEB, room.opened)
    table, trainer = (await room.join("Anna"))["token"], await room.trainer()
    for role, token, may in (
        ("nobody", "", NOBODY),
        ("table", table, TABLE),
        ("trainer", trainer, TRAINER),
    ):
        for key in map(route_key, app.routes):
            refused = await is_refused(room, token, key)
            if "{session}" in key and key.split()[1].startswith("/api"):
                assert refused, f"{role} gets at another's session by {key}"
            else:
                assert refused == (key not in may), f"{role}: {key}"


async def is_refused(room: ServedRoom, token: str, key: str) -> bool:
    method, path = key.split()
    path = re.sub(r"\{([^}]+)\}", lambda name: FILLED[name[1]], path)
    if method == "WS":
        try:
            async with room.socket(path, token):
                return False
        except InvalidStatus as error:
            return error.response.status_code == 403
    async with room.client(token) as client:
        if method == "MOUNT":
            return (await client.get(f"{path}/style.css")).status_code != 200
        answer = await client.request(method, path, json={} if method == "POST" else None)
    if answer.status_code == 403 and not answer.headers["content-type"].startswith("text/plain"):
        return answer.json()["code"] == "not-yours"
    return answer.status_code in (303, 401, 403) or "unknown-session" in answer.text


# ---------------------------------------------------------------- whose a session is


async def test_a_table_has_its_own_sessions_and_no_other_tables(
    room: ServedRoom, anna: Seat, berta: httpx.AsyncClient
) -> None:
    one = f"api/sessions/{anna.session}"
    async with room.client(anna.token) as own:
        assert [row["id"] for row in (await own.get("api/sessions")).json()["sessions"]] == [anna.session]
        review = await own.get(f"{one}/review")
        assert review.status_code == 200
        assert review.headers["cache-control"] == "no-store"
        assert (await own.get(f"{one}/trainee.flac")).status_code == 200
        assert (await own.get(f"{one}/export.csv")).status_code == 200
        assert len((await own.get("api/progress")).json()["weeks"]) >= 1
    assert (await berta.get("api/sessions")).json() == {"sessions": [], "more": False}
    mine = (await berta.get("api/progress")).json()
    assert anna.session not in str(mine)
    for method, path in (
        ("GET", "/review"),
        ("GET", "/peaks/trainee"),
        ("GET", "/trainee.flac"),
        ("GET", "/counterpart.flac"),
        ("GET", "/branch/0"),
        ("GET", "/export.zip"),
        ("POST", "/notes"),
        ("DELETE", ""),
    ):
        answer = await berta.request(method, one + path)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown-session"), path
        never = await berta.request(method, f"api/sessions/20200101-000000-aaaa{path}")
        assert never.status_code == 404
        said = answer.json()["text"].replace(anna.session, "20200101-000000-aaaa")
        assert never.json()["text"] == said, "nobody can tell another's session from none"


async def test_sessions_of_the_owner_are_nobodys_in_a_room(
    room: ServedRoom, anna: Seat, trainer: httpx.AsyncClient
) -> None:
    journal = room.store / "sessions" / anna.session / "journal.jsonl"
    journal.write_text(re.sub(r'"table":"\w+"', '"table":""', journal.read_text(), count=1))
    async with room.client(anna.token) as own:
        for client in (own, trainer):
            assert (await client.get("api/sessions")).json()["sessions"] == []
            assert (await client.get(f"api/sessions/{anna.session}/review")).status_code == 404


async def test_the_trainer_reads_sessions_of_tables_that_share_and_hears_none(
    room: ServedRoom, anna: Seat, trainer: httpx.AsyncClient
) -> None:
    one = f"api/sessions/{anna.session}"
    assert [row["id"] for row in (await trainer.get("api/sessions")).json()["sessions"]] == [anna.session]
    async with room.client(anna.token) as own:
        noted = await own.post(
            f"{one}/notes", json={"note": "comment", "at_seconds": 1, "text": "For me."}
        )
        assert noted.status_code == 200, noted.text
        mine = (await own.get(f"{one}/review")).json()
    read = (await trainer.get(f"{one}/review")).json()
    assert len(mine["tracks"]) == 2
    assert len(mine["comments"]) == 1
    assert read["turns"] == mine["turns"]
    assert read["tracks"] == read["comments"] == []
    for path in ("trainee.flac", "peaks/trainee", "export.zip"):
        assert (await trainer.get(f"{one}/{path}")).status_code == 403
    assert (await trainer.delete(one)).status_code == 403
    table = room.opened.room.tables[0].id
    room.opened.room.change_consent(table, Consent(share=False))
    assert (await trainer.get(f"{one}/review")).status_code == 404
    assert (await trainer.get("api/sessions")).json()["sessions"] == []


async def test_a_table_that_has_left_still_decides(
    room: ServedRoom, anna: Seat, trainer: httpx.AsyncClient
) -> None:
    room.opened.room.leave(room.opened.room.tables[0].id)
    assert (await trainer.get(f"api/sessions/{anna.session}/review")).status_code == 200
    async with room.client(anna.token) as own:
        assert (await own.get(f"api/sessions/{anna.session}/review")).status_code == 401


async def test_another_table_cannot_take_over_a_call(room: ServedRoom) -> None:
    anna, berta = [(await room.join(name))["token"] for name in ("Anna", "Berta")]
    async with trainee(room.url("/ws"), **room.how(anna)) as person:
        session = person.seen(Welcome)[0].session
        async with room.socket("/ws", berta) as thief:
            await thief.send(encode(Hello(version=PROTOCOL_VERSION, resume=session)))
            refused = decode_server(await thief.recv())
            assert isinstance(refused, Failed)
            assert (refused.code, refused.fatal) == ("unknown-session", True)
        again = Hello(version=PROTOCOL_VERSION, resume=session)
        async with trainee(room.url("/ws"), again, **room.how(anna)) as back:
            assert back.seen(Welcome)[0].resumed


async def test_another_table_cannot_try_a_call_again(room: ServedRoom, anna: Seat) -> None:
    berta = (await room.join("Berta"))["token"]
    branch = Hello(version=PROTOCOL_VERSION, branch=Branch(session=anna.session, turn=0))
    async with room.socket("/ws", berta) as thief:
        await thief.send(encode(branch))
        refused = decode_server(await thief.recv())
        assert isinstance(refused, Failed)
        assert refused.code == "unknown-session"


# ---------------------------------------------------------------- consent


@pytest.mark.parametrize("wanted", ["table hello", "table", "hello"])
async def test_sound_is_kept_when_table_and_client_both_allow_it(
    room: ServedRoom, tone: bytes, wanted: str
) -> None:
    kept = wanted == "table hello"
    joined = await room.join("Anna", consent={"record": "table" in wanted, "share": True})
    session = await make_call(room, joined["token"], tone, record="hello" in wanted)
    folder = room.store / "sessions" / session
    assert read_journal(folder / "journal.jsonl").header.record is kept
    assert any(folder.glob("*.flac")) is kept
    async with room.client(joined["token"]) as own:
        heard = await own.get(f"api/sessions/{session}/trainee.flac")
        assert heard.status_code == (200 if kept else 404)


async def test_a_deleted_session_leaves_nothing_not_even_in_what_was_tried_again(
    room: ServedRoom, anna: Seat
) -> None:
    hello = Hello(version=PROTOCOL_VERSION, branch=Branch(session=anna.session, turn=2))
    async with trainee(room.url("/ws"), hello, **room.how(anna.token)) as person:
        await person.silence(0.2)
        await person.wait_for(Reply)
        await person.send_end()
        again = (await person.wait_for(Ended)).session
    async with room.client(anna.token) as own:
        listed = (await own.get("api/sessions")).json()["sessions"]
        assert {row["id"] for row in listed} == {anna.session, again}
        assert (await own.delete(f"api/sessions/{anna.session}")).status_code == 204
        assert (await own.get("api/sessions")).json()["sessions"] == []
        assert (await own.get(f"api/sessions/{anna.session}/review")).status_code == 404
    assert list((room.store / "sessions").iterdir()) == []
    everything = b"".join(path.read_bytes() for path in room.store.rglob("*") if path.is_file())
    assert anna.session.encode() not in everything


# ---------------------------------------------------------------- without a room


async def test_without_a_room_all_belongs_to_the_owner(server: Address) -> None:
    async with httpx.AsyncClient(base_url=server.http_url) as client:
        assert (await client.get("healthz")).json()["sessions"] == 0
        assert (await client.get("metrics")).status_code == 200
        assert (await client.get("api/sessions")).headers["cache-control"] == "no-cache"
        for path in ("room/info", "room/trainer", "room/join", "room/authority.pem"):
            assert (await client.get(path)).status_code == 404
