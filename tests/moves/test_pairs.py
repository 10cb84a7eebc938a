"""Minimal pairs for the moves that must not be cried out wrongly: as little as a word decides."""

from pathlib import Path

import pytest
import yaml

from voice_coach.moves.move import Heard
from voice_coach.moves.recognizer import load_recognizer

_RECOGNIZER = load_recognizer()
_KINDS = ("leverage", "threat", "accusation_audit")
_FEWEST_PAIRS = 40


def _pairs(kind: str) -> list[tuple[str, str]]:
    path = Path(__file__).parent / "pairs" / f"{kind}.yaml"
    return [(move, other) for move, other in yaml.safe_load(path.read_text(encoding="utf-8"))]


def _kinds(text: str) -> set[str]:
    return {move.kind for move in _RECOGNIZER.recognize(Heard(text=text))}


@pytest.mark.parametrize("kind", _KINDS)
def test_there_are_enough_pairs(kind: str) -> None:
    assert len(_pairs(kind)) >= _FEWEST_PAIRS


@pytest.mark.parametrize(("kind", "move", "other"), [(k, *pair) for k in _KINDS for pair in _pairs(k)])
def test_pair(kind: str, move: str, other: str) -> None:
    assert kind in _kinds(move)
    assert kind not in _kinds(other)


@pytest.mark.parametrize(("kind", "move", "other"), [(k, *pair) for k in _KINDS for pair in _pairs(k)])
def test_pair_as_a_weak_recogniser_writes_it(kind: str, move: str, other: str) -> None:
    plain_other = other.lower().strip(".!").replace(",", "")
    assert kind in _kinds(move.lower().strip(".!").replace(",", ""))
    assert kind not in _kinds(plain_other)
