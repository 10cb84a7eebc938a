"""Names of feelings in a drill's file, and the words they stand for."""

import pytest

from voice_coach.coaching.drill_file import parse_drill
from voice_coach.coaching.feelings import load_feelings, spelled_out, unknown_feelings
from voice_coach.coaching.mechanics import judge_text
from voice_coach.errors import ScenarioError
from voice_coach.moves.coverage import cover
from voice_coach.moves.move import Topic, TopicRole
from voice_coach.moves.recognizer import load_recognizer

_DRILL = """
drill: own
title: Own
trains: Something.
how: Name it.
task: label
tasks: {answer: Name the feeling}
person: Sam
reasons:
  {passed: p, no_label: n, question: q, advice: a, i_label: i, other_feeling: o, pressure: s, too_long: l}
prompts:
  - id: one
    says: I did it by myself.
    about: {feelings: [FEELING]}
    passes: [It sounds like you're lonely.]
    could: It sounds like you're alone.
"""


def test_a_name_stands_for_its_words_and_each_is_there_once() -> None:
    words = spelled_out(["@alone", "heavy", "lonely"])
    assert "heavy" in words
    assert words.count("lonely") == 1
    assert set(load_feelings()["alone"]) < set(words)


def test_a_near_synonym_passes() -> None:
    drill = parse_drill(_DRILL.replace("FEELING", '"@alone"'), "own.yaml")
    judged = judge_text(
        drill.task, drill.prompts[0], "It sounds like you were abandoned.", load_recognizer()
    )
    assert judged.finding == "passed"


def test_an_unknown_name_is_told_with_its_line() -> None:
    assert unknown_feelings(["@alone", "@loneley", "lonely"]) == ["@loneley"]
    with pytest.raises(
        ScenarioError, match=r"line 14: there are no words for `@loneley`; there are for @"
    ):
        parse_drill(_DRILL.replace("FEELING", '"@loneley"'), "own.yaml")


@pytest.mark.parametrize("name", sorted(load_feelings()))
def test_no_way_to_begin_a_label_names_a_feeling(name: str) -> None:
    """ "It looks like you're ..." must not be found to look after somebody."""
    topic = Topic(id=name, role=TopicRole.FEELING, evidence=(load_feelings()[name],))
    for opening in (
        "It looks like you're",
        "It sounds like you",
        "It seems to me that you feel",
        "You are",
    ):
        assert not cover(f"{opening} hungry.", [topic])
