"""`voice-coach drills`."""

import json
from pathlib import Path

from click.testing import CliRunner
from drills.files import drill_text

from voice_coach.cli.main import main


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, ["drills", *arguments], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.output


def test_the_list_names_what_ships_and_ones_own(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(drill_text())
    listed = run("list", "--folder", str(tmp_path))
    assert "label_it" in listed
    assert "A small drill" in listed
    cards = json.loads(run("list", "--json", "--folder", str(tmp_path)))
    assert {"label_it", "small"} <= {card["id"] for card in cards}


def test_a_sound_file_passes_the_check(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(drill_text())
    assert "small.yaml: sound" in run("check", str(tmp_path / "small.yaml"))
    assert "small.yaml: sound" in run("check", "small", "--folder", str(tmp_path))


def test_an_answer_that_is_judged_otherwise_is_named(tmp_path: Path) -> None:
    wrong = [{"id": "one", "says": "No.", "passes": ["Why not?"], "could": "Yes."}]
    path = tmp_path / "small.yaml"
    path.write_text(drill_text(prompts=wrong))
    said = run("check", str(path), code=2)
    assert "prompt one: “Why not?” should be judged `passed`, and is `question`" in said


def test_a_wrong_file_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(drill_text(rounds=0))
    (checked,) = run("check", "--json", str(path), code=2).splitlines()
    assert json.loads(checked)["problems"] == ["small.yaml, line 6: 0 is outside 1 to 100"]


def test_an_unknown_drill_is_one_sentence() -> None:
    assert "There is no drill of that name" in run("check", "no_such_drill", code=2)
    assert "There is no file nowhere.yaml." in run("check", "nowhere.yaml", code=2)
