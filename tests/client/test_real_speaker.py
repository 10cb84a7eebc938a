"""The loudspeaker through a real sound stack: PortAudio into a PulseAudio null sink and its monitor."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

ALSA_OVER_PULSE = "pcm.!default { type pulse }\nctl.!default { type pulse }\n"
SPEAK = """
import numpy as np
from voice_coach_client.speaker import Speaker
tone = (8000 * np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)).astype("<i2").tobytes()
with Speaker() as speaker:
    print("playing", flush=True)
    for _ in range(20):
        speaker.trainee(tone)
    input()
"""
RATE = 44_100


@pytest.fixture
def sound_stack(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A PulseAudio of our own with one null sink; gives the environment that leads to it."""
    if shutil.which("pulseaudio") is None or shutil.which("parec") is None:
        pytest.skip("PulseAudio is missing; on Debian: apt-get install pulseaudio pulseaudio-utils.")
    (tmp_path / "asound.conf").write_text(ALSA_OVER_PULSE)
    environment = os.environ | {
        "XDG_RUNTIME_DIR": str(tmp_path),
        "HOME": str(tmp_path),
        "ALSA_CONFIG_PATH": str(tmp_path / "asound.conf"),
    }
    environment.pop("PULSE_SERVER", None)
    modules = ["-L", "module-null-sink sink_name=ear", "-L", "module-native-protocol-unix"]
    start = ["pulseaudio", "-n", "--daemonize=yes", "--exit-idle-time=-1", *modules]
    subprocess.run(start, env=environment, check=True, capture_output=True)
    yield environment
    subprocess.run([*start[:1], "--kill"], env=environment, check=True)


def test_what_the_speaker_plays_can_be_heard(sound_stack: dict[str, str]) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SPEAK],
        env=sound_stack,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as player:
        assert player.stdout is not None
        if player.stdout.readline() != "playing\n":
            _, said = player.communicate()
            pytest.fail(f"the speaker could not be opened: {said}")
        record = ["parec", "--device=ear.monitor", "--format=s16le", "--channels=1", f"--rate={RATE}"]
        with subprocess.Popen(record, env=sound_stack, stdout=subprocess.PIPE) as recorder:
            assert recorder.stdout is not None
            heard = np.frombuffer(recorder.stdout.read(4 * RATE), "<i2").astype(float)
            recorder.terminate()
        player.communicate("\n")
    loudest = heard[-RATE:]
    spectrum = np.abs(np.fft.rfft(loudest))
    assert np.abs(loudest).max() > 5_000
    assert abs(int(spectrum.argmax()) - 440) <= 2
