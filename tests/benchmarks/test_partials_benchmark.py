from voice_coach.settings import TurnSettings
from voice_coach_benchmarks.drawing import Bar, bars_svg
from voice_coach_benchmarks.live_ear import Heard, Pause
from voice_coach_benchmarks.partials import naive_changes, settled_at, settled_changes


def heard() -> Heard:
    return Heard(
        shown=[(0.5, "", "it sounds"), (0.9, "it sounds", "it sounds like"), (2.0, "it sounds", "it")],
        pauses=[Pause(began=1.5, noticed=1.6, text="It sounds like rain.", known=1.7)],
        final="it sounds like rain",
    )


def test_words_are_settled_by_partials_or_when_the_turn_is_decided() -> None:
    assert settled_at(heard(), TurnSettings(patience_seconds=0.3)) == [0.9, 0.9, 1.8, 1.8]


def test_a_settled_word_that_is_missing_later_counts_as_changed() -> None:
    kept = heard()
    assert settled_changes(kept) == 0
    kept.final = "it seems like rain"
    assert settled_changes(kept) == 1


def test_naive_partials_take_back_all_from_the_first_word_that_differs() -> None:
    shown = [(0, "it sounds like"), (0, "It seems like you"), (16_000, "were left")]
    assert naive_changes(shown) == (7, 2)


def test_bars_are_as_long_as_their_values_and_carry_their_names() -> None:
    drawn = bars_svg(
        "A & B", x="ms", bars=[Bar(name="one", value=30), Bar(name="two", value=60, mark=45)]
    )
    assert "A &amp; B" in drawn
    assert ">one</text>" in drawn
    assert 'width="208.0"' in drawn
    assert 'width="416.0"' in drawn
