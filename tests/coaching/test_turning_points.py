"""What led to the end of a call, told in its own turns."""

import msgspec
from coaching.test_scorecard import Kept, bad_call, good_call
from counterpart.calls import dana

from voice_coach.coaching.scorecard import debrief
from voice_coach.coaching.turn import Speaker
from voice_coach.coaching.turning_points import find_turning_points, headline
from voice_coach.counterpart.reply import Outcome
from voice_coach.counterpart.rules import TURNING_POINTS


def test_they_lie_in_the_order_of_the_call_and_name_its_turns() -> None:
    for kept in (good_call(), bad_call()):
        points = find_turning_points(kept.turns)
        assert 1 <= len(points) <= 6
        assert [point.turn for point in points] == sorted({point.turn for point in points})
        for point in points:
            turn = kept.turns[point.turn]
            assert turn.speaker is Speaker.COUNTERPART
            assert turn.because is not None
            assert turn.because.rule == point.rule
            assert point.rule in TURNING_POINTS
            assert point.at_seconds == turn.start_seconds
            assert point.what.endswith(".")
            before = kept.turns[point.turn - 1]
            assert point.you_said == (before.text if before.speaker is Speaker.TRAINEE else "")


def test_a_good_call_turned_for_the_better_at_thats_right() -> None:
    points = find_turning_points(good_call().turns)
    assert all(point.better for point in points)
    assert {"thats-right", "terms-proposed"} <= {point.rule for point in points}


def test_a_bad_call_turned_for_the_worse_at_what_was_said() -> None:
    kept = bad_call()
    points = find_turning_points(kept.turns)
    assert not points[0].better
    assert points[0].you_said == kept.turns[1].text
    assert kept.turns[1].text in headline(kept.turns, Outcome.HUNG_UP, dana())


def test_a_way_back_is_named() -> None:
    kept = Kept()
    kept.says("We both know switching would cost you more than the increase.")
    kept.says("Would you be offended if we started that part over?")
    better = {point.rule: point.better for point in find_turning_points(kept.turns)}
    assert better == {"leverage": False, "restart": True}


def test_the_debrief_carries_them() -> None:
    kept = good_call()
    assert debrief(kept.turns, Outcome.AGREEMENT, dana()).turning_points == find_turning_points(
        kept.turns
    )
    assert find_turning_points([]) == ()


def test_turns_of_an_older_journal_without_reasons_are_let_pass() -> None:
    kept = Kept()
    kept.says("Take it or leave it.")
    nameless = [
        msgspec.structs.replace(turn, because=msgspec.structs.replace(turn.because, rule="gone"))
        if turn.because
        else turn
        for turn in kept.turns
    ]
    assert find_turning_points(nameless) == ()
