"""`voice-coach scenarios`, as a trainer meets it."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from voice_coach.cli.main import main
from voice_coach.counterpart.scenario import STARTER, list_scenarios

STARTER_TEXT = STARTER.read_text("utf-8")


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOICE_COACH_SCENARIOS__FOLDER", str(tmp_path / "own"))
    return tmp_path / "own"


def run(*words: object, typed: str = "") -> Result:
    return CliRunner().invoke(main, ["scenarios", *(str(word) for word in words)], input=typed)


def test_all_are_listed_and_a_bad_file_is_named_without_its_content(own: Path) -> None:
    own.mkdir()
    (own / "mine.yaml").write_text(STARTER_TEXT.replace("id: starter", "id: mine"), "utf-8")
    (own / "bad.yaml").write_text("id: [private matters]", "utf-8")
    done = run("list", "--json")
    assert [card["id"] for card in json.loads(done.stdout)] == [
        *(scenario.id for scenario in list_scenarios()),
        "mine",
    ]
    assert "bad.yaml cannot be used: voice-coach scenarios check" in done.stderr
    assert "private" not in done.stderr
    assert "Robin Gray" in run("list").output


def test_ids_that_clash_or_differ_from_the_files_name_are_refused(own: Path) -> None:
    own.mkdir()
    (own / "renewal_in_doubt.yaml").write_text(
        STARTER_TEXT.replace("id: starter", "id: renewal_in_doubt"), "utf-8"
    )
    (own / "other.yaml").write_text(STARTER_TEXT, "utf-8")
    done = run("list", "--json")
    assert len(json.loads(done.stdout)) == len(list_scenarios())
    assert done.stderr.count("cannot be used") == 2
    assert "Dana Whitfield" in run("show", "renewal_in_doubt").output


def test_what_they_hold_back_is_shown_on_request_only() -> None:
    assert "One name who answers" not in run("show", "renewal_in_doubt").output
    assert "One name who answers" in run("show", "renewal_in_doubt", "--spoilers").output
    assert "topics" not in json.loads(run("show", "renewal_in_doubt", "--json").stdout)


def test_a_new_file_passes_the_check_and_is_never_written_over(own: Path) -> None:
    assert run("new", "my_case").exit_code == 0
    file = own / "my_case.yaml"
    first = file.read_text("utf-8")
    assert "$schema=scenario.schema.json" in first
    assert json.loads((own / "scenario.schema.json").read_text("utf-8"))["title"]
    done = run("check", "my_case", "--calls", 60, "--json")
    assert done.exit_code == 0, done.output
    checked = json.loads(done.stdout)
    assert checked["passed"]
    assert not checked["doubts"]
    assert {result["trainee"] for result in checked["trainees"]} >= {"empathic", "bully", "random"}
    file.write_text(first + "# changed\n", "utf-8")
    assert run("new", "my_case").exit_code == 2
    assert file.read_text("utf-8").endswith("# changed\n")


@pytest.mark.parametrize("name", ["../evil", "Big", "", "a/b", "x" * 65])
def test_only_an_id_can_be_new(own: Path, name: str) -> None:
    assert run("new", name).exit_code == 2
    assert not own.exists()


def test_the_check_names_all_mistakes_at_once_and_exits_with_2(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(
        STARTER_TEXT.replace("guardedness: guarded", "guardedness: shy").replace(
            "quiet: true", "quiet: maybe"
        ),
        "utf-8",
    )
    done = run("check", bad)
    assert done.exit_code == 2
    assert "`shy` is not one of open, guarded, closed" in done.output
    assert "expected true or false, not `maybe`" in done.output


def test_sample_dialogues_that_go_another_way_are_named(tmp_path: Path) -> None:
    file = tmp_path / "starter.yaml"
    file.write_text(STARTER_TEXT.replace("rule: why}", "rule: threat}"), "utf-8")
    done = run("check", file, "--calls", 0)
    assert done.exit_code == 2
    assert "is answered by why, not by threat (heard: why question; seed 7)" in done.output


def test_a_scenario_that_does_not_reward_listening_is_unfair(tmp_path: Path) -> None:
    file = tmp_path / "starter.yaml"
    pushing = re.sub("you_could_say: .*", "you_could_say: Take it or leave it.", STARTER_TEXT)
    file.write_text(pushing, "utf-8")
    done = run("check", file, "--calls", 50)
    assert done.exit_code == 2
    assert "who listens should win" in done.output


def test_a_missing_file_and_no_name_at_all_are_bad_input() -> None:
    assert "There is no file none.yaml" in run("check", "none.yaml").output
    assert "no scenario of that name" in run("check", "none").output
    assert run("check").exit_code == 2


def test_a_call_can_be_typed(own: Path) -> None:
    del own
    typed = "It sounds like this isn't only about the increase.\n\nTake it or leave it.\n"
    done = run("try", "renewal_in_doubt", "--why", "--seed", 7, typed=typed)
    assert done.exit_code == 0
    for said in (
        "heard: label",
        "rule label-opens",
        "rule asks-after-silence",
        "heard: leverage",
        "trust 0.",
    ):
        assert said in done.output
