"""Drill files: what is read, and what is said about everything that is wrong with one."""

from pathlib import Path

import pytest
from drills.files import drill_text, small_drill

from voice_coach.coaching.drill_file import load_drill, parse_drill
from voice_coach.coaching.drill_shape import Task, drill_schema
from voice_coach.coaching.drill_shelf import read_drill_shelf
from voice_coach.errors import ScenarioError


def test_a_drill_is_read_whole() -> None:
    drill = small_drill()
    assert (drill.id, drill.task, drill.rounds) == ("small", Task.LABEL, 4)
    first = drill.prompts[0]
    assert first.says == ("I did the whole weekend by myself.", "Again.")
    assert [topic.id for topic in first.topics] == ["feelings"]
    assert drill.card().prompts == len(drill.prompts)


def test_a_summary_looks_for_its_points() -> None:
    drill = small_drill(Task.SUMMARY)
    assert [topic.id for topic in drill.prompts[0].topics] == ["work", "alone", "ask"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"task": "shout"}, "`shout` is not one of label, mirror"),
        ({"rounds": 0}, "0 is outside 1 to 100"),
        ({"rounds": 2.5}, "expected a whole number, not 2.5"),
        ({"tasks": {"answer": "Go", "hold": "Wait"}}, "the task `label` has no `hold`; it has answer"),
        ({"reasons": {"passed": "Good."}}, "`no_label` is missing: the task `label` needs it"),
        ({"prompts": []}, "the list is empty"),
        ({"shout": "yes"}, "`shout` is not known here"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(change: dict[str, object], said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_drill(drill_text(**change), "mine.yaml")
    assert said in str(caught.value)
    assert str(caught.value).startswith("mine.yaml, line ")


def prompt(**changes: object) -> dict[str, object]:
    return {"id": "one", "says": "No.", "passes": ["Yes."], "could": "Yes.", **changes}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"fails": [["Why?"]]}, "expected an answer and what must be found in it"),
        ({"fails": [["Why?", "rude"]]}, "the task `label` cannot find `rude`; it can find no_label"),
        ({"fails": [["Why?", "passed"]]}, "the task `label` cannot find `passed`"),
        ({"points": [{"id": "a", "title": "b", "facts": "c"}]}, "`points` belong to the task `summary`"),
        ({"fills": "More."}, "`fills` belongs to the task `silence`"),
        ({"id": "One!"}, "has to be made of small letters"),
    ],
)
def test_a_wrong_prompt_is_named(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ScenarioError, match=r"mine\.yaml, line") as caught:
        parse_drill(drill_text(prompts=[prompt(**wrong)]), "mine.yaml")
    assert said in str(caught.value)


def test_one_id_twice_is_named() -> None:
    with pytest.raises(ScenarioError, match="the id `one` is given 2 times"):
        parse_drill(drill_text(prompts=[prompt(), prompt()]), "mine.yaml")


def test_an_unknown_stand_in_is_named() -> None:
    reasons = dict.fromkeys(
        ["passed", "no_label", "question", "advice", "i_label", "other_feeling", "pressure", "too_long"],
        "You said {what}.",
    )
    with pytest.raises(ScenarioError, match=r"`\{what\}` is not known here"):
        parse_drill(drill_text(reasons=reasons), "mine.yaml")


def test_a_file_that_is_no_text_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "noise.yaml"
    path.write_bytes(b"\xff\xfe\x00drill")
    with pytest.raises(ScenarioError, match="is not UTF-8 text"):
        load_drill(path)


def test_ones_own_drills_stand_beside_those_that_ship(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(drill_text())
    (tmp_path / "other.yaml").write_text(drill_text())
    (tmp_path / "label_it.yaml").write_text(drill_text(drill="label_it"))
    (tmp_path / "broken.yaml").write_text("drill: [")
    shelf = read_drill_shelf(tmp_path)
    assert shelf.drills[-1].id == "small"
    said = {Path(bad.path).stem: bad.problems[0] for bad in shelf.bad_files}
    assert "its id is `small`" in said["other"]
    assert "is that of a drill that ships" in said["label_it"]
    assert "is not YAML" in said["broken"]


def test_an_unknown_drill_is_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="There is no drill of that name; choose one of") as caught:
        read_drill_shelf(tmp_path).find("../label_it")
    assert caught.value.stable_code == "unknown-drill"


def test_the_schema_knows_every_task() -> None:
    schema = str(drill_schema())
    assert all(f"'{task}'" in schema for task in Task)
