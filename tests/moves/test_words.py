"""Raw text as a line of words: what is dropped, what is opened, and that offsets stay true."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.moves.inflection import inflections, stem
from voice_coach.moves.likeness import is_alike
from voice_coach.moves.pattern import PatternError, compile_pattern
from voice_coach.moves.words import read_words


@pytest.mark.parametrize(
    ("raw", "encoded"),
    [
        ("Um, it-it sounds like you're tired. And...", " «it sounds like you are tired . «and , "),
        ("it it sounds like um you're", " «it sounds like you are "),
        ("th- that's, you know, kind of it", " «that is , \u2039it "),
        ("dont youre cant", " «do not you are can not "),
        ("mm-hmm. I- I can't -- we- we won't", " «mmhm . «i can not , \u2039we will not "),
        ("$10,000 or 5%", " «$10,000 or \u20395% "),
        ("one one two", " «one two "),
        ("", " "),
    ],
)
def test_line(raw: str, encoded: str) -> None:
    assert read_words(raw).encoded == encoded


@given(st.text(max_size=200))
def test_words_point_into_the_raw_text_in_order(raw: str) -> None:
    words = read_words(raw).words
    assert all(0 <= word.start < word.end <= len(raw) for word in words)
    assert [word.start for word in words] == sorted(word.start for word in words)


@pytest.mark.parametrize(
    ("pattern", "said", "found"),
    [
        ("it sounds like you", "it really sounds like you", False),
        ("it ~ sounds ~ like you", "it really sounds a bit like you", True),
        ("<sound> like", "it sounded like", True),
        ("^ why", "so why not", True),
        ("^^ why", "and that is why", False),
        ("what !(if)", "what if", False),
        ("so ..2 you", "so for them you", True),
        ("so ..1 you", "so for all of you", False),
        ("# percent", "ten percent", True),
        ("why $?", "why? no", True),
        ("*ing", "keeping out of it", True),
    ],
)
def test_pattern(pattern: str, said: str, found: bool) -> None:  # noqa: FBT001 - a table column
    line = read_words(said, frozenset({"really", "a bit"}))
    compiled = compile_pattern(pattern, {"number": ["ten"]})
    assert (compiled.search(line) is not None) == found


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("(a", "a bracket is not closed"),
        ("a)", "without its beginning"),
        ("", "an empty place"),
        ("(a |)", "an empty place"),
        ("@nothing", "there is no lexicon `nothing`"),
        ("a? b?", "it would match without any word"),
        ("..99 a", "too wide"),
        ("a & b", "`&` means nothing"),
        ("to < > it", "`< >` must hold a word"),
        ("(" * 500, "it has 500 pieces; at most 300"),
    ],
)
def test_a_bad_pattern_is_explained(pattern: str, sentence: str) -> None:
    with pytest.raises(PatternError, match=sentence.replace("(", r"\(")):
        compile_pattern(pattern, {})


@pytest.mark.parametrize(
    "forms",
    [
        ("stop", "stopped", "stopping", "stops"),
        ("worry", "worried", "worries"),
        ("believe", "believing"),
        ("leave", "left"),
    ],
)
def test_forms_of_a_word_are_found_and_compared(forms: tuple[str, ...]) -> None:
    assert set(forms) <= inflections(forms[0])
    assert len({stem(form) for form in forms}) == 1


def test_small_recognition_errors_are_forgiven_and_other_words_are_not() -> None:
    assert is_alike("docters", "doctors")
    assert is_alike("explane", "explain")
    assert not is_alike("price", "prize")
    assert not is_alike("board", "bored")
    assert not is_alike("call", "fall")
