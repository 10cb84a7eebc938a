"""What must hold for the recogniser whatever it hears."""

import re
import string
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice_coach.moves.encourager import is_encourager
from voice_coach.moves.move import Heard, Move, Topic, TopicRole
from voice_coach.moves.recognizer import load_recognizer

_RECOGNIZER = load_recognizer()
_TOPICS = (
    Topic(id="outage", role=TopicRole.FACT, evidence=(("two days", "48 hours"), ("records", "system"))),
    Topic(id="alone", role=TopicRole.FEELING, evidence=(("alone", "abandoned", "nobody called"),)),
    Topic(id="board", role=TopicRole.REASON, evidence=(("board",), ("explain", "defend", "justify"))),
)
_PLAIN = "it sounds like you are so what how but if i we they um you-you - , . ? ! alone two days board"
_ODD = (
    "don't",
    "mm-hmm",
    "$10",
    "50%",
    "you're",
    "\u00fcber",
    "\u65e5\u672c",
    "\N{GRINNING FACE}",
    "\x00",
    "<b>",
)
_WORDS = st.sampled_from([*re.findall(r"\S+", _PLAIN), *_ODD])
_TEXTS = st.one_of(st.text(max_size=300), st.lists(_WORDS, max_size=60).map(" ".join))


def _kinds(text: str, previous: str = "", topics: tuple[Topic, ...] = ()) -> set[str]:
    heard = Heard(text=text, previous=previous, topics=topics)
    return {move.kind for move in _RECOGNIZER.recognize(heard)}


def _check(moves: tuple[Move, ...], text: str) -> None:
    assert [m.start for m in moves] == sorted(m.start for m in moves)
    for move in moves:
        assert 0 <= move.start < move.end <= len(text)
        assert move.cue in text
        assert 0 < move.confidence <= 1
        for cover in move.covers:
            assert all(0 <= start < end <= len(text) for start, end in cover.spans)


@settings(max_examples=300, deadline=None)
@given(text=_TEXTS, previous=_TEXTS, partial=st.booleans())
def test_any_text_gets_moves_with_spans_inside_it(text: str, previous: str, partial: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    heard = Heard(text=text, previous=previous, topics=_TOPICS, partial=partial)
    moves = _RECOGNIZER.recognize(heard)
    _check(moves, text)
    assert moves == _RECOGNIZER.recognize(heard)


@settings(max_examples=100, deadline=None)
@given(text=_TEXTS)
def test_partials_give_only_kinds_that_are_marked_for_it(text: str) -> None:
    safe = {move.kind for move in _RECOGNIZER.rulebook.moves if move.partial}
    found = _RECOGNIZER.recognize(Heard(text=text, topics=_TOPICS, partial=True))
    assert {move.kind for move in found} <= safe


@pytest.mark.parametrize(
    "text", ["", " ", "...", "\x00\x01", "\N{GRINNING FACE}" * 50, "?!?!", "\u3042" * 200]
)
def test_text_without_words_makes_no_move(text: str) -> None:
    assert _kinds(text) <= {"question"}


@pytest.mark.parametrize(
    "piece",
    [
        "you ",
        "it sounds like ",
        "so what ",
        "a",
        "if you do not ",
        "- ",
        "you-",
        "alone two days ",
        "really ",
    ],
)
def test_a_very_long_turn_takes_no_longer_than_its_length(piece: str) -> None:
    def seconds(words: int) -> float:
        text = (piece * words)[:100_000]
        begin = time.process_time()
        _RECOGNIZER.recognize(Heard(text=text, previous=text, topics=_TOPICS))
        return time.process_time() - begin

    seconds(100)
    short, long = seconds(1_000), seconds(10_000)
    assert long < 40 * max(short, 0.02), f"{long:.2f} s for ten times what took {short:.2f} s"


def test_highlight_is_in_the_raw_text_with_its_disfluencies() -> None:
    text = "Well, um, it-it sounds like uh you're, you're on your own."
    (move,) = [m for m in _RECOGNIZER.recognize(Heard(text=text)) if m.kind == "label"]
    assert text[move.start : move.end] == "it sounds like uh you're, you're on your own"
    assert move.rule == "label.sounds-like-you"
    assert move.rival


def test_the_other_sides_leverage_inside_a_label_is_theirs() -> None:
    assert _kinds("It sounds like you have other offers.") == {"label"}


def test_a_label_names_the_topics_in_it() -> None:
    (move,) = _RECOGNIZER.recognize(
        Heard(text="It seems like you were left alone with that.", topics=_TOPICS)
    )
    assert [cover.topic for cover in move.covers] == ["alone"]


def test_a_summary_covers_and_is_not_its_opener() -> None:
    told = "So for two days nobody could open a record, and you felt abandoned while your board"
    told += " wanted you to explain."
    (summary,) = [
        m for m in _RECOGNIZER.recognize(Heard(text=told, topics=_TOPICS)) if m.kind == "summary"
    ]
    assert {cover.topic for cover in summary.covers} == {"outage", "alone", "board"}
    assert "summary" not in _kinds(
        "So to summarise, what I am hearing is that you called us.", topics=_TOPICS
    )


def test_a_summary_that_ends_in_an_ask_is_none() -> None:
    told = "You were alone for two days without records, but I need you to sign today."
    assert "summary" not in _kinds(told, topics=_TOPICS)


def test_a_summary_needs_a_feeling_or_a_reason() -> None:
    told = "The records were gone for two days and that is what happened to you in March."
    assert "summary" not in _kinds(told, topics=_TOPICS)


def test_stacked_move_names_what_follows() -> None:
    text = "It sounds like you're worried. What would it take?"
    (move,) = [m for m in _RECOGNIZER.recognize(Heard(text=text)) if m.kind == "stacked_move"]
    assert text[move.start : move.end] == "What would it take"


def test_a_growing_label_appears_once_and_stays() -> None:
    text = "So it sounds like you were left alone with the doctors and nobody called you back"
    starts: list[int | None] = []
    for end in range(1, len(text) + 1):
        if end < len(text) and text[end] != " ":
            continue
        moves = _RECOGNIZER.recognize(Heard(text=text[:end], partial=True))
        starts.append(next((m.start for m in moves if m.kind == "label"), None))
    shown = [start for start in starts if start is not None]
    assert shown == [3] * len(shown)
    assert starts[-len(shown) :] == shown


@pytest.mark.parametrize(
    "text", ["Mm-hm.", "mm-hmm", "I see.", "Go on", "Okay, right.", "uh-huh", "Yeah.", "Hm.", "oh wow"]
)
def test_small_signs_of_listening(text: str) -> None:
    assert is_encourager(text)


@pytest.mark.parametrize(
    "text", ["", "Stop.", "No.", "I see the problem.", "okay but listen", "wait", "123"]
)
def test_real_words_are_no_sign_of_listening(text: str) -> None:
    assert not is_encourager(text)


def test_letters_alone_change_nothing_about_the_result() -> None:
    for text in ("It sounds like you're worried", "Take it or leave it"):
        assert (
            _kinds(text) == _kinds(text.lower()) == _kinds(string.capwords(text)) == _kinds(text.upper())
        )
