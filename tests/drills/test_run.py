"""A drill on the real session and the real recogniser: verdicts, silences, take-back, the end."""

import pytest
from drills.calls import DrillCall
from drills.files import LINES, small_drill

from voice_coach.coaching.drill import DrillScore
from voice_coach.coaching.drill_shape import Task
from voice_coach.coaching.spacing import Asked, DrillMemory
from voice_coach.conversation import commands as c
from voice_coach.conversation import events as e
from voice_coach.conversation.commands import Phase
from voice_coach.counterpart.reply import Outcome

ANSWERS = {id_: answer for id_, _, _, answer in LINES}
SAYS = {id_: says for id_, says, _, _ in LINES}


def new_call(task: Task = Task.LABEL, *, rounds: int = 4) -> DrillCall:
    return DrillCall(small_drill(task, rounds=rounds))


def test_a_round_is_shown_before_its_line_is_spoken() -> None:
    call = new_call()
    kinds = [type(entry) for entry in call.log]
    assert kinds.index(c.ShowRound) < kinds.index(c.Say)
    shown = call.all(c.ShowRound)[0].round
    assert (shown.number, shown.rounds, shown.streak, shown.task) == (1, 4, 0, "Now answer")
    assert call.spoken == SAYS[shown.prompt]


def test_a_verdict_comes_at_once_and_the_next_line_after_a_short_sign() -> None:
    call = new_call()
    first = call.prompt
    call.say(ANSWERS[first])
    (verdict,) = call.verdicts
    assert (verdict.round, verdict.prompt, verdict.passed, verdict.streak) == (1, first, True, 1)
    assert verdict.you_said == ANSWERS[first]
    assert verdict.utterance == call.all(c.ShowTurn)[-1].utterance
    assert verdict.you_could_have_said == ""
    assert call.prompt != first
    assert call.spoken.endswith(SAYS[call.prompt])
    assert call.spoken != SAYS[call.prompt]


def test_what_was_wrong_is_said_and_quoted() -> None:
    call = new_call()
    call.say("Why didn't you ask for help?")
    (verdict,) = call.verdicts
    assert not verdict.passed
    assert verdict.reason.startswith("question: Why didn't you ask")
    assert verdict.you_could_have_said == ANSWERS[verdict.prompt]


def test_words_that_follow_at_once_take_the_verdict_back() -> None:
    call = new_call()
    first, answer = call.prompt, ANSWERS[call.prompt]
    begun, ended = answer[:15], answer[15:]
    call.say(begun)
    assert [verdict.passed for verdict in call.verdicts] == [False]
    call.go_on(ended, after=0.8)
    (taken,) = call.all(c.TakeBackTurn)
    assert taken.utterance == call.verdicts[0].utterance
    assert [verdict.passed for verdict in call.verdicts] == [False, True]
    assert [verdict.round for verdict in call.verdicts] == [1, 1]
    # Between the two, the round stood again as it was.
    rounds = [shown.round for shown in call.all(c.ShowRound)]
    assert [shown.prompt for shown in rounds[:3]] == [first, rounds[1].prompt, first]
    assert rounds[2] == rounds[0]


def test_the_line_is_said_again_when_asked_and_nothing_is_judged() -> None:
    call = new_call()
    for words in ("Can you say that again?", "Sorry, could you repeat that, please?", "Again."):
        call.say(words)
        assert call.verdicts == []
        assert call.spoken.endswith(SAYS[call.prompt])
        assert call.all(c.ShowRound)[-1].round.again
    call.say(ANSWERS[call.prompt])
    assert [verdict.passed for verdict in call.verdicts] == [True]


@pytest.mark.parametrize("words", ["Skip.", "Next, please.", "Skip this one."])
def test_a_skipped_round_counts_as_not_passed_and_says_so(words: str) -> None:
    call = new_call()
    call.say(words)
    (verdict,) = call.verdicts
    assert (verdict.passed, verdict.reason) == (
        False,
        "You skipped it, so it counts as not passed.",
    )


def test_an_answer_that_holds_those_words_is_an_answer() -> None:
    call = new_call()
    call.say("It sounds like they skip over you again and again and leave you alone.")
    assert "skipped" not in call.verdicts[0].reason


def test_a_sign_of_listening_is_no_answer() -> None:
    call = new_call()
    call.say("Mm-hm.")
    assert call.verdicts == []
    assert call.session.phase is Phase.LISTENING


def test_a_long_silence_is_asked_about_once_and_then_counts() -> None:
    call = new_call()
    first = call.prompt
    call.leave_silence("silence", 12.0)
    assert call.verdicts == []
    assert call.spoken.endswith(SAYS[first])
    call.leave_silence("silence", 12.0)
    (verdict,) = call.verdicts
    assert (verdict.utterance, verdict.prompt, verdict.passed) == (None, first, False)
    assert verdict.reason == "You said nothing, so it counts as not passed."


def test_a_drill_that_nobody_answers_ends() -> None:
    call = new_call(rounds=10)
    for _ in range(4):
        call.leave_silence("silence", 12.0)
    call.hear_out()
    assert call.session.phase is Phase.ENDED
    assert len(call.verdicts) == 2


def test_talking_over_a_line_before_it_was_heard_begins_it_again() -> None:
    call = new_call()
    call.say(ANSWERS[call.prompt])
    second = call.prompt
    call.at += 2.0
    call.go_on("And one more thing that I forgot to say.", after=0.5, heard_so_far="Good.")
    assert len(call.verdicts) == 1
    assert call.prompt == second
    assert call.spoken.endswith(SAYS[second])


def test_the_last_round_ends_the_drill_with_what_it_came_to() -> None:
    last = DrillScore(passed=1, rounds=4, longest_streak=1)
    call = DrillCall(small_drill(), memory=DrillMemory(last=last))
    for answer in (True, True, False, True):
        call.say(ANSWERS[call.prompt] if answer else "Why?")
    call.hear_out()
    (end,) = call.all(c.EndCall)
    assert end.outcome is Outcome.DRILLED
    assert end.drill is not None
    assert end.drill.score == DrillScore(passed=3, rounds=4, longest_streak=2)
    assert end.drill.headline == ("3 of 4 passed, 2 in a row at best; better than last time (1 of 4).")
    assert end.drill.work_on.startswith("question: Why")
    assert end.drill.last == last
    assert end.debrief.headline == end.drill.headline
    assert [verdict.passed for verdict in end.drill.verdicts] == [True, True, False, True]
    # A review shows the same as its checks.
    third = end.debrief.checks[2]
    assert (third.id, third.passed, third.you_said) == ("round-3", False, "Why?")
    assert third.question == f"Round 3: {end.drill.verdicts[2].reason}"
    assert third.evidence is not None
    assert call.session.turns[third.evidence.turn].text == "Why?"


def test_a_drill_that_is_left_keeps_the_rounds_so_far() -> None:
    call = new_call()
    call.say(ANSWERS[call.prompt])
    call.feed(e.CallEnded(at=call.at, reason=e.EndReason.TRAINEE))
    (end,) = call.all(c.EndCall)
    assert end.drill is not None
    assert end.drill.score == DrillScore(passed=1, rounds=1, longest_streak=1)


def test_what_was_missed_comes_back_and_the_reason_is_shown() -> None:
    call = new_call(rounds=10)
    missed = call.prompt
    call.say("Why?")
    call.say(ANSWERS[call.prompt])
    call.say(ANSWERS[call.prompt])
    assert call.prompt == missed
    assert call.all(c.ShowRound)[-1].round.why == "You missed this one three rounds ago."


def test_what_was_missed_in_an_earlier_run_comes_back() -> None:
    earlier = tuple(Asked(prompt=id_, passed=id_ != "boss") for id_ in ("boss", "price", "move"))
    call = DrillCall(small_drill(), memory=DrillMemory(asked=earlier))
    assert call.prompt == "boss"


# ---------------------------------------------------------------- summaries and silences


def test_a_summary_is_asked_on_until_it_is_whole() -> None:
    call = new_call(Task.SUMMARY)
    call.say("So you did all the work this weekend.")
    assert call.verdicts == []
    assert call.all(c.ShowRound)[-1].round.again
    call.say("And nobody helped you, you were alone with it.")
    assert call.verdicts == []
    call.say("And what you need is a day off.")
    (verdict,) = call.verdicts
    assert verdict.passed
    assert call.all(c.Say)[-1].thats_right
    assert call.spoken.startswith("That's right.")


def test_after_three_attempts_a_summary_is_told_what_was_missing() -> None:
    call = new_call(Task.SUMMARY)
    for _ in range(3):
        call.say("So you did all the work this weekend.")
    (verdict,) = call.verdicts
    assert verdict.reason == "missing: that nobody helped and what they ask for"


def test_a_silence_is_held_to_its_end() -> None:
    call = new_call(Task.SILENCE)
    first = call.prompt
    call.say(ANSWERS[first])
    assert call.verdicts == []
    held = call.all(c.ShowRound)[-1].round
    assert (held.again, held.hold_seconds, held.task) == (True, 4.0, "Now hold")
    assert any(timer.timer == "fill" and timer.seconds == 4.0 for timer in call.all(c.StartTimer))
    call.leave_silence("fill", 4.0)
    (verdict,) = call.verdicts
    assert (verdict.passed, verdict.prompt, verdict.you_said) == (True, first, ANSWERS[first])
    assert call.spoken.startswith("And that is not all.")


def test_a_silence_that_is_spoken_into_is_lost() -> None:
    call = new_call(Task.SILENCE)
    call.say(ANSWERS[call.prompt])
    call.go_on("So what are you going to do about it?", after=2.5)
    (verdict,) = call.verdicts
    assert not verdict.passed
    assert verdict.reason.startswith("spoke: So what are you")


def test_a_sign_of_listening_does_not_break_a_silence() -> None:
    call = new_call(Task.SILENCE)
    call.say(ANSWERS[call.prompt])
    call.go_on("Mm-hm.", after=2.0, seconds=0.4)
    assert call.verdicts == []
    call.leave_silence("fill", 4.0)
    assert [verdict.passed for verdict in call.verdicts] == [True]


def test_a_label_that_pauses_in_the_middle_is_one_label() -> None:
    call = new_call(Task.SILENCE)
    answer = ANSWERS[call.prompt]
    call.say(answer)
    # What follows so soon is heard again together with what came before.
    call.go_on(f"{answer} and nobody asked how you were.", after=0.8)
    assert call.verdicts == []
    assert len(call.all(c.TakeBackTurn)) == 1
    assert call.all(c.ShowTurn)[-1].turn.text == f"{answer} and nobody asked how you were."
    call.leave_silence("fill", 4.0)
    assert [verdict.passed for verdict in call.verdicts] == [True]
