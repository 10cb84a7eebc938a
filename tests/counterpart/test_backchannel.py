from itertools import pairwise

import msgspec
from counterpart.calls import dana

from voice_coach.counterpart import counterpart
from voice_coach.counterpart.backchannel import backchannel


def signs(seed: int) -> list[tuple[str, ...]]:
    mind, _ = counterpart.open_call(dana(), seed)
    return [backchannel(dana(), mind, seed, number) for number in range(1, 40)]


def test_signs_of_listening_are_short_and_not_always_given() -> None:
    given = [sign for sign in signs(7) if sign]
    assert 15 < len(given) < 39
    assert all(len(" ".join(sign).split()) <= 2 for sign in given)


def test_no_two_neighbours_are_alike_and_the_same_call_nods_the_same() -> None:
    for seed in range(20):
        assert all(a != b for a, b in pairwise(signs(seed)) if a or b)
        assert signs(seed) == signs(seed)


def test_who_is_tense_does_not_nod_along() -> None:
    mind, _ = counterpart.open_call(dana(), 7)
    tense = msgspec.structs.replace(mind, tension=0.9)
    assert not any(backchannel(dana(), tense, 7, number) for number in range(40))
