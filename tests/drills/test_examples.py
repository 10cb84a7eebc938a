"""Every sample answer of every drill that ships is judged as its file says, by the real recogniser."""

import pytest

from voice_coach.cli.drills import failed_examples
from voice_coach.coaching.drill_book import Drill
from voice_coach.coaching.drill_shape import FINDINGS, Task
from voice_coach.coaching.drill_shelf import DRILL_FOLDER, read_drill_shelf
from voice_coach.coaching.mechanics import PASSED, judge_text
from voice_coach.moves.recognizer import load_recognizer

RECOGNIZER = load_recognizer()
DRILLS = read_drill_shelf(DRILL_FOLDER / "none").drills


@pytest.mark.parametrize("drill", DRILLS, ids=lambda drill: drill.id)
def test_every_sample_answer_is_judged_as_the_file_says(drill: Drill) -> None:
    assert list(failed_examples(drill, RECOGNIZER)) == []


@pytest.mark.parametrize("drill", DRILLS, ids=lambda drill: drill.id)
def test_a_drill_has_lines_enough_and_shows_what_can_go_wrong(drill: Drill) -> None:
    assert len(drill.prompts) >= 20
    assert len({prompt.says for prompt in drill.prompts}) == len(drill.prompts)
    shown = {finding for prompt in drill.prompts for _, finding in prompt.fails}
    # A silence is broken by a second turn, which no single answer shows; length speaks for itself.
    assert set(FINDINGS[drill.task]) - {"passed", "spoke", "too_long"} <= shown


@pytest.mark.parametrize("drill", DRILLS, ids=lambda drill: drill.id)
def test_what_could_have_been_said_passes(drill: Drill) -> None:
    judged = {
        prompt.id: judge_text(drill.task, prompt, prompt.could, RECOGNIZER).finding
        for prompt in drill.prompts
    }
    assert {id_: finding for id_, finding in judged.items() if finding != PASSED} == {}


def test_each_task_has_a_drill() -> None:
    assert {drill.task for drill in DRILLS} == set(Task)
