"""The code and the secret: their signs, and what counts as the same."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from voice_coach_server.room.codes import ALPHABET, CODE_BITS, SECRET_BITS, new_code, new_secret, same

LOOK_ALIKES = ("0ODQ", "1IL|", "2Z", "5S", "8B", "6G", "UV", "CG", "VY", "MN")
RHYMES = ("BCDEGPTVZ3", "AHJK8", "QU2W", "IY59", "FSX", "MN")

codes = st.builds(new_code)


def spoken(code: str) -> str:
    return code.replace("-", "")


@given(codes)
def test_a_code_is_six_signs_in_two_groups(code: str) -> None:
    first, second = code.split("-")
    assert (len(first), len(second)) == (3, 3)
    assert set(first + second) <= set(ALPHABET)


def test_no_two_signs_look_alike() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 16
    assert ALPHABET.isascii()
    assert ALPHABET.isalnum()
    assert ALPHABET.upper() == ALPHABET
    for likes in LOOK_ALIKES:
        assert len(set(likes) & set(ALPHABET)) <= 1, likes


def test_few_of_the_signs_rhyme() -> None:
    for rhymes in RHYMES:
        assert len(set(rhymes) & set(ALPHABET)) <= 2, rhymes


def test_how_much_there_is_to_guess() -> None:
    assert CODE_BITS == 24
    assert SECRET_BITS == 96
    assert len({new_secret() for _ in range(100)}) == 100


@given(
    codes, st.sampled_from([str.lower, str.upper, spoken, lambda code: f"  {code.replace('-', ' ')}\n"])
)
def test_case_spaces_and_hyphens_do_not_count(code: str, written: object) -> None:
    assert callable(written)
    assert same(code, written(code))


@given(codes, st.text(st.characters(max_codepoint=127)))
def test_nothing_else_is_the_same(code: str, other: str) -> None:
    bare = "".join(sign for sign in other.upper() if sign.isalnum())
    assert same(code, other) == (bare == spoken(code))


@given(codes, st.text())
def test_no_text_is_too_strange_to_be_compared(code: str, other: str) -> None:
    assert not same(code, f"{other}0")


@given(codes, st.integers(0, 5), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_wrong(code: str, at: int, sign: str) -> None:
    bare = spoken(code)
    wrong = bare[:at] + sign + bare[at + 1 :]
    assert same(code, wrong) == (wrong == bare)
    assert not same(code, bare[:-1])
    assert not same(code, bare + sign)
    assert not same(code, "")


def test_all_signs_are_drawn() -> None:
    drawn = set(itertools.chain.from_iterable(spoken(new_code()) for _ in range(400)))
    assert drawn == set(ALPHABET)
