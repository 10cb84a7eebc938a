import numpy as np
import pytest

from voice_coach.speech.sureness import token_probabilities


def test_a_probability_is_a_share_of_all_that_could_have_been_said() -> None:
    logits = [np.log([[0.7, 0.2, 0.1]]), np.log([0.1, 0.1, 0.8]) + 900]
    assert token_probabilities(logits, [0, 1]) == pytest.approx((0.7, 0.1), abs=1e-4)


def test_what_is_decoded_after_the_last_token_does_not_count() -> None:
    assert len(token_probabilities([np.zeros(4)] * 3, [1, 2])) == 2
