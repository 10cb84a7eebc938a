"""A kept drill: replayed to identical commands, remembered, shown, and not tried again from a line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from drills.calls import RECOGNIZER, DrillCall
from drills.files import LINES, small_drill
from journal.samples import header, write_session

from voice_coach.cli.main import main
from voice_coach.coaching.drill import DrillScore
from voice_coach.coaching.spacing import Asked, DrillMemory
from voice_coach.conversation import events as e
from voice_coach.errors import InputError
from voice_coach.exports.formats import Format, export
from voice_coach.journal.account import give_account
from voice_coach.journal.journal import JournalWriter, read_journal
from voice_coach.journal.kind import Kind
from voice_coach.journal.library import Library
from voice_coach.journal.played import played_scenario, played_session
from voice_coach.journal.replay import replay
from voice_coach.journal.store import named_folder, open_store
from voice_coach.messages import Branch
from voice_coach.review.tell import tell_review
from voice_coach_server.branching import read_branch_point

ANSWERS = {id_: answer for id_, _, _, answer in LINES}
FIRST, SECOND, THIRD = (f"20261123-18450{n}-k3f9" for n in (1, 2, 3))


def keep(
    store: Path,
    session: str,
    answers: str,
    *,
    memory: DrillMemory | None = None,
    table: str = "",
) -> DrillCall:
    """Play a drill and keep it: `+` is an answer that passes, `-` one that does not, `x` cut off."""
    drill = small_drill(rounds=len(answers))
    call = DrillCall(drill, memory=memory)
    for answer in answers.rstrip("x"):
        call.say(ANSWERS[call.prompt] if answer == "+" else "Why?")
    if not answers.endswith("x"):
        call.hear_out()
    writer = JournalWriter.create(
        named_folder(open_store(store), session),
        header(
            session,
            scenario_id=drill.id,
            scenario_source="",
            drill_source=drill.source_text,
            memory=memory,
            table=table,
        ),
    )
    for entry in call.log:
        (writer.event if isinstance(entry, e.Event) else writer.command)(entry)  # type: ignore[operator]
    writer.close()
    return call


@pytest.mark.parametrize("answers", ["+-++", "----", "+"])
def test_a_drill_replays_to_identical_commands(tmp_path: Path, answers: str) -> None:
    memory = DrillMemory(asked=(Asked(prompt="boss", passed=False),))
    keep(tmp_path, FIRST, answers, memory=memory)
    journal = read_journal(tmp_path / "sessions" / FIRST / "journal.jsonl")
    assert journal.header.memory == memory
    result = replay(journal, lambda head: played_session(head, RECOGNIZER))
    assert result.identical, result.divergence


def test_another_memory_is_another_drill(tmp_path: Path) -> None:
    keep(tmp_path, FIRST, "++++")
    path = tmp_path / "sessions" / FIRST / "journal.jsonl"
    first, rest = path.read_text().split("\n", 1)
    plain = json.loads(first)
    plain["memory"] = {"asked": [{"prompt": id_, "passed": False} for id_ in ANSWERS], "last": None}
    path.write_text(f"{json.dumps(plain)}\n{rest}")
    divergence = replay(read_journal(path), lambda head: played_session(head, RECOGNIZER)).divergence
    assert divergence is not None
    assert divergence.cause == "The choice of a drill's prompts has changed"


def test_the_runs_before_are_remembered(tmp_path: Path) -> None:
    first = keep(tmp_path, FIRST, "+-++")
    second = keep(tmp_path, SECOND, "--x")
    with Library(tmp_path) as library:
        memory = library.drill_memory("small")
        assert library.drill_memory("another") == DrillMemory()
    assert memory.last == DrillScore(passed=0, rounds=2, longest_streak=0)
    verdicts = [*first.verdicts, *second.verdicts]
    assert memory.asked == tuple(Asked(prompt=v.prompt, passed=v.passed) for v in verdicts)


def test_each_table_has_a_memory_of_its_own(tmp_path: Path) -> None:
    keep(tmp_path, FIRST, "++", table="window")
    keep(tmp_path, SECOND, "-")
    with Library(tmp_path) as library:
        assert library.drill_memory("small", "window").last == DrillScore(
            passed=2, rounds=2, longest_streak=2
        )
        assert library.drill_memory("small").last == DrillScore(passed=0, rounds=1, longest_streak=0)
        assert library.drill_memory("small", "door") == DrillMemory()
        library.delete(FIRST)
        assert library.drill_memory("small", "window") == DrillMemory()


def test_the_library_knows_a_drill_for_one(tmp_path: Path) -> None:
    keep(tmp_path, FIRST, "+-+")
    write_session(tmp_path, SECOND)
    with Library(tmp_path) as library:
        other, drill = library.list()
    assert (drill.kind, drill.scenario_id, drill.title) == (Kind.DRILL, "small", "A small drill")
    assert drill.score == DrillScore(passed=2, rounds=3, longest_streak=1)
    assert (other.kind, other.score) == (Kind.REHEARSAL, None)


def test_a_verdict_that_was_taken_back_counts_for_nothing(tmp_path: Path) -> None:
    drill = small_drill(rounds=2)
    call = DrillCall(drill)
    answer = ANSWERS[call.prompt]
    begun, ended = answer.rsplit(maxsplit=1)
    call.say(begun)
    call.go_on(ended, after=0.8)
    writer = JournalWriter.create(
        named_folder(open_store(tmp_path), FIRST), header(FIRST, drill_source=drill.source_text)
    )
    for entry in call.log:
        (writer.event if isinstance(entry, e.Event) else writer.command)(entry)  # type: ignore[operator]
    writer.close()
    account = give_account(read_journal(tmp_path / "sessions" / FIRST / "journal.jsonl"))
    assert [verdict.passed for verdict in account.verdicts] == [True]
    assert account.turns[-1].text == answer


def test_the_review_shows_words_and_verdicts(tmp_path: Path) -> None:
    call = keep(tmp_path, FIRST, "+-")
    review = tell_review(tmp_path, FIRST)
    assert (review.kind, review.course) == (Kind.DRILL, ())
    assert review.verdicts == tuple(call.verdicts)
    assert review.drill is not None
    assert review.drill.score.passed == 1
    assert not any(row.can_branch for row in review.turns)


@pytest.mark.parametrize("form", list(Format))
def test_a_drill_can_be_exported_in_every_form(tmp_path: Path, form: Format) -> None:
    keep(tmp_path, FIRST, "+-")
    assert export(tmp_path, FIRST, form).data


def test_a_drill_is_not_tried_again_from_a_line(tmp_path: Path) -> None:
    keep(tmp_path, FIRST, "+-")
    with pytest.raises(InputError, match="is a drill: run the drill again") as caught:
        read_branch_point(tmp_path, Branch(session=FIRST, turn=0))
    assert caught.value.stable_code == "drill-call"
    journal = read_journal(tmp_path / "sessions" / FIRST / "journal.jsonl")
    with pytest.raises(InputError, match="is a drill, and this is for rehearsals only"):
        played_scenario(journal.header)


def test_the_command_line_lists_shows_and_replays_a_drill(tmp_path: Path) -> None:
    keep(tmp_path, FIRST, "+-+")
    run = CliRunner(env={"COLUMNS": "120"})
    listed = run.invoke(main, ["sessions", "list", "--store", str(tmp_path)], catch_exceptions=False)
    assert "drill, 2 of 3" in listed.output
    shown = run.invoke(
        main, ["sessions", "show", FIRST, "--store", str(tmp_path)], catch_exceptions=False
    )
    assert "2 of 3 passed, 1 in a row at best." in shown.output
    assert "Work on: question: Why" in shown.output
    assert 'You could have said: "' in shown.output
    replayed = run.invoke(main, ["replay", FIRST, "--store", str(tmp_path)], catch_exceptions=False)
    assert replayed.exit_code == 0, replayed.output
    assert "Identical:" in replayed.output
