from hypothesis import given
from hypothesis import strategies as st

from voice_coach.conversation.partials import SteadyText


def test_a_word_settles_when_two_transcripts_agree_on_it() -> None:
    steady = SteadyText()
    assert steady.update("it sounds") == ("", "it sounds")
    assert steady.update("it sounds like") == ("it sounds", " like")
    assert steady.update("It sounds like you were") == ("it sounds like", " you were")


def test_the_last_word_never_settles() -> None:
    steady = SteadyText()
    steady.update("left a")
    assert steady.update("left a") == ("left", " a")


def test_a_contradiction_cannot_take_settled_words_back() -> None:
    steady = SteadyText()
    steady.update("you were left alone")
    steady.update("you were left alone")
    settled, tentative = steady.update("nothing of the kind was said")
    assert settled == "you were left"
    assert tentative == " kind was said"


@given(st.lists(st.lists(st.sampled_from(["so", "you", "were", "left", "alone"]), max_size=8)))
def test_settled_text_only_ever_grows(hypotheses: list[list[str]]) -> None:
    steady = SteadyText()
    before = ""
    for words in hypotheses:
        settled, tentative = steady.update(" ".join(words))
        assert settled.startswith(before)
        assert not tentative or not settled or tentative.startswith(" ")
        before = settled
