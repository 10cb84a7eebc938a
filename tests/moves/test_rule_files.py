"""Every rule file's own examples are its tests."""

import re
from pathlib import Path

import pytest

from voice_coach.errors import ScenarioError
from voice_coach.moves.move import Heard
from voice_coach.moves.recognizer import Recognizer, load_recognizer
from voice_coach.moves.rulebook import Example, MoveRules, load_rulebook

_RULEBOOK = load_rulebook()
_RECOGNIZER = Recognizer(_RULEBOOK)
_EXAMPLES = [(move.kind, example) for move in _RULEBOOK.moves for example in move.examples]


@pytest.mark.parametrize(
    ("kind", "example"),
    _EXAMPLES,
    ids=[f"{kind}-line{e.line}-{'match' if e.match else 'miss'}" for kind, e in _EXAMPLES],
)
def test_example(kind: str, example: Example) -> None:
    heard = Heard(text=example.text, previous=example.previous, topics=example.topics)
    found = {move.kind for move in _RECOGNIZER.recognize(heard)}
    assert (kind in found) == example.match, f"{example.text!r}: found {sorted(found)}"


@pytest.mark.parametrize("move", _RULEBOOK.moves, ids=lambda move: move.kind)
def test_every_move_shows_what_it_is_and_what_it_is_not(move: MoveRules) -> None:
    assert any(example.match for example in move.examples)
    assert any(not example.match for example in move.examples)


_GOOD = """
move: empathy_opener
family: empathy
about: Says that one is glad they called.
rules:
  - name: glad
    confidence: 0.9
    say: "^ i am ~ glad you called"
examples:
  match: [I'm really glad you called.]
  miss: [You called.]
"""


def test_a_trainer_can_add_a_move(tmp_path: Path) -> None:
    path = tmp_path / "empathy_opener.yaml"
    path.write_text(_GOOD, encoding="utf-8")
    moves = load_recognizer([path]).recognize(Heard(text="Well, I'm really glad you called today."))
    assert [(move.kind, move.cue, move.rule) for move in moves] == [
        ("empathy_opener", "I'm really glad you called", "empathy_opener.glad")
    ]


def test_a_trainer_can_add_a_rule_to_a_move(tmp_path: Path) -> None:
    path = tmp_path / "house_style.yaml"
    text = _GOOD.replace("move: empathy_opener", "move: label").replace(
        "family: empathy", "family: reflection"
    )
    path.write_text(text, encoding="utf-8")
    moves = load_recognizer([tmp_path]).recognize(Heard(text="I'm glad you called."))
    assert [(move.kind, move.rule) for move in moves] == [("label", "house_style.glad")]


def test_all_problems_are_named_at_once_with_file_and_line(tmp_path: Path) -> None:
    bad = (
        _GOOD.replace("confidence: 0.9", "confidence: 9")
        .replace("~ glad", "@nowhere (glad")
        .replace("about:", "abuot:")
    )
    (tmp_path / "bad.yaml").write_text(bad, encoding="utf-8")
    (tmp_path / "worse.yaml").write_text("move: [", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_recognizer([tmp_path])
    said = str(caught.value).splitlines()
    assert "bad.yaml, line 4: `abuot` is not known here; known are move, family, about" in str(
        caught.value
    )
    assert any("bad.yaml, line 2: `about` is missing" in line for line in said)
    assert any(line.startswith("worse.yaml, line 2: is not YAML") for line in said)


def test_problems_inside_rules_are_named(tmp_path: Path) -> None:
    bad = _GOOD.replace("confidence: 0.9", "confidence: 9").replace("~ glad", "@nowhere glad")
    (tmp_path / "bad.yaml").write_text(bad, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_recognizer([tmp_path])
    assert "bad.yaml, line 7: 9 is outside 0 to 1" in str(caught.value)
    assert "bad.yaml, line 8: cannot read the pattern" in str(caught.value)
    assert "there is no lexicon `nowhere`" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("a: &x [1]\nb: *x\n", "aliases (`*name`) are not allowed"),
        ("- " * 40 + "1", "is nested too deeply"),
        ("move: label\nmove: label\n", "`move` is given twice"),
        ("x" * 300_000, "is larger than 256 KB"),
    ],
    ids=["empty", "alias", "deep", "twice", "large"],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=re.escape(sentence)):
        load_recognizer([path])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"none\.yaml: there is no such rule file or folder"):
        load_recognizer([tmp_path / "none.yaml"])
