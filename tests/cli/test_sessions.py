"""The command as a person types it, on a real store; whatever it prints is what is checked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from journal.samples import SESSION, TRAINEE_SAYS, header, write_session

from voice_coach.cli.main import main
from voice_coach.journal.format import Parent
from voice_coach.journal.journal import JOURNAL_NAME, JournalWriter
from voice_coach.journal.library import INDEX_NAME
from voice_coach.journal.recording import Recorder
from voice_coach.journal.store import named_folder, open_store

OLDER = "20261122-090000-aaaa"


def run(store: Path, *words: str, answer: str = "") -> Result:
    result = CliRunner().invoke(main, ["sessions", *words, "--store", str(store)], input=answer)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def words_of(result: Result) -> str:
    return " ".join(result.stdout.split())


def test_an_empty_store_says_how_to_begin(tmp_path: Path) -> None:
    result = run(tmp_path, "list")

    assert result.exit_code == 0
    assert words_of(result) == "There are no sessions yet. `voice-coach` starts a call."
    assert json.loads(run(tmp_path, "list", "--json").stdout) == []


def test_the_list_is_a_table_for_people(tmp_path: Path) -> None:
    write_session(tmp_path)
    write_session(tmp_path, OLDER, exchanges=3)
    damaged = write_session(tmp_path, "20261121-090000-bbbb") / JOURNAL_NAME
    damaged.write_text("nonsense\n")

    result = run(tmp_path, "list")

    heading, first, *_ = result.stdout.splitlines()
    assert heading.split()[:3] == ["session", "when", "scenario"]
    assert first.startswith(SESSION)
    for words in ("lease", "0:06", "trainee", "cut off", "cannot be"):
        assert words in result.stdout
    assert all(len(line) <= 80 for line in result.stdout.splitlines())


def test_the_list_is_json_for_programs(tmp_path: Path) -> None:
    write_session(tmp_path)
    write_session(tmp_path, OLDER)

    rows = json.loads(run(tmp_path, "list", "--json", "--limit", "1").stdout)

    assert [row["id"] for row in rows] == [SESSION]
    assert rows[0]["outcome"] == "trainee_left"
    assert rows[0]["labels"] == 1
    assert "There are older ones: --limit 10" in run(tmp_path, "list", "--limit", "1").stdout


def test_a_call_is_shown_with_its_moves_and_debrief(tmp_path: Path) -> None:
    write_session(tmp_path)

    shown = words_of(run(tmp_path, "show", SESSION))

    assert shown.startswith("The lease runs out - Mara Lindqvist")
    assert f"0:03 you {TRAINEE_SAYS} label She told you why she came." in shown
    assert "0:00 Mara I have been waiting for weeks. named the waiting" in shown
    assert f'yes Did you name a feeling? 0:03 "{TRAINEE_SAYS}"' in shown
    assert 'no Did they say that\'s right? You said: "So we agree?"' in shown


def test_what_led_to_the_end_is_shown_with_its_time(tmp_path: Path) -> None:
    path = write_session(tmp_path) / JOURNAL_NAME
    point = '{"turn":0,"at_seconds":61.5,"rule":"x","what":"It closed.","you_said":"Now!","better":false}'
    text = path.read_text("utf-8").replace('"turning_points":[]', f'"turning_points":[{point}]')
    path.write_text(text, "utf-8")

    assert '1:01 It closed. You had said: "Now!"' in words_of(run(tmp_path, "show", SESSION))


def test_a_call_is_shown_as_json(tmp_path: Path) -> None:
    folder = write_session(tmp_path)
    recorder = Recorder(folder)
    recorder.hear(b"\1\0" * 1600)
    recorder.close()

    shown = json.loads(run(tmp_path, "show", SESSION, "--json").stdout)

    assert [turn["speaker"] for turn in shown["turns"]] == ["counterpart", "trainee"]
    assert shown["turns"][1]["moves"][0]["kind"] == "label"
    assert shown["debrief"]["headline"] == "She told you why she came."
    assert shown["audio"] == {"trainee": str(folder / "trainee.flac")}
    assert (shown["complete"], shown["torn"], shown["has_audio"]) == (True, False, True)


def test_a_torn_journal_is_shown_as_far_as_it_goes(tmp_path: Path) -> None:
    path = write_session(tmp_path) / JOURNAL_NAME
    path.write_bytes(path.read_bytes()[:-30])

    shown = words_of(run(tmp_path, "show", SESSION))

    assert "cut off" in shown
    assert TRAINEE_SAYS in shown
    assert "A crash cut this call's journal: its last line was incomplete." in shown


def test_what_would_steer_the_terminal_is_not_passed_on(tmp_path: Path) -> None:
    write_session(tmp_path, scenario_source='title: "a [red]b[/red] \\e[2J"\nperson: "\\e]0;x\\a Mara"')

    shown = run(tmp_path, "show", SESSION).stdout

    assert "a [red]b[/red]  [2J" in shown
    assert "\x1b" not in shown
    assert "\a" not in shown


@pytest.mark.parametrize("name", ["show", "delete"])
@pytest.mark.parametrize(
    ("session", "sentence"),
    [
        ("../../etc", "'../../etc' is not a session id; one looks like 20261123-184501-k3f9."),
        (OLDER, f"There is no session {OLDER}; `voice-coach sessions list` shows those there are."),
    ],
)
def test_a_wrong_id_is_said_in_one_sentence(
    tmp_path: Path, name: str, session: str, sentence: str
) -> None:
    result = run(open_store(tmp_path), name, session)

    assert result.exit_code == 2
    assert result.stderr == f"Error: {sentence}\n"


def test_a_damaged_journal_is_said_in_one_sentence(tmp_path: Path) -> None:
    path = write_session(tmp_path) / JOURNAL_NAME
    path.write_bytes(path.read_bytes().replace(b"[2,", b"[9,"))

    result = run(tmp_path, "show", SESSION)

    assert result.exit_code == 2
    assert "line 3 has number 9 where 2 was expected" in result.stderr


def test_a_store_that_is_a_file_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("")

    result = run(tmp_path / "store", "list")

    assert result.exit_code == 1
    assert "cannot be used: a file stands in its place" in result.stderr


def test_delete_asks_first(tmp_path: Path) -> None:
    folder = write_session(tmp_path)

    refused = run(tmp_path, "delete", SESSION, answer="n\n")
    assert refused.exit_code == 1
    assert "Delete this for good? There is no way back." in refused.stderr
    assert folder.is_dir()

    assert words_of(run(tmp_path, "delete", SESSION, answer="y\n")) == f"Deleted: {SESSION}."
    assert not folder.exists()


def test_delete_does_not_ask_when_told_so(tmp_path: Path) -> None:
    folders = [write_session(tmp_path), write_session(tmp_path, OLDER)]

    result = run(tmp_path, "delete", "--yes", "--json", SESSION, OLDER, SESSION)

    assert json.loads(result.stdout) == {"deleted": [SESSION, OLDER]}
    assert not any(folder.exists() for folder in folders)


BRANCH = "20261124-090000-bbbb"
TWIG = "20261124-100000-cccc"


def write_family(store: Path) -> list[Path]:
    """A call, one that was tried again from it, one that was tried again from that, and a stranger."""
    return [
        write_session(store),
        write_session(store, BRANCH, parent=Parent(session=SESSION, seq=3)),
        write_session(store, TWIG, parent=Parent(session=BRANCH, seq=3)),
        write_session(store, OLDER),
    ]


def left(folders: list[Path]) -> list[bool]:
    return [folder.is_dir() for folder in folders]


@pytest.mark.parametrize(
    ("words", "answer", "kept"),
    [
        ((), "y\ny\n", [False, False, False, True]),
        ((), "n\ny\n", [False, True, True, True]),
        ((), "y\nn\n", [True, True, True, True]),
        (("--with-branches",), "y\n", [False, False, False, True]),
        (("--yes", "--with-branches"), "", [False, False, False, True]),
        (("--yes", "--keep-branches"), "", [False, True, True, True]),
        (("--yes",), "", [True, True, True, True]),
    ],
)
def test_what_was_tried_again_from_a_call_is_asked_about(
    tmp_path: Path, words: tuple[str, ...], answer: str, kept: list[bool]
) -> None:
    folders = write_family(tmp_path)
    result = run(tmp_path, "delete", SESSION, *words, answer=answer)
    assert left(folders) == kept
    if words == ("--yes",):
        assert result.exit_code == 2
        assert "--with-branches or --keep-branches" in " ".join(result.stderr.split())


def test_a_branch_that_still_runs_keeps_all_of_them(tmp_path: Path) -> None:
    folders = write_family(tmp_path)[:2]
    parent = Parent(session=BRANCH, seq=3)
    running = "20261125-100000-dddd"
    writer = JournalWriter.create(named_folder(tmp_path, running), header(running, parent=parent))
    result = run(tmp_path, "delete", "--yes", "--with-branches", SESSION)
    writer.close()
    assert f"Session {running} is a call that still runs" in " ".join(result.stderr.split())
    assert left(folders) == [True, True]


def test_calls_that_name_each_other_in_a_circle_can_be_deleted(tmp_path: Path) -> None:
    folders = [
        write_session(tmp_path, SESSION, parent=Parent(session=BRANCH, seq=3)),
        write_session(tmp_path, BRANCH, parent=Parent(session=SESSION, seq=3)),
    ]
    assert run(tmp_path, "delete", "--yes", "--with-branches", SESSION).exit_code == 0
    assert left(folders) == [False, False]


def test_everything_is_deleted_when_the_words_are_typed(tmp_path: Path) -> None:
    folders = write_family(tmp_path)
    assert run(tmp_path, "delete", "--all", answer="yes\n").exit_code == 1
    assert left(folders) == [True] * 4
    assert run(tmp_path, "delete", "--all", SESSION).exit_code == 2
    assert run(tmp_path, "delete").exit_code == 2
    assert left(folders) == [True] * 4
    assert run(tmp_path, "delete", "--all", answer="delete all\n").exit_code == 0
    assert left(folders) == [False] * 4
    nothing = run(tmp_path, "delete", "--all")
    assert words_of(nothing) == "Deleted: nothing, there are no sessions."


def test_one_wrong_id_deletes_nothing(tmp_path: Path) -> None:
    folder = write_session(tmp_path)

    assert run(tmp_path, "delete", "--yes", SESSION, OLDER).exit_code == 2

    assert folder.is_dir()


def test_a_running_call_is_not_deleted(tmp_path: Path) -> None:
    writer = JournalWriter.create(named_folder(open_store(tmp_path), SESSION), header())
    try:
        result = run(tmp_path, "delete", "--yes", SESSION)
        assert "still running" in run(tmp_path, "show", SESSION).stdout
    finally:
        writer.close()

    assert result.exit_code == 1
    assert "is a call that still runs; end it, then delete it." in result.stderr


def test_reindex_says_how_many_and_what_cannot_be_read(tmp_path: Path) -> None:
    write_session(tmp_path)
    (write_session(tmp_path, OLDER) / JOURNAL_NAME).write_text("nonsense\n")

    result = run(tmp_path, "reindex")

    assert words_of(result) == "The index has 2 sessions."
    assert f"{OLDER}: " in result.stderr
    as_json = json.loads(run(tmp_path, "reindex", "--json").stdout)
    assert as_json["sessions"] == 2
    assert list(as_json["problems"]) == [OLDER]


def test_a_lost_index_is_noticed_on_standard_error(tmp_path: Path) -> None:
    write_session(tmp_path)
    run(tmp_path, "list")
    (tmp_path / INDEX_NAME).write_bytes(b"scratched" * 100)

    result = run(tmp_path, "list", "--json")

    assert len(json.loads(result.stdout)) == 1
    assert "was damaged; it is rebuilt from 1 journals." in " ".join(result.stderr.split())


def test_the_store_of_the_settings_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_session(tmp_path)
    monkeypatch.setenv("VOICE_COACH_STORE__FOLDER", str(tmp_path))

    result = CliRunner().invoke(main, ["sessions", "list", "--json"])

    assert [row["id"] for row in json.loads(result.stdout)] == [SESSION]


def test_every_command_has_help_with_examples() -> None:
    for name in ("list", "show", "delete", "reindex"):
        result = CliRunner().invoke(main, ["sessions", name, "--help"])
        assert result.exit_code == 0
        assert f"voice-coach sessions {name}" in result.stdout
        assert "--json" in result.stdout
