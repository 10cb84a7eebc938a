"""`voice-coach replay FILE` as a person runs it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner, Result
from recorded.calls import two_channels, write

from voice_coach.cli.main import main
from voice_coach.review.review import Kind, Review


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("call") / "my call.ogg", two_channels())


def run(store: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["replay", "--store", str(store), *arguments])


def test_a_file_is_heard_shown_and_kept(tmp_path: Path, call: Path) -> None:
    result = run(tmp_path, str(call))
    assert result.exit_code == 0, result.output
    for said in ("my call", "left alone", "label", "Did they say", "yes"):
        assert said in result.stdout
    assert "Kept as session" in result.stderr
    listed = CliRunner().invoke(main, ["sessions", "list", "--store", str(tmp_path)])
    assert "recorded call" in listed.stdout
    session = result.stderr.split("session ")[1][:20]
    shown = CliRunner().invoke(main, ["sessions", "show", session, "--store", str(tmp_path)])
    assert shown.exit_code == 0, shown.output
    again = run(tmp_path, session)
    assert again.exit_code == 2
    assert "is a recorded call" in again.stderr
    assert "left alone" in shown.stdout


def test_json_is_the_review(tmp_path: Path, call: Path) -> None:
    result = run(tmp_path, str(call), "--json", "--mine", "right", "--scenario", "late_payment")
    review = msgspec.json.decode(result.stdout, type=Review)
    assert (review.kind, review.turns[0].turn.speaker.value) == (Kind.RECORDED, "counterpart")
    assert review.debrief is not None
    assert "why-they-came" in {check.id for check in review.debrief.checks}
    assert review.figures


def test_open_says_how_when_no_server_runs(
    tmp_path: Path, call: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICE_COACH_SERVER__PORT", "9")
    result = run(tmp_path, str(call), "--open")
    assert "No server runs" in result.stderr
    assert "/review/" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("none.wav",), "none.wav is neither a session's id nor a file."),
        (("20260101-000000-aaaa",), "There is no session"),
        (("20260101-000000-aaaa", "--mine", "right"), "--mine belongs to a sound file"),
        (("call.wav", "--speed", "2"), "--speed belongs to a session"),
        (("none.wav", "--scenario", "nobody"), "neither a session's id"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    result = run(tmp_path, *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not (tmp_path / "sessions").exists()


def test_an_unknown_scenario_is_said_before_anything_is_heard(tmp_path: Path, call: Path) -> None:
    result = run(tmp_path, str(call), "--scenario", "nobody")
    assert result.exit_code == 2
    assert "choose one of" in result.stderr
    assert not (tmp_path / "sessions").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="has no signals of this kind")
def test_ctrl_c_keeps_what_is_done(tmp_path: Path) -> None:
    file = write(tmp_path / "long.flac", np.concatenate([two_channels()] * 40, axis=1))
    command = [
        sys.executable,
        "-m",
        "voice_coach.cli",
        "replay",
        str(file),
        "--store",
        str(tmp_path / "s"),
    ]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as process:
        until = time.monotonic() + 90
        while not list((tmp_path / "s").glob("sessions/*/trainee.wav")) and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert "heard in part" in out
    assert "stopped at" in out
    assert "Kept as session" in err
