"""Coming into a room over TLS: code, secret, tokens, cookies, and everything that must not get in."""

import asyncio
import ssl
import stat

import httpx
import msgspec
import pytest
from served_room import ServedRoom
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from voice_coach.errors import InputError
from voice_coach.room_messages import Consent, Join, LockRoom, RemoveTable
from voice_coach.settings import Settings
from voice_coach_server.room.door import Door
from voice_coach_server.room.opened import OpenedRoom
from voice_coach_server.room.room import Room
from voice_coach_server.room.tries import TooManyTriesError
from voice_coach_server.visitor import Role


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def door(clock: Clock) -> Door:
    return Door(Room("Tuesday", now=clock, titled=lambda activity: activity.scenario), clock)


def wish(door: Door, name: str = "Table 1") -> Join:
    return Join(code=door.code, name=name, consent=Consent())


# ---------------------------------------------------------------- the door itself


def test_wrong_codes_are_limited_even_for_the_right_one_and_then_forgiven(
    door: Door, clock: Clock
) -> None:
    for _ in range(8):
        with pytest.raises(InputError, match="not this room's code") as caught:
            door.join(Join(code="234-679", name="Table 1"), "10.0.0.1")
        assert caught.value.stable_code == "wrong-code"
    with pytest.raises(TooManyTriesError, match="wait 10 s"):
        door.join(wish(door), "10.0.0.1")
    door.join(wish(door, "Table 2"), "10.0.0.2")
    clock.now = 10.0
    door.join(wish(door), "10.0.0.1")


def test_an_hour_of_guessing_from_everywhere_is_few_guesses(door: Door, clock: Clock) -> None:
    guesses = 0
    for second in range(3_600):
        clock.now = float(second)
        for source in range(20):
            try:
                door.join(Join(code="not-it", name="x"), f"10.0.{second % 250}.{source}")
            except TooManyTriesError:
                break
            except InputError:
                guesses += 1
    assert guesses <= 1_840


def test_wrong_secrets_are_limited_harder(door: Door, clock: Clock) -> None:
    for _ in range(4):
        with pytest.raises(InputError, match="not the trainer's secret"):
            door.unlock("H69-C9K", "10.0.0.1")
    with pytest.raises(TooManyTriesError, match="wait 60 s"):
        door.unlock(door.secret, "10.0.0.1")
    clock.now = 60.0
    assert door.unlock(door.secret.lower().replace("-", " "), "10.0.0.1")


def test_nobody_can_lock_the_trainer_out(door: Door) -> None:
    for number in range(1_000):
        with pytest.raises(InputError, match="not the trainer's secret"):
            door.unlock("wrong", f"10.0.{number // 250}.{number % 250}")
    assert door.unlock(door.secret, "127.0.0.1")


def test_a_flood_of_joins_is_bounded(door: Door) -> None:
    for number in range(40):
        door._room.leave(door.join(wish(door, f"Table {number}"), "10.0.0.1").table)
    with pytest.raises(TooManyTriesError):
        door.join(wish(door), "10.0.0.1")


# ---------------------------------------------------------------- over TLS


async def test_a_browser_gets_a_cookie_that_no_script_and_no_other_site_gets(room: ServedRoom) -> None:
    async with room.client() as client:
        before = await client.get("api/scenarios")
        assert (before.status_code, before.json()["code"]) == (401, "not-in-room")
        answer = await client.post("room/join", json={"code": room.opened.door.code, "name": "Anna"})
        joined = answer.json()
        assert (joined["name"], joined["room"]) == ("Anna", "Tuesday class")
        assert len(joined["token"]) == 43
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-voice-coach-table=")
        assert set(cookie.split("; ")[1:]) == {
            "HttpOnly",
            "Max-Age=43200",
            "Path=/",
            "SameSite=strict",
            "Secure",
        }
        assert "strict-transport-security" not in answer.headers
        assert answer.headers["cache-control"] == "no-store"
        assert (await client.get("api/scenarios")).status_code == 200


async def test_who_has_not_joined_sees_the_way_in_and_who_has_sees_the_table(room: ServedRoom) -> None:
    token = (await room.join("Anna"))["token"]
    async with room.client() as stranger, room.client(token) as anna:
        assert 'id="code"' in (await stranger.get("")).text
        assert 'id="lobby"' in (await anna.get("")).text


async def test_what_anybody_may_know(room: ServedRoom) -> None:
    async with room.client() as client:
        info = await client.get("room/info")
        assert info.json() == {
            "title": "Tuesday class",
            "fingerprint": room.opened.certificate.fingerprint,
            "locked": False,
        }
        assert (await client.get("healthz")).json() == {"status": "ok"}
        authority = await client.get("room/authority.pem")
        assert authority.content == room.opened.certificate.authority_pem
        assert authority.headers["content-type"] == "application/x-x509-ca-cert"


async def test_the_code_picture_is_the_trainers(room: ServedRoom) -> None:
    async with room.client(await room.trainer()) as client:
        picture = await client.get("room/qr.svg")
        assert picture.headers["content-type"] == "image/svg+xml"
        assert picture.headers["cache-control"] == "no-store"
        assert picture.text.startswith("<svg")


async def test_wrong_codes_get_a_429_that_says_when_to_come_back(room: ServedRoom) -> None:
    async with room.client() as client:
        for _ in range(8):
            answer = await client.post("room/join", json={"code": "nope", "name": "Anna"})
            assert (answer.status_code, answer.json()["code"]) == (403, "wrong-code")
        answer = await client.post("room/join", json={"code": room.opened.door.code, "name": "Anna"})
        assert (answer.status_code, answer.json()["code"]) == (429, "too-many-tries")
        assert 1 <= int(answer.headers["retry-after"]) <= 10


async def test_many_guesses_at_once_are_no_more_than_one_after_the_other(room: ServedRoom) -> None:
    async with room.client() as client:
        answers = await asyncio.gather(
            *(client.post("room/join", json={"code": f"no-{n}", "name": "x"}) for n in range(60))
        )
    assert sum(answer.status_code == 403 for answer in answers) == 8
    assert {answer.status_code for answer in answers} == {403, 429}


async def test_a_client_cannot_say_that_it_is_somebody_else(room: ServedRoom) -> None:
    async with room.client() as client:
        for number in range(9):
            answer = await client.post(
                "room/join",
                json={"code": "nope", "name": "x"},
                headers={"x-forwarded-for": f"10.0.0.{number}", "forwarded": f"for=10.0.0.{number}"},
            )
    assert answer.status_code == 429


async def test_two_tables_of_one_name(room: ServedRoom) -> None:
    await room.join("Anna")
    async with room.client() as client:
        answer = await client.post("room/join", json={"code": room.opened.door.code, "name": " anna "})
    assert (answer.status_code, answer.json()["code"]) == (409, "name-taken")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"name": "Anna"}, 400, "bad-field"),
        ({"code": 7, "name": "Anna"}, 400, "bad-field"),
        ({"code": "x", "name": "Anna", "role": "trainer"}, 400, "bad-field"),
        ([], 400, "bad-field"),
    ],
)
async def test_what_is_no_wish_to_join(room: ServedRoom, body: object, status: int, code: str) -> None:
    async with room.client() as client:
        answer = await client.post("room/join", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_bad_names_and_a_locked_room(room: ServedRoom) -> None:
    async with room.client() as client:
        answer = await client.post("room/join", json={"code": room.opened.door.code, "name": " "})
        assert (answer.status_code, answer.json()["code"]) == (422, "bad-name")
        async with room.socket("/room/watch", await room.trainer()) as watch:
            await watch.send(_encoded(LockRoom(on=True)))
            async with asyncio.timeout(5):
                while not (await client.get("room/info")).json()["locked"]:  # noqa: ASYNC110 - as a page asks
                    await asyncio.sleep(0.02)
        answer = await client.post("room/join", json={"code": room.opened.door.code, "name": "Anna"})
        assert (answer.status_code, answer.json()["code"]) == (423, "room-locked")


async def test_a_removed_table_has_a_void_token(room: ServedRoom) -> None:
    joined = await room.join("Anna")
    async with room.client(joined["token"]) as anna:
        assert (await anna.get("api/sessions")).status_code == 200
        async with (
            room.socket("/room/table", joined["token"]) as lobby,
            room.socket("/room/watch", await room.trainer()) as watch,
        ):
            await watch.send(_encoded(RemoveTable(table=joined["table"])))
            await asyncio.wait_for(lobby.wait_closed(), 5)
        assert (await anna.get("api/sessions")).status_code == 401
    with pytest.raises(InvalidStatus):
        async with room.socket("/ws", joined["token"]):
            pass


@pytest.mark.parametrize("token", ["-", "x", "é", "a" * 5_000])
async def test_tokens_that_never_were(room: ServedRoom, token: str) -> None:
    await room.join("Anna")
    headers = {
        "authorization": b"Bearer " + token.encode(),
        "cookie": b"__Host-voice-coach-table=" + token.encode(),
    }
    async with room.client() as client:
        assert (await client.get("api/sessions", headers=headers)).status_code == 401
        assert (await client.get("api/sessions", headers={"cookie": ";;=\x01"})).status_code == 401


async def test_a_table_that_opens_the_trainers_page_and_sockets(room: ServedRoom) -> None:
    token = (await room.join("Anna"))["token"]
    async with room.client(token) as anna:
        for page in ("room/trainer", "room/projector"):
            answer = await anna.get(page)
            assert (answer.status_code, answer.text) == (
                403,
                "This is for the trainer. Your own page is at /.\n",
            )
        assert (await anna.get("metrics")).status_code == 403
        assert (await anna.get("room/qr.svg")).json() == {
            "code": "not-yours",
            "text": "This is for the trainer.",
        }
        answer = await anna.post("room/trainer", json={"secret": room.opened.door.code})
        assert (answer.status_code, answer.json()["code"]) == (403, "wrong-secret")
    for path, holder in (("/room/watch", token), ("/room/watch", ""), ("/room/table", ""), ("/ws", "")):
        with pytest.raises(InvalidStatus) as caught:
            async with room.socket(path, holder):
                pass
        assert caught.value.response.status_code == 403


async def test_the_secret_is_in_a_private_file_as_long_as_the_room_is_open(
    settings: Settings,
) -> None:
    opened = OpenedRoom(settings, "Tuesday", ("127.0.0.1",))
    assert opened.secret_file.read_text() == f"{opened.door.secret}\n"
    assert stat.S_IMODE(opened.secret_file.stat().st_mode) == 0o600
    opened.close()
    assert not opened.secret_file.exists()


async def test_one_browser_may_be_both(room: ServedRoom) -> None:
    async with room.client() as client:
        await client.post("room/join", json={"code": room.opened.door.code, "name": "Anna"})
        await client.post("room/trainer", json={"secret": room.opened.door.secret})
        assert 'id="lobby"' in (await client.get("")).text
        assert (await client.get("room/trainer")).status_code == 200


# ---------------------------------------------------------------- hosts and origins


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.168.1.20", "[", ""])
async def test_a_name_that_was_rebound_to_us_gets_nothing(room: ServedRoom, host: str) -> None:
    async with room.client() as client:
        for path in ("", "room/info", "room/join"):
            assert (await client.get(path, headers={"host": host})).status_code == 421


async def test_pages_of_elsewhere_can_do_nothing(room: ServedRoom) -> None:
    own = room.address.http_url.rstrip("/")
    token = (await room.join("Anna"))["token"]
    body = {"code": room.opened.door.code, "name": "Berta"}
    async with room.client() as client:
        for origin in (
            "https://evil.example",
            "null",
            own.replace("https", "http"),
            own + "0",
            "https://[",
        ):
            answer = await client.post("room/join", json=body, headers={"origin": origin})
            assert (answer.status_code, answer.json()["code"]) == (403, "foreign-origin"), origin
            with pytest.raises(InvalidStatus):
                async with room.socket("/ws", token, origin=origin):
                    pass
        assert (await client.post("room/join", json=body, headers={"origin": own})).status_code == 200
    async with room.socket("/room/table", token, origin=own):
        pass


async def test_without_tls_there_is_no_room(room: ServedRoom) -> None:
    plain = room.address.http_url.replace("https", "http")
    async with httpx.AsyncClient(verify=room.tls) as client:
        for path in ("", "room/info", "room/join?code=x", "api/sessions"):
            answer = await client.get(plain + path)
            assert (answer.status_code, answer.headers["location"]) == (307, room.address.http_url)
            assert answer.content == b""
        arrived = await client.get(plain, follow_redirects=True)
    assert (arrived.status_code, str(arrived.url)) == (200, room.address.http_url)


@pytest.mark.parametrize(
    "nonsense", [b"\x00", b"SSH-2.0-x\r\n", b"\x16nonsense", b"\x16\x03\x01\x00\x05hello"]
)
async def test_nonsense_on_the_port_harms_nobody(room: ServedRoom, nonsense: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", room.address.port)
    writer.write(nonsense)
    writer.write_eof()
    await asyncio.wait_for(reader.read(), 10)
    writer.close()
    async with room.client() as client:
        assert (await client.get("room/info")).status_code == 200


async def test_whoever_does_not_know_the_authority_is_warned(room: ServedRoom) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        async with connect(room.url("/room/table"), ssl=ssl.create_default_context()):
            pass


async def test_the_trainer_reaches_the_room_by_its_local_name(room: ServedRoom) -> None:
    assert room.opened.trainer_address == f"https://localhost:{room.address.port}/room/trainer"
    async with room.client() as client:
        assert (await client.get(room.opened.trainer_address)).status_code == 200


def test_a_token_holds_its_roles_and_no_more(door: Door) -> None:
    joined = door.join(wish(door), "10.0.0.1")
    holder = door._tokens.holder(joined.token)
    assert holder is not None
    assert (holder.roles, holder.table) == (frozenset({Role.TABLE}), joined.table)
    assert joined.token not in str(vars(door._tokens))
    door.void(joined.table)
    assert door._tokens.holder(joined.token) is None


@pytest.mark.parametrize("title", ["", "  ", "x" * 61, "a\x1b[2Jb"])
def test_a_room_needs_a_name(settings: Settings, title: str) -> None:
    with pytest.raises(InputError, match="1 to 60 visible characters"):
        OpenedRoom(settings, title, ("127.0.0.1",))


def _encoded(message: LockRoom | RemoveTable) -> str:
    return msgspec.json.encode(message).decode()
