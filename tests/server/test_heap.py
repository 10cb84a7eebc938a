import subprocess
import sys

import pytest

from voice_coach_server.heap import give_back

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="glibc's functions")

_GROW_AND_LET_GO = """
from pathlib import Path
from voice_coach_server.heap import give_back, use_few_arenas

def resident_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

assert use_few_arenas()
kept, last = [], []
for _ in range(2000):
    kept.append(bytes(60_000))
    last.append(bytes(600))  # large enough to be the C library's, not Python's own
full = resident_mb()
kept.clear()
held = resident_mb()
give_back()
print(full, held, resident_mb())
"""


def test_memory_between_what_is_still_used_goes_back_to_the_system() -> None:
    run = subprocess.run(
        [sys.executable, "-c", _GROW_AND_LET_GO], capture_output=True, text=True, check=True
    )
    full, held, given_back = map(float, run.stdout.split())
    assert full - held < 20, "the C library did give it back by itself: the module is not needed any more"
    assert full - given_back > 80


def test_giving_back_twice_is_harmless() -> None:
    give_back()
    give_back()
