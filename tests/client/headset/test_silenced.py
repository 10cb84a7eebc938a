"""What a C library prints goes nowhere; what Python prints still arrives."""

import subprocess
import sys

PRINTS = """
import os, sys
from voice_coach_client.headset.portaudio import libraries_silenced
print("before", file=sys.stderr)
with libraries_silenced():
    os.write(2, b"a library tries a device\\n")
    print("meanwhile", file=sys.stderr)
    print("on the screen", file=sys.__stderr__)
os.write(2, b"after\\n")
print("the end", file=sys.stderr)
"""


def test_only_python_is_heard_meanwhile() -> None:
    done = subprocess.run([sys.executable, "-c", PRINTS], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines() == ["before", "meanwhile", "on the screen", "after", "the end"]
