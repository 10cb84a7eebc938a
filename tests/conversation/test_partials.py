from hypothesis import given
from hypothesis import strategies as st

from voice_coach.conversation.partials import SteadyText

WORDS = st.tuples(st.sampled_from(["so", "you", "were", "left", "alone"]), st.floats(0, 1))
HYPOTHESES = st.lists(st.lists(WORDS, max_size=8))


def test_a_doubtful_word_settles_when_text_follows_it_and_an_earlier_transcript_has_it_too() -> None:
    steady = SteadyText()
    assert steady.update("it sounds like you") == ("", "it sounds like you")
    assert steady.update("it seems like you were") == ("it", " seems like you were")
    assert steady.update("It sounds, like you went") == ("it sounds,", " like you went")
    assert steady.update("It sounds like you are left") == ("it sounds, like", " you are left")


def test_a_word_that_is_sure_settles_at_once_unless_one_before_it_is_doubtful() -> None:
    steady = SteadyText()
    assert steady.update("it sounds like", (0.97, 0.95, 0.99)) == ("it sounds", " like")
    assert steady.update("it sounds like your weather", (0.9, 0.9, 0.9, 0.4, 0.95)) == (
        "it sounds like",
        " your weather",
    )


def test_how_sure_other_words_were_says_nothing() -> None:
    steady = SteadyText()
    assert steady.update("it sounds like", (0.99, 0.99)) == ("", "it sounds like")


def test_before_a_pause_all_words_settle_that_both_searches_hear() -> None:
    steady = SteadyText()
    steady.update("you were left")
    assert steady.complete("You were left alone.") == "You were left alone."
    assert steady.settled == "You were left"
    assert steady.update("You were left along with this") == ("You were left", " along with this")


def test_a_word_more_or_fewer_does_not_keep_the_others_from_agreeing() -> None:
    steady = SteadyText()
    steady.update("so it sounds like you were alone with")
    assert steady.update("it sounds like you were alone with that") == (
        "it sounds like you were",
        " alone with that",
    )


def test_the_last_word_never_settles() -> None:
    steady = SteadyText()
    for _ in range(5):
        steady.update("misunderstandings a", (0.99, 0.99))
    assert steady.update("misunderstandings a") == ("misunderstandings", " a")


def test_a_contradiction_cannot_take_settled_words_back() -> None:
    steady = SteadyText()
    steady.update("you were left alone now", (0.99,) * 5)
    settled, tentative = steady.update("you were lift alone with that")
    assert settled == "you were left alone"
    assert tentative == " with that"


def test_the_last_transcript_goes_on_after_what_was_settled_even_when_it_begins_otherwise() -> None:
    steady = SteadyText()
    steady.update("it sounds like you will have", (0.99,) * 6)
    assert steady.settled == "it sounds like you will"
    whole = steady.complete("So, it sounds like you were left alone with this.")
    assert whole == "it sounds like you will left alone with this."


def test_without_anything_settled_the_last_transcript_is_the_text() -> None:
    steady = SteadyText()
    steady.update("hm")
    assert steady.complete("Why now?") == "Why now?"
    assert SteadyText().complete("") == ""


@given(HYPOTHESES)
def test_settled_text_only_ever_grows(hypotheses: list[list[tuple[str, float]]]) -> None:
    steady = SteadyText()
    before = ""
    for number, words in enumerate(hypotheses):
        text, sureness = " ".join(word for word, _ in words), tuple(sure for _, sure in words)
        if number % 3 == 2:
            assert steady.complete(text).startswith(before)
            before = steady.settled
            continue
        settled, tentative = steady.update(text, sureness)
        assert settled.startswith(before)
        assert not tentative or not settled or tentative.startswith(" ")
        before = settled
    assert steady.complete("so you were").startswith(before)
