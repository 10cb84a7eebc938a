from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from journal.samples import EXCHANGES, SESSION, header, same, values_of, write_session

from voice_coach.conversation import commands as c
from voice_coach.conversation import events as e
from voice_coach.errors import InputError, JournalError, StoreError
from voice_coach.journal import durable
from voice_coach.journal.format import Entry, encode_entry, encode_header, parse
from voice_coach.journal.journal import JOURNAL_NAME, JournalWriter, Parent, read_journal
from voice_coach.journal.upgrade import PlainEntry, Step

ANYWHERE = Path("journal.jsonl")
FLAT = [value for event, commands in EXCHANGES for value in (event, *commands)]


def test_what_was_written_is_read(tmp_path: Path) -> None:
    folder = write_session(tmp_path)

    journal = read_journal(folder / JOURNAL_NAME)

    assert journal.header == header()
    assert [entry.value for entry in journal.entries] == FLAT
    assert [entry.seq for entry in journal.entries] == list(range(1, len(FLAT) + 1))
    assert not journal.torn
    assert journal.complete


def test_the_file_reads_as_the_reference_page_says(tmp_path: Path) -> None:
    folder = write_session(tmp_path, parent=Parent(session="20261122-090000-aaaa", seq=12))

    first, second, *_ = (folder / JOURNAL_NAME).read_text("utf-8").splitlines()

    assert first.startswith('{"voice_coach_journal":1,"session":"20261123-184501-k3f9",')
    assert json.loads(first)["parent"] == {"session": "20261122-090000-aaaa", "seq": 12}
    assert json.loads(first)["created"] == "2026-11-23T18:45:01Z"
    assert second == '[1,"event",{"event":"call_started","at":0.0}]'


def test_a_journal_of_the_first_release_is_still_read() -> None:
    path = Path(__file__).with_name("version_1.jsonl")

    journal = read_journal(path)

    assert journal.header.scenario_id == "lease"
    assert [entry.value for entry in journal.entries] == FLAT


def test_each_line_is_on_disk_before_the_call_returns(tmp_path: Path) -> None:
    writer = JournalWriter.create(tmp_path / SESSION, header())
    for number, value in enumerate(FLAT, start=1):
        if isinstance(value, e.Event):
            writer.event(value)
        else:
            writer.command(value)
        read = read_journal(tmp_path / SESSION / JOURNAL_NAME)
        assert read.entries[-1] == Entry(seq=number, value=value)
    assert writer.seq == len(FLAT)
    writer.close()


def test_events_come_with_the_commands_they_led_to(tmp_path: Path) -> None:
    journal = read_journal(write_session(tmp_path) / JOURNAL_NAME)

    found = [(exchange.event, list(exchange.commands)) for exchange in journal.exchanges()]

    assert found == EXCHANGES


def test_a_command_before_any_event_is_refused(tmp_path: Path) -> None:
    writer = JournalWriter.create(tmp_path / SESSION, header())
    writer.command(c.StopReply(reply=1))
    writer.close()
    journal = read_journal(tmp_path / SESSION / JOURNAL_NAME)

    with pytest.raises(JournalError, match="has a command before its first event"):
        list(journal.exchanges())


@given(values=st.lists(values_of(e.Event) | values_of(c.Command), max_size=4))
def test_decode_after_encode_is_identity(values: list[Any]) -> None:
    lines = [encode_entry(seq, value) for seq, value in enumerate(values, start=1)]

    journal = parse(encode_header(header()) + b"".join(lines), ANYWHERE)

    assert len(journal.entries) == len(values)
    assert all(same(entry.value, value) for entry, value in zip(journal.entries, values, strict=True))


@pytest.mark.parametrize(
    "value",
    [
        e.CallStarted(at=float("nan")),
        e.ReplySpoken(at=0.0, reply=1, seconds=float("inf")),
        e.TranscriptPartial(at=0.0, job=1, text="half a \ud83d", end_sample=1),
    ],
    ids=["nan", "infinity", "broken text"],
)
def test_what_could_not_be_read_back_is_not_written(tmp_path: Path, value: e.Event) -> None:
    writer = JournalWriter.create(tmp_path / SESSION, header())

    with pytest.raises(JournalError, match="cannot be written to the journal"):
        writer.event(value)
    writer.event(e.CallStarted(at=0.0))
    writer.close()

    journal = read_journal(tmp_path / SESSION / JOURNAL_NAME)
    assert journal.entries == (Entry(seq=1, value=e.CallStarted(at=0.0)),)


def test_a_journal_cut_anywhere_in_its_last_line_reads_without_it(tmp_path: Path) -> None:
    data = (write_session(tmp_path) / JOURNAL_NAME).read_bytes()
    whole = data[: data.rstrip(b"\n").rfind(b"\n") + 1]
    assert parse(whole, ANYWHERE).torn is False

    for end in range(len(whole) + 1, len(data)):
        journal = parse(data[:end], ANYWHERE)
        assert journal.torn
        assert not journal.complete
        assert [entry.value for entry in journal.entries] == FLAT[:-1]


def test_a_journal_continues_where_it_was_cut(tmp_path: Path) -> None:
    folder = write_session(tmp_path)
    path = folder / JOURNAL_NAME
    data = path.read_bytes()

    for end in (len(data), len(data) - 1, len(data) - 40):
        path.write_bytes(data[:end])
        writer, journal = JournalWriter.reopen(folder)
        assert journal.torn is (end < len(data))
        writer.event(e.Reconnected(at=9.0))
        writer.close()

        again = read_journal(path)
        assert again.entries == (*journal.entries, Entry(seq=writer.seq, value=e.Reconnected(at=9.0)))
        assert not again.torn


def test_zeros_left_by_a_power_cut_are_a_torn_line(tmp_path: Path) -> None:
    data = (write_session(tmp_path) / JOURNAL_NAME).read_bytes()

    journal = parse(data + bytes(300), ANYWHERE)

    assert journal.torn
    assert len(journal.entries) == len(FLAT)


def test_whatever_block_a_power_cut_leaves_empty_the_lines_before_it_are_kept(tmp_path: Path) -> None:
    data = (write_session(tmp_path) / JOURNAL_NAME).read_bytes()
    header_end = data.index(b"\n") + 1

    for hole in range(header_end, len(data)):
        whole = data[:hole].count(b"\n") - 1
        for left in (data[:hole], data[:hole] + bytes(64), data[:hole] + bytes(16) + data[hole + 16 :]):
            journal = parse(left, ANYWHERE)
            assert [entry.value for entry in journal.entries] == FLAT[:whole]


def test_a_journal_goes_on_before_the_block_that_a_power_cut_left_empty(tmp_path: Path) -> None:
    folder = write_session(tmp_path)
    path = folder / JOURNAL_NAME
    data = path.read_bytes()
    hole = data.index(b"\n", len(data) // 2) + 5
    path.write_bytes(data[:hole] + bytes(16) + data[hole + 16 :])

    writer, journal = JournalWriter.reopen(folder)
    writer.event(e.Reconnected(at=9.0))
    writer.close()

    assert journal.torn
    again = read_journal(path)
    assert not again.torn
    assert again.entries == (*journal.entries, Entry(seq=writer.seq, value=e.Reconnected(at=9.0)))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda lines: [*lines[:2], b"[2,", *lines[3:]], "line 3 is damaged"),
        (lambda lines: [*lines[:-1], lines[-1][:-9]], r"line \d+ is damaged"),
        (lambda lines: lines[:2] + lines[3:], "line 3 has number 3 where 2 was expected"),
        (
            lambda lines: [*lines[:1], b'[1,"event",{"event":"sneeze","at":1.0}]'],
            "line 2: the event is damaged",
        ),
        (lambda lines: [*lines[:1], b'[1,"rumour",{}]'], "line 2 is damaged"),
        (lambda lines: [*lines[:1], b'[1,"event",{"event":"call_started"}]'], "line 2: the event"),
        (lambda lines: [*lines[:1], b'[1,"event",' + b"[" * 100_000], "line 2 is damaged"),
        (lambda lines: [b'{"voice_coach_journal":1}', *lines[1:]], "line 1: the header is damaged"),
        (lambda lines: [b"RIFF\xff\xfe", *lines[1:]], "is not a voice_coach journal"),
        (lambda _: [b""], "is not a voice_coach journal"),
        (
            lambda lines: [b'{"voice_coach_journal":99,"more":[]}', *lines[1:]],
            r"made by a newer voice_coach \(journal version 99; .* Please update voice_coach\.",
        ),
        (lambda lines: [b'{"voice_coach_journal":0}', *lines[1:]], "version 0, which this voice_coach"),
    ],
)
def test_damage_is_named_with_its_line(tmp_path: Path, change: Any, sentence: str) -> None:
    data = (write_session(tmp_path) / JOURNAL_NAME).read_bytes()
    lines = change(data.rstrip(b"\n").split(b"\n"))

    with pytest.raises(JournalError, match=sentence):
        parse(b"\n".join(lines) + b"\n", ANYWHERE)


def test_a_journal_that_ends_in_its_header_says_so() -> None:
    with pytest.raises(JournalError, match="ends inside its first line"):
        parse(encode_header(header())[:-1], ANYWHERE)


def test_a_missing_journal_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r"There is no journal at .*journal\.jsonl\."):
        read_journal(tmp_path / JOURNAL_NAME)
    with pytest.raises(StoreError, match="cannot be opened: no such file"):
        JournalWriter.reopen(tmp_path)


def test_a_session_is_never_written_over(tmp_path: Path) -> None:
    folder = write_session(tmp_path)

    with pytest.raises(StoreError, match="cannot be created: a file stands in its place"):
        JournalWriter.create(folder, header())


def test_a_session_id_that_is_a_path_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not a session id"):
        JournalWriter.create(tmp_path / "x", header("../../etc"))
    assert not (tmp_path / "x").exists()


def test_a_running_journal_has_one_writer(tmp_path: Path) -> None:
    writer = JournalWriter.create(tmp_path / SESSION, header())

    with pytest.raises(StoreError, match="is being written by a running call; end it first"):
        JournalWriter.reopen(tmp_path / SESSION)
    writer.close()

    again, _ = JournalWriter.reopen(tmp_path / SESSION)
    again.close()
    again.close()


class _DiskThatFillsUp:
    """A stream that takes `room` more bytes, in small bites, and then says that the disk is full."""

    def __init__(self, stream: Any, room: int) -> None:
        self._stream = stream
        self.room = room

    def write(self, data: memoryview) -> int:
        bite = bytes(data[: min(7, self.room)])
        if not bite:
            raise OSError(28, "No space left on device")
        self.room -= len(bite)
        return int(self._stream.write(bite))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@pytest.mark.parametrize("room", range(0, 56, 7))
def test_a_full_disk_tears_nothing_and_loses_nothing_once_there_is_room(
    tmp_path: Path, room: int
) -> None:
    writer = JournalWriter.create(tmp_path / SESSION, header())
    path = tmp_path / SESSION / JOURNAL_NAME
    file = writer._file
    disk = _DiskThatFillsUp(file._stream, room)
    file._stream = disk  # the disk is what is played here
    written: list[e.Event] = []

    for at in range(4):
        event = e.TimerFired(at=float(at), timer="fill")
        written.append(event)
        with pytest.raises(StoreError, match=r"no space left on device\. Make room"):
            writer.event(event)
        assert not read_journal(path).torn
    disk.room = 100_000
    written.append(e.CallStarted(at=9.0))
    writer.event(written[-1])
    writer.close()

    assert [entry.value for entry in read_journal(path).entries] == written


def test_a_disk_that_cannot_keep_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = JournalWriter.create(tmp_path / SESSION, header())
    writer.event(e.CallStarted(at=0.0))

    def broken(_: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(durable.os, "fsync", broken)
        writer.sync()
    with pytest.raises(StoreError, match="input/output error"):
        writer.event(e.TimerFired(at=1.0, timer="fill"))
    writer.close()

    assert len(read_journal(tmp_path / SESSION / JOURNAL_NAME).entries) == 2


# ---------------------------------------------------------------- older versions


VERSION_0 = (
    b'{"voice_coach_journal":0,"session":"20261123-184501-k3f9","created":"2026-11-23T18:45:01Z",'
    b'"scenario":"lease","scenario_source":"","seed":1,"model":"","voice":"","record":false,'
    b'"settings":{}}\n'
    b'[1,"event",{"event":"begun","at":0}]\n'
    b'[2,"event",{"event":"heartbeat","at":1}]\n'
    b'[3,"command",{"command":"stop_reply","reply":1}]\n'
)


def _version_0_header(old: dict[str, object]) -> dict[str, object]:
    return {**old, "scenario_id": old["scenario"], "client": "made-up"}


def _version_0_entries(entries: Any) -> Any:
    for entry in entries:
        if entry.payload.get("event") == "begun":
            yield PlainEntry(entry.line, "event", {**entry.payload, "event": "call_started"})
        elif entry.payload.get("event") != "heartbeat":
            yield entry


STEPS = {0: Step(header=_version_0_header, entries=_version_0_entries)}


def test_an_older_journal_is_walked_forward(tmp_path: Path) -> None:
    path = tmp_path / JOURNAL_NAME
    path.write_bytes(VERSION_0)

    journal = read_journal(path, steps=STEPS)

    assert journal.header.scenario_id == "lease"
    assert journal.header.client == "made-up"
    assert journal.header.version == 1
    assert journal.file_version == 0
    assert journal.entries == (
        Entry(seq=1, value=e.CallStarted(at=0.0)),
        Entry(seq=2, value=c.StopReply(reply=1)),
    )
    assert path.read_bytes() == VERSION_0


def test_an_older_journal_is_not_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / JOURNAL_NAME).write_bytes(VERSION_0)

    monkeypatch.setattr("voice_coach.journal.journal.STEPS", STEPS)

    with pytest.raises(JournalError, match=r"older voice_coach .* but not continued"):
        JournalWriter.reopen(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (b'"event":"begun"', b'"event":"sneezed"', "cannot be upgraded after line 2"),
        (b'"scenario":"lease"', b'"scene":"lease"', "cannot be upgraded after line 1"),
        (b'[2,"event"', b'[7,"event"', "line 3 has number 7 where 2 was expected"),
    ],
)
def test_damage_in_an_older_journal_is_named(old: bytes, new: bytes, sentence: str) -> None:
    with pytest.raises(JournalError, match=sentence):
        parse(VERSION_0.replace(old, new), ANYWHERE, STEPS)
