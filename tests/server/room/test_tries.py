"""How often one may try: by address, and all together."""

import pytest

from voice_coach_server.room.tries import Allowance, TooManyTriesError, Tries


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tries(clock: Clock) -> Tries:
    return Tries(Allowance(burst=3, every_seconds=10.0), Allowance(burst=8, every_seconds=2.0), clock)


def tried(tries: Tries, address: str, times: int) -> None:
    for _ in range(times):
        tries.demand(address)
        tries.count(address)


def test_it_says_how_long_to_wait_and_means_it(tries: Tries, clock: Clock) -> None:
    tried(tries, "10.0.0.1", 3)
    with pytest.raises(TooManyTriesError) as caught:
        tries.demand("10.0.0.1")
    assert caught.value.wait_seconds == 10
    assert str(caught.value) == "That was tried too often: wait 10 s, then try again."
    clock.now = 9.0
    with pytest.raises(TooManyTriesError, match="wait 1 s"):
        tries.demand("10.0.0.1")
    clock.now = 10.0
    tried(tries, "10.0.0.1", 1)
    with pytest.raises(TooManyTriesError):
        tries.demand("10.0.0.1")


def test_asking_costs_nothing(tries: Tries) -> None:
    for _ in range(100):
        tries.demand("10.0.0.1")


def test_others_may_still_try(tries: Tries) -> None:
    tried(tries, "10.0.0.1", 3)
    tried(tries, "10.0.0.2", 1)


def test_many_addresses_share_one_allowance(tries: Tries, clock: Clock) -> None:
    for number in range(8):
        tried(tries, f"10.0.1.{number}", 1)
    with pytest.raises(TooManyTriesError, match="wait 2 s"):
        tries.demand("10.0.2.1")
    clock.now = 2.0
    tried(tries, "10.0.2.1", 1)


def test_addresses_that_one_machine_can_choose_freely_count_as_one(tries: Tries) -> None:
    for number in range(3):
        tried(tries, f"fd00::1:{number}", 1)
    with pytest.raises(TooManyTriesError):
        tries.demand("fd00::9999")
    tries.demand("fd00:0:0:1::1")


def test_a_flood_of_addresses_takes_no_memory(clock: Clock) -> None:
    tries = Tries(
        Allowance(burst=3, every_seconds=10.0), Allowance(burst=10**6, every_seconds=1.0), clock
    )
    for number in range(5_000):
        tried(tries, f"10.0.{number // 256}.{number % 256}", 1)
    assert len(tries._by_address) == 1_024
