"""The scorecard of a recorded call: what words and times can answer, with and without a scenario."""

from voice_coach.coaching.scorecard import debrief_heard
from voice_coach.coaching.turn import Check, Speaker, Turn
from voice_coach.counterpart.scenario import load_scenario
from voice_coach.moves.move import Heard
from voice_coach.moves.recognizer import load_recognizer

RECOGNIZER = load_recognizer()


def call(*lines: tuple[str, str]) -> list[Turn]:
    turns: list[Turn] = []
    for index, (who, text) in enumerate(lines):
        previous = next((t.text for t in reversed(turns) if t.speaker.value != who), "")
        turns.append(
            Turn(
                index=index,
                speaker=Speaker(who),
                text=text,
                start_seconds=index * 5,
                end_seconds=index * 5 + 4,
                moves=RECOGNIZER.recognize(Heard(text=text, previous=previous)),
            )
        )
    return turns


def checks(*lines: tuple[str, str]) -> dict[str, Check]:
    return {check.id: check for check in debrief_heard(call(*lines), None).checks}


def test_nothing_is_asked_or_advised_that_only_a_scenario_knows() -> None:
    found = checks(
        ("trainee", "You need us, so take it or leave it."), ("counterpart", "Then we leave it.")
    )
    assert set(found) == {
        "thats-right", "feeling-first", "no-pressure", "reflect-or-ask", "let-them-finish", "talk-share",
    }  # fmt: skip
    assert not found["no-pressure"].passed
    assert found["no-pressure"].you_said
    assert all(check.you_could_have_said == "" for check in found.values())
    assert found["talk-share"].question == "Did they speak at least as much as you?"


def test_with_a_scenario_its_facts_are_asked_for() -> None:
    debrief = debrief_heard(
        call(("trainee", "Good morning."), ("counterpart", "Morning.")), load_scenario("late_payment")
    )
    assert any(check.id == "why-they-came" and check.you_could_have_said for check in debrief.checks)


def test_a_label_and_then_the_other_side_is_a_silence_left_alone() -> None:
    label = "It sounds like you were left alone with this."
    left = checks(("trainee", label), ("counterpart", "Yes, for two days."))
    assert left["silence"].passed
    filled = checks(("trainee", label), ("trainee", "We can give you ten percent."))
    assert not filled["silence"].passed
    asked = checks(("trainee", f"{label} What do you need from us?"), ("counterpart", "A name."))
    assert not asked["silence"].passed
    assert asked["silence"].you_said


def test_the_headline_says_what_happened_and_no_more() -> None:
    debrief = debrief_heard(
        call(
            ("trainee", "What happened?"),
            ("counterpart", "The system was down for two days."),
            ("trainee", "It sounds like you were left alone with this."),
            ("counterpart", "Yes."),
        ),
        None,
    )
    assert debrief.headline == (
        "In this call you spoke 50 % of the time, gave back what you heard once, and asked once."
    )
