from hypothesis import given
from hypothesis import strategies as st

from voice_coach.conversation.partials import SteadyText

HYPOTHESES = st.lists(st.lists(st.sampled_from(["so", "you", "were", "left", "alone"]), max_size=8))


def test_a_word_settles_when_the_newest_transcript_and_one_of_the_two_before_have_it() -> None:
    steady = SteadyText()
    assert steady.update("it sounds like") == ("", "it sounds like")
    assert steady.update("it seems like you") == ("it", " seems like you")
    assert steady.update("It sounds, like you were") == ("it sounds, like you", " were")
    assert steady.update("It sounds like you are left") == ("it sounds, like you", " are left")


def test_a_word_more_or_fewer_does_not_keep_the_others_from_agreeing() -> None:
    steady = SteadyText()
    steady.update("so it sounds like you were")
    assert steady.update("it sounds like you were left") == ("it sounds like you were", " left")


def test_the_last_word_never_settles() -> None:
    steady = SteadyText()
    for _ in range(5):
        steady.update("left a")
    assert steady.update("left a") == ("left", " a")


def test_a_contradiction_cannot_take_settled_words_back() -> None:
    steady = SteadyText()
    for _ in range(3):
        steady.update("you were left alone")
    settled, tentative = steady.update("you were lift alone with that")
    assert settled == "you were left alone"
    assert tentative == " with that"


def test_the_last_transcript_goes_on_after_what_was_settled_even_when_it_begins_otherwise() -> None:
    steady = SteadyText()
    for _ in range(3):
        steady.update("it sounds like you will have")
    assert steady.settled == "it sounds like you will"
    whole = steady.complete("So, it sounds like you were left alone with this.")
    assert whole == "it sounds like you will left alone with this."


def test_without_anything_settled_the_last_transcript_is_the_text() -> None:
    steady = SteadyText()
    steady.update("hm")
    assert steady.complete("Why now?") == "Why now?"
    assert SteadyText().complete("") == ""


@given(HYPOTHESES)
def test_settled_text_only_ever_grows(hypotheses: list[list[str]]) -> None:
    steady = SteadyText()
    before = ""
    for words in hypotheses:
        settled, tentative = steady.update(" ".join(words))
        assert settled.startswith(before)
        assert not tentative or not settled or tentative.startswith(" ")
        before = settled
    assert steady.complete("so you were").startswith(before)
