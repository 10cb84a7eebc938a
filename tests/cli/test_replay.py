"""`voice-coach replay SESSION` as a person types it: the verdict, the overlay, other ears."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result
from journal.samples import EXCHANGES, SESSION, TRAINEE_SAYS, header, write_session
from spoken import spoken

from voice_coach.cli import replay_session as replay_module
from voice_coach.cli.main import main
from voice_coach.conversation import events as e
from voice_coach.conversation.counterpart_partner import CounterpartPartner
from voice_coach.conversation.session import Session
from voice_coach.counterpart.scenario import SCENARIO_FOLDER, parse_scenario
from voice_coach.journal.journal import JOURNAL_NAME, JournalWriter
from voice_coach.journal.store import named_folder, open_store
from voice_coach.moves.recognizer import load_recognizer
from voice_coach.settings import TurnSettings

RATE_HZ = 16_000
SCENARIO = (SCENARIO_FOLDER / "renewal_in_doubt.yaml").read_text("utf-8")


def run(store: Path, *words: str) -> Result:
    result = CliRunner().invoke(main, ["replay", *words, "--store", str(store)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def words_of(result: Result) -> str:
    return " ".join(result.stdout.split())


@pytest.fixture
def rehearsed(tmp_path: Path) -> Path:
    """A store with one call that was really had, by the real rules."""
    source = (SCENARIO_FOLDER / "renewal_in_doubt.yaml").read_text("utf-8")
    call = Session(
        partner=CounterpartPartner.of(parse_scenario(source, "test"), 7),
        recognizer=load_recognizer(),
        settings=TurnSettings(),
    )
    writer = JournalWriter.create(
        named_folder(open_store(tmp_path), SESSION), header(scenario_source=source)
    )
    for event in (
        e.CallStarted(at=0.0),
        e.ReplyStarted(at=0.4, reply=1),
        e.ReplySpoken(at=0.5, reply=1, seconds=2.0),
        e.ReplyPlayed(at=2.4, reply=1, text_heard="Look, I will be honest.", complete=True),
        e.CallEnded(at=6.0, reason=e.EndReason.TRAINEE),
    ):
        writer.event(event)
        for command in call.handle(event):
            writer.command(command)
    writer.close()
    return tmp_path


def test_a_call_replays_to_the_identical_call(rehearsed: Path) -> None:
    result = run(rehearsed, SESSION)

    assert words_of(result).endswith("Identical: 5 events lead to the same call.")
    assert result.exit_code == 0
    as_json = json.loads(run(rehearsed, SESSION, "--json").stdout)
    assert as_json == {"identical": True, "events": 5, "divergence": None}


def test_another_seed_or_rule_is_a_named_divergence(rehearsed: Path) -> None:
    path = named_folder(rehearsed, SESSION) / JOURNAL_NAME
    path.write_bytes(path.read_bytes().replace(b'"delivery":"guarded"', b'"delivery":"delighted"'))

    result = run(rehearsed, SESSION)

    assert result.exit_code == 1
    assert "Event 1 (call_started at 0.00 s) leads to something else" in words_of(result)
    as_json = json.loads(run(rehearsed, SESSION, "--json").stdout)
    assert as_json["divergence"]["event_number"] == 1
    assert as_json["divergence"]["sentence"].startswith("Event 1 (call_started at 0.00 s)")


def test_a_replay_compares_all_events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_session(tmp_path)
    answers = iter([commands for _, commands in EXCHANGES])

    class Recorded:
        def handle(self, event: e.Event) -> list[object]:
            del event
            return list(next(answers))

    monkeypatch.setattr(replay_module, "_make_session", lambda _: Recorded())

    assert json.loads(run(tmp_path, SESSION, "--json").stdout)["identical"]


def test_the_call_is_shown_before_the_verdict(rehearsed: Path) -> None:
    shown = words_of(run(rehearsed, SESSION))
    assert "Look, I will be honest." in shown
    assert shown.index("Look, I will be honest.") < shown.index("Identical")


def test_in_a_terminal_it_takes_its_time(rehearsed: Path) -> None:
    """The call is six seconds long, and is shown three times as fast."""
    watched, terminal = pty.openpty()
    command = [sys.executable, "-m", "voice_coach.cli", "replay", SESSION, "--store", str(rehearsed)]
    began = time.monotonic()
    with subprocess.Popen([*command, "--speed", "3"], stdout=terminal, stderr=terminal) as process:
        os.close(terminal)
        shown = b""
        while True:
            try:
                shown += os.read(watched, 65_536)
            except OSError:  # Linux says so when the other end is closed
                break
    os.close(watched)
    assert process.returncode == 0
    assert b"Identical" in shown
    assert time.monotonic() - began >= 1.9


def test_other_ears_hear_the_recording_anew(tmp_path: Path) -> None:
    folder = write_session(tmp_path, scenario_source=SCENARIO)
    said = spoken("You need to sign this today or we are done.")
    track = np.zeros(8 * RATE_HZ, np.float32)
    track[3 * RATE_HZ : 3 * RATE_HZ + len(said)] = said[: 5 * RATE_HZ]
    soundfile.write(folder / "trainee.flac", track, RATE_HZ)

    tree = json.loads(run(tmp_path, SESSION, "--rehear", "tiny.en", "--json").stdout)

    (turn,) = tree["turns"]
    assert turn["was"] == TRAINEE_SAYS
    assert "sign this" in turn["now"]
    assert turn["moves_were"] == ["label"]
    assert "label" not in turn["moves_are"]
    told = run(tmp_path, SESSION, "--rehear", "tiny.en")
    assert "0 of 1 of your turns were heard the same" in words_of(told)


def test_what_was_not_recorded_cannot_be_heard_anew(tmp_path: Path) -> None:
    write_session(tmp_path, scenario_source=SCENARIO)
    result = run(tmp_path, SESSION, "--rehear", "tiny.en")
    assert result.exit_code == 2
    assert "was not kept: nothing to hear anew" in result.stderr


def test_a_session_that_is_not_there_is_said(tmp_path: Path) -> None:
    open_store(tmp_path)
    for name in (SESSION, "../../etc/passwd"):
        result = run(tmp_path, name)
        assert result.exit_code == 2
        assert "session" in result.stderr
    assert "--speed" in run(tmp_path, SESSION, "--speed", "nan").stderr


def test_a_newer_journal_says_what_to_update(tmp_path: Path) -> None:
    path = write_session(tmp_path) / JOURNAL_NAME
    path.write_bytes(path.read_bytes().replace(b'"voice_coach_journal":1', b'"voice_coach_journal":99'))
    result = run(tmp_path, SESSION)
    assert result.exit_code == 2
    assert "Please update voice_coach" in result.stderr
