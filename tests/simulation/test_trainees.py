"""Simulated trainees: at least a thousand seeded calls against every scenario, and who gets where."""

from functools import lru_cache

import pytest
from counterpart.calls import Call, dana, recognizer

from voice_coach.counterpart.scenario import Scenario, list_scenarios
from voice_coach.simulation.lines import LINES, PLAIN, lines_about
from voice_coach.simulation.trainees import TRAINEES, play
from voice_coach.simulation.trial import SHARES, TraineeResult, calls_of, try_trainee
from voice_coach.simulation.watch import WatchedCall

CALLS = 1_000
scenarios = pytest.mark.parametrize("scenario", list_scenarios(), ids=lambda scenario: scenario.id)


@lru_cache(maxsize=256)
def tried(scenario_id: str, trainee: str) -> TraineeResult:
    scenario = next(scenario for scenario in list_scenarios() if scenario.id == scenario_id)
    return try_trainee(scenario, recognizer(), trainee, calls_of(trainee, CALLS))


def test_the_trainees_play_a_thousand_calls_between_them() -> None:
    assert set(SHARES) == set(TRAINEES)
    assert sum(calls_of(trainee, CALLS) for trainee in TRAINEES) >= CALLS


@pytest.mark.parametrize("trainee", TRAINEES)
@scenarios
def test_every_trainee_gets_where_it_should(scenario: Scenario, trainee: str) -> None:
    assert not tried(scenario.id, trainee).problems


@scenarios
def test_calls_end_in_more_than_one_way(scenario: Scenario) -> None:
    assert len(tried(scenario.id, "random").outcomes) > 1
    assert len({end for trainee in TRAINEES for end in tried(scenario.id, trainee).outcomes}) > 2


@pytest.mark.parametrize("trainee", TRAINEES)
def test_the_same_seed_gives_the_same_call(trainee: str) -> None:
    one, other = (play(TRAINEES[trainee], Call(seed=11), turns=60) for _ in range(2))
    assert one.replies == other.replies
    assert one.minds == other.minds


def test_another_seed_words_the_call_differently() -> None:
    texts = {tuple(play(TRAINEES["parrot"], Call(seed=seed), turns=6).sentences) for seed in range(8)}
    assert len(texts) > 4


@pytest.mark.parametrize(("kind", "line"), [(kind, line) for kind in LINES for line in LINES[kind]])
def test_lines_make_the_moves_that_they_say(kind: str, line: str) -> None:
    call = Call()
    call.says(line)
    heard = call.heard[-1]
    assert heard is not None
    assert kind in {move.kind for move in heard.moves}


def test_plain_lines_make_no_move() -> None:
    for line in PLAIN:
        call = Call()
        call.says(line)
        heard = call.heard[-1]
        assert heard is not None
        assert not heard.moves, line


@scenarios
def test_lines_are_about_the_scenario_at_hand(scenario: Scenario) -> None:
    lines = lines_about(scenario)
    assert scenario.good_summary in lines
    if scenario.id != dana().id:
        # What is short ("Money?", "It seems like you're angry.") may be anybody's; the rest is about one.
        shared = set(lines) & set(lines_about(dana()))
        assert not {line for line in shared if len(line.split()) > 8}


def test_a_watched_call_notes_what_should_never_happen() -> None:
    """The watch itself can fail: a person who says a thing twice, and gives a secret away, is seen."""
    call = WatchedCall(dana(), recognizer(), 7)
    call.says("It sounds like this isn't only about the increase.")
    assert not call.broken
    again = call.reply
    secret = dana().layer("quotes_higher").says[0]
    telling = type(again)(
        sentences=(*again.sentences, *secret), delivery=again.delivery, because=again.because
    )
    call._take((call.mind, telling), None)
    assert any("said twice" in sentence for sentence in call.broken)
    assert any("`quotes_higher` was said without being opened" in sentence for sentence in call.broken)
