"""How the tests are dealt out when several workers run them: `pytest -n 2`.

Much of the suite waits: for speech in real time, for a browser, for a process that starts. Two workers
on two cores leave each of them the core that sound in real time needs; with four, sound stuttered. The
tests of one file stay with one worker, which so prepares once what they share. Without `-n` nothing here
matters.
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

_FIRST = (
    "tests/browser/test_review.py",
    "tests/browser/test_accessibility.py",
    "tests/browser/test_room_pages.py",
    "tests/server/test_recorded_api.py",
    "tests/recorded/test_hearing.py",
    "tests/live/test_server_killed.py",
    "tests/browser/test_drill_states.py",
    "tests/speech/test_piper_voice.py",
    "tests/browser/test_rehearsal.py",
    "tests/browser/test_server_killed.py",
    "tests/browser/test_room.py",
    "tests/simulation/test_trainees.py",
    "tests/browser/test_branch.py",
    "tests/faults/test_faults.py",
    "tests/live/test_room_cut_off.py",
    "tests/browser/test_recorded_call.py",
    "tests/browser/test_library_pages.py",
)
"""Files that take longest, longest first: begun last, they would keep one worker busy at the end."""

_LAST = (
    "tests/cli/test_devices.py",
    "tests/client/headset/test_listing.py",
    "tests/client/headset/test_on_a_sound_card.py",
    "tests/client/test_speaker.py",
    "tests/live/test_real_headset.py",
    "tests/live/test_real_table.py",
)
"""Files that compare sound sample by sample as it passes a sound card, which waits for nobody.

One worker has them all, at the end, when the others have nothing left to do. In this order: after whole
calls on a card the same process loses samples on the next one, and why is not known yet.
"""


class _ByFile(LoadScopeScheduling):
    """Deals out whole files, in the order in which they were collected."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "a sound card" if file in _LAST else _TOGETHER.get(file, file)


@pytest.hookimpl(tryfirst=True, optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Deal out by file, whatever `--dist` says."""
    return _ByFile(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put what takes longest first, and what must be alone last, where workers take from this list."""
    if hasattr(config, "workerinput"):
        places = {file: place for place, file in enumerate(_FIRST, start=-len(_FIRST))}
        places |= {file: place for place, file in enumerate(_LAST, start=1)}
        items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], 0))
