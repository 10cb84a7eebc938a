"""The reducers of the room's pages against every message of the room's real wire."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from voice_coach import room_messages as r
from voice_coach.conversation.commands import Phase

HERE = Path(__file__).parent
WEB = HERE.parent.parent / "client" / "web"
PAGES = ("join.html", "trainer.html", "projector.html")

ACTIVITY = r.Activity(scenario="renewal_in_doubt", title="Renewal in doubt")
TABLE = r.TableState(id="t1", name="Table 1", client="browser 1", connected=True, consent=r.Consent())
TO_TABLE: tuple[r.ToTable, ...] = (
    r.LobbyState(table="t1", name="Table 1", room="Spring", consent=r.Consent(record=False)),
    r.Assigned(activity=ACTIVITY),
    r.StartActivity(activity=ACTIVITY),
    r.NoteShown(text="Slower."),
    r.AskToListen(),
    r.StopActivity(),
    r.Removed(text="Out."),
)
TO_TRAINER: tuple[r.ToTrainer, ...] = (
    r.RoomState(
        title="Spring",
        code="amber-otter-42",
        address="https://192.168.1.20:8765/",
        fingerprint="AA:BB",
        locked=False,
        tables=(TABLE, msgspec.structs.replace(TABLE, id="t2")),
    ),
    r.TableChanged(table=msgspec.structs.replace(TABLE, connected=False, away_seconds=60)),
    r.TableGone(table="t2"),
    r.RoomNotice(code="unknown-table", text="There is no such table."),
)


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    node = shutil.which("node")
    assert node, "node (20 or newer) is needed for the tests of the pages"
    in_call = [msgspec.structs.replace(TABLE, session="s", phase=phase) for phase in Phase]
    text = json.dumps(
        {
            "toTable": msgspec.to_builtins(TO_TABLE),
            "toTrainer": msgspec.to_builtins(TO_TRAINER),
            "tables": msgspec.to_builtins(in_call),
        }
    )
    done = subprocess.run(
        [node, str(HERE / "room-contract.mjs")],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_the_examples_hold_every_message_to_a_page() -> None:
    assert {type(message) for message in TO_TABLE} == set(get_args(r.ToTable))
    assert {type(message) for message in TO_TRAINER} == set(get_args(r.ToTrainer))


def test_a_table_s_page_understands_every_message(made: dict[str, Any]) -> None:
    lobby = made["lobby"]
    assert (lobby["name"], lobby["consent"]) == ("Table 1", {"record": False, "share": True})
    assert lobby["activity"]["title"] == "Renewal in doubt"
    assert lobby["out"] == {"reason": "removed", "text": "Out."}


def test_the_trainer_s_page_understands_every_message(made: dict[str, Any]) -> None:
    assert [table["id"] for table in made["room"]["tables"]] == ["t1"]
    assert made["room"]["room"]["code"] == "amber-otter-42"
    assert made["needs"][0]["kind"] == "away"
    assert made["summary"] == "1 table, 1 needs you"


def test_every_phase_has_words_of_its_own(made: dict[str, Any]) -> None:
    assert len(set(made["words"])) == len(Phase)
    assert "in a call" not in made["words"]


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_need_nothing_inline_or_from_elsewhere(name: str) -> None:
    page = (WEB / "room" / name).read_text("utf-8")
    assert " style=" not in page
    assert "<style" not in page
    assert "http" not in page.replace('http-equiv="', "")
    for file in (part.split('"')[0] for part in page.split('"/web/')[1:]):
        assert (WEB / file).is_file(), file
