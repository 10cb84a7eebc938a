"""Whose calls the class report tells, and whose not (any more)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from room_server import RoomServer, running_room
from trainee import trainee

from voice_coach.exports.class_report import ClassReport
from voice_coach.journal.library import Library
from voice_coach.messages import Ended, Reply
from voice_coach.room_messages import Consent
from voice_coach.settings import Settings
from voice_coach_server.engines import Engines
from voice_coach_server.room.report import attendance_of, tell_class, write_report


@pytest.fixture
async def room(settings: Settings, engines: Engines) -> AsyncIterator[RoomServer]:
    async with running_room(settings, engines) as server:
        yield server


async def hold_call(room: RoomServer, table: str, tone: bytes) -> str:
    async with trainee(room.call_url(table)) as person:
        await person.silence(0.2)
        await person.wait_for(Reply)
        await person.speak(tone)
        await person.silence(3.0)
        await person.wait_for(Reply, lambda m: m.reply == 2)
        await person.send_end()
        return (await person.wait_for(Ended)).session


def told(room: RoomServer, settings: Settings) -> ClassReport:
    return tell_class(attendance_of(room.host.room), settings.store.path, datetime.now(UTC))


async def test_the_report_tells_the_calls_of_those_who_share_for_as_long_as_they_do(
    room: RoomServer, settings: Settings, tone: bytes, tmp_path: Path
) -> None:
    rules = room.host.room
    anna = rules.join("Anna", "test", Consent())
    ben = rules.join("Ben", "test", Consent(share=False))
    first = await hold_call(room, anna.id, tone)
    await hold_call(room, ben.id, tone)

    report = told(room, settings)
    assert [(table.name, len(table.calls)) for table in report.tables] == [("Anna", 1)]
    (call,) = report.tables[0].calls
    assert (call.session, call.labels, call.title) == (first, 1, "Renewal in doubt")
    assert call.checks["A feeling named before anything was asked for"]
    assert (report.unshared, report.going_on) == (1, 0)

    rules.change_consent(ben.id, Consent(share=True))
    assert [len(table.calls) for table in told(room, settings).tables] == [1, 1]
    rules.leave(ben.id)
    assert [len(table.calls) for table in told(room, settings).tables] == [1, 1], "it was there"

    page, lines = write_report(rules, settings.store.path, tmp_path / "reports")
    assert "Anna" in page.read_text("utf-8")
    assert len(lines.read_text("utf-8").splitlines()) == 3
    assert {path.stat().st_mode & 0o777 for path in (page, lines)} == {0o600}

    with Library(settings.store.path) as library:
        library.delete(first)
    assert [len(table.calls) for table in told(room, settings).tables] == [0, 1]
    rules.change_consent(anna.id, Consent(share=False))
    assert [table.name for table in told(room, settings).tables] == ["Ben"]


async def test_a_call_that_goes_on_is_announced_and_not_told(
    room: RoomServer, settings: Settings
) -> None:
    anna = room.host.room.join("Anna", "test", Consent())
    async with trainee(room.call_url(anna.id)) as person:
        await person.silence(0.2)
        await person.wait_for(Reply)
        report = told(room, settings)
        assert (report.going_on, report.tables[0].calls) == (1, ())
