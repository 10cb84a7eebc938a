"""Coverage against a gold set of our own: paraphrases count, a keyword alone does not."""

from pathlib import Path

import msgspec
import pytest
import yaml

from voice_coach.moves.coverage import cover
from voice_coach.moves.move import Topic, TopicRole

_FOLDER = Path(__file__).parent / "coverage"
_LEAST_PRECISION = 0.97
_LEAST_RECALL = 0.95


class _Case(msgspec.Struct, frozen=True, kw_only=True):
    scenario: str
    topic: Topic
    text: str
    told: bool


def gold_cases() -> list[_Case]:
    """Every (topic, utterance) of the gold files."""
    cases: list[_Case] = []
    for path in sorted(_FOLDER.glob("*.yaml")):
        for raw in yaml.safe_load(path.read_text(encoding="utf-8"))["topics"]:
            evidence = tuple(tuple(group) for group in raw["evidence"])
            topic = Topic(id=raw["id"], role=TopicRole(raw["role"]), evidence=evidence)
            for told in (True, False):
                texts = raw["told" if told else "near"]
                cases += [_Case(scenario=path.stem, topic=topic, text=text, told=told) for text in texts]
    return cases


def test_gold_is_large_enough() -> None:
    assert len(gold_cases()) >= 300


def test_precision_and_recall_by_topic() -> None:
    wrong: list[str] = []
    hits = told = said = 0
    for case in gold_cases():
        found = bool(cover(case.text, [case.topic]))
        hits += found and case.told
        told += case.told
        said += found
        if found != case.told:
            wrong.append(f"{case.topic.id} {'missed' if case.told else 'false'}: {case.text}")
    assert hits / said >= _LEAST_PRECISION, "\n".join(wrong)
    assert hits / told >= _LEAST_RECALL, "\n".join(wrong)


def test_spans_are_the_words_that_prove_it() -> None:
    topic = Topic(id="outage", role=TopicRole.FACT, evidence=(("two days",), ("records",)))
    text = "For two whole days, um, nobody could open a record."
    (found,) = cover(text, [topic])
    assert [text[start:end] for start, end in found.spans] == ["two whole days", "record"]


def test_evidence_far_apart_is_no_thought() -> None:
    topic = Topic(id="outage", role=TopicRole.FACT, evidence=(("two days",), ("records",)))
    between = " ".join(f"word{number}" for number in range(40))
    assert not cover(f"two days {between} records", [topic])


@pytest.mark.parametrize(
    "text", ["for to days the docters had no rechords", "two days no records for the doctor's"]
)
def test_recognition_errors_are_forgiven(text: str) -> None:
    topic = Topic(id="doctors", role=TopicRole.FACT, evidence=(("doctors",), ("records",)))
    assert cover(text, [topic])


def test_no_topics_nothing_covered() -> None:
    assert cover("two days without records", ()) == ()


@pytest.mark.parametrize("said", ["Nobody answered.", "Nobody was answering.", "Nobody answers."])
def test_verbs_that_end_like_workers_keep_their_forms_together(said: str) -> None:
    topic = Topic(id="silence", role=TopicRole.FACT, evidence=(("nobody",), ("answer",)))
    assert cover(said, [topic])
