"""How the tests are dealt out when several workers run them: `pytest -n 2`.

Much of the suite waits: for speech in real time, for a browser, for a process that starts. Two workers
on two cores leave each of them the core that sound in real time needs; with four, sound cards stuttered.
The tests of one file stay with one worker, which so prepares once what they share. Without `-n` nothing
here matters.
"""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

__all__ = ["pytest_collection_modifyitems", "pytest_xdist_make_scheduler"]

_TOGETHER = {
    # Both look at one call that is rehearsed for them in real time.
    "tests/browser/test_accessibility.py": "tests/browser/test_review.py",
}
"""Files that go where another one goes."""

_EACH_ALONE = ("tests/faults/test_faults.py",)
"""Files whose tests share nothing and take long: each may go to another worker."""

_FIRST = (
    "tests/browser/test_review.py",
    "tests/browser/test_accessibility.py",
    "tests/client/headset/test_on_a_sound_card.py",
    "tests/browser/test_room.py",
    "tests/browser/test_server_killed.py",
    "tests/live/test_server_killed.py",
    "tests/live/test_room_cut_off.py",
    "tests/live/test_real_headset.py",
    "tests/browser/test_rehearsal.py",
    "tests/speech/test_piper_voice.py",
    "tests/contracts/test_voice_contract.py",
    "tests/recorded/test_hearing.py",
)
"""Files that take longest, longest first: begun last, they would keep one worker busy at the end."""


class _ByFile(LoadScopeScheduling):
    """Deals out whole files, in the order in which they were collected."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return nodeid if file in _EACH_ALONE else _TOGETHER.get(file, file)


@pytest.hookimpl(tryfirst=True, optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Deal out by file, whatever `--dist` says."""
    return _ByFile(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the longest files first where workers take from this list."""
    if hasattr(config, "workerinput"):
        places = {file: place for place, file in enumerate(_FIRST)}
        items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(places)))
