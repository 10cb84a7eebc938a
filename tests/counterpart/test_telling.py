"""How it speaks: one voice, no long breath, now and then a false start, freely when it trusts."""

import pytest
from counterpart.calls import Call, dana
from counterpart.listener import listen

from voice_coach.counterpart.reply import Delivery
from voice_coach.counterpart.scenario import list_scenarios, parse_scenario
from voice_coach.counterpart.story import Guardedness, Scenario, with_guardedness
from voice_coach.counterpart.voice_style import Pace, Register, VoiceStyle
from voice_coach.errors import ScenarioError
from voice_coach.moves.coverage import cover
from voice_coach.moves.move import TopicRole

scenarios = pytest.mark.parametrize("scenario", list_scenarios(), ids=lambda scenario: scenario.id)


@scenarios
def test_no_sentence_takes_more_than_one_breath(scenario: Scenario) -> None:
    lengths = sorted(len(sentence.split()) for sentence in scenario.origins)
    assert lengths[-1] <= 30
    assert lengths[len(lengths) // 2] < 15
    assert sum(length < 15 for length in lengths) / len(lengths) > 0.7


@scenarios
def test_wording_that_anybody_could_use_tells_nothing_of_this_person(scenario: Scenario) -> None:
    topics = [layer.topic for layer in scenario.layers if layer.role is not TopicRole.POSITION]
    told = {
        sentence: [found.topic for found in cover(sentence, topics)]
        for lines in scenario.manners.values()
        for line in lines
        for sentence in line
        if cover(sentence, topics)
    }
    assert not told, "the evidence for these topics is too loose"


@scenarios
def test_every_sentence_says_where_it_comes_from(scenario: Scenario) -> None:
    for seed in range(4):
        for reply in listen(Call(scenario, seed), seed).replies:
            assert len(reply.because.origins) == len(reply.sentences)
            assert all(reply.because.origins)


def false_starts(call: Call) -> list[int]:
    return [
        number
        for number, reply in enumerate(call.replies)
        if any(origin.endswith(".false-start") for origin in reply.because.origins)
    ]


def test_it_breaks_a_sentence_off_now_and_then_and_says_why() -> None:
    calls = [listen(Call(seed=seed), seed) for seed in range(40)]
    found = [false_starts(call) for call in calls]
    assert sum(map(bool, found)) > 5, "some calls have one"
    assert not all(found), "not every call has one"
    assert max(map(len, found)) <= 2
    for call, numbers in zip(calls, found, strict=True):
        for number in numbers:
            reply = call.replies[number]
            assert "broke off" in reply.because.reasons[-1]
            assert not reply.because.origins[-1].endswith(".false-start"), "it says the thing in the end"


def test_who_trusts_says_more_than_who_is_closed() -> None:
    words = {
        level: sum(
            len(reply.text.split())
            for seed in range(30)
            for reply in listen(Call(with_guardedness(dana(), level), seed), seed, turns=5).replies
        )
        for level in Guardedness
    }
    assert words[Guardedness.OPEN] > words[Guardedness.CLOSED]


@scenarios
def test_delivery_follows_the_feeling(scenario: Scenario) -> None:
    call = Call(scenario)
    call.makes("threat")
    assert call.reply.delivery in {Delivery.IRRITATED, Delivery.GUARDED}
    won = listen(Call(scenario))
    assert {Delivery.DELIGHTED, Delivery.WARM} <= {reply.delivery for reply in won.replies}


# ---------------------------------------------------------------- the level, and the voice


def test_a_level_changes_where_trust_begins_and_nothing_that_is_kept() -> None:
    levels = [with_guardedness(dana(), level) for level in Guardedness]
    trust = [Call(scenario).mind.trust for scenario in levels]
    assert trust == sorted(trust, reverse=True)
    assert len(set(trust)) == len(trust)
    assert {scenario.source_text for scenario in levels} == {dana().source_text}


def test_the_same_kindness_earns_less_from_who_is_closed() -> None:
    gained = {}
    for level in Guardedness:
        call = Call(with_guardedness(dana(), level))
        because = call.says("It sounds like this isn't only about the increase.").because
        gained[level] = because.trust_after - because.trust_before
    assert gained[Guardedness.OPEN] > gained[Guardedness.GUARDED] > gained[Guardedness.CLOSED]


def test_a_scenario_may_say_how_the_person_sounds() -> None:
    assert dana().voice == VoiceStyle()
    text = dana().source_text.replace(
        "guardedness: guarded", "guardedness: guarded\nvoice: {register: low, pace: slow}"
    )
    assert parse_scenario(text, "mine.yaml").voice == VoiceStyle(register=Register.LOW, pace=Pace.SLOW)
    with pytest.raises(ScenarioError, match=r"line \d+: `deep` is not one of low, middle, high"):
        parse_scenario(text.replace("register: low", "register: deep"), "mine.yaml")
