"""The command around the demo; the call itself is replaced, it has tests of its own."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from client.scripted_server import welcome

from voice_coach.cli import demo
from voice_coach.cli.main import main
from voice_coach.coaching.turn import Debrief
from voice_coach.counterpart.reply import Outcome
from voice_coach.errors import EngineError
from voice_coach.messages import Ended
from voice_coach.settings import Settings
from voice_coach.speech.transcriber import ScriptedTranscriber
from voice_coach.speech.voice import ScriptedVoice
from voice_coach.speech.voice_activity import EnergyActivity
from voice_coach_client.errors import SoundError
from voice_coach_client.measures import Measures
from voice_coach_server.engines import Engines


def _measures(outcome: Outcome | None) -> Measures:
    measures = Measures()
    measures.receive(welcome(), 0.0)
    if outcome is not None:
        debrief = Debrief(
            headline="Well.", checks=(), labels=2, summaries=1, thats_right=True, talk_share=0.5
        )
        measures.receive(Ended(session="s-1", outcome=outcome, debrief=debrief), 1.0)
    return measures


class _Runs:
    """Stands for the call: remembers what was asked for and gives a prepared outcome."""

    def __init__(self) -> None:
        self.outcome: Outcome | None = Outcome.AGREEMENT
        self.demo: Any = None

    async def run(self, asked: Any) -> Measures:
        self.demo = asked
        return _measures(self.outcome)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> _Runs:
    @contextmanager
    def scripted_engines(_: Settings) -> Iterator[Engines]:
        yield Engines(
            transcriber=ScriptedTranscriber(["So."]),
            voice_activity=EnergyActivity(),
            voice=ScriptedVoice(),
            recognizer=None,
        )

    runs = _Runs()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(demo, "open_engines", scripted_engines)
    monkeypatch.setattr(demo, "_run", runs.run)
    return runs


def test_json_ends_with_exactly_one_object(runs: _Runs, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["demo", "--json", "--seed", "7", "--store", str(tmp_path)])
    assert result.exit_code == 0
    assert json.loads(result.stdout.splitlines()[-1]) == {
        "session": "s-1",
        "turns": 0,
        "labels": 2,
        "summaries": 1,
        "thats_right": True,
        "voice_to_voice_ms": {"p50": None, "p95": None},
        "final_text_ms": {"p50": None, "p95": None},
    }
    assert (runs.demo.overlay, runs.demo.speaker, runs.demo.hello.seed) == (None, None, 7)
    assert (runs.demo.settings.server.port, runs.demo.settings.store.path) == (0, tmp_path)
    assert all(line.pcm for line in runs.demo.lines)


@pytest.mark.parametrize("outcome", [None, Outcome.INTERRUPTED])
def test_a_call_that_did_not_end_normally_exits_1(runs: _Runs, outcome: Outcome | None) -> None:
    runs.outcome = outcome
    assert CliRunner().invoke(main, ["demo", "--json"]).exit_code == 1


def test_for_a_person_it_ends_with_how_to_look_at_the_session(runs: _Runs) -> None:
    result = CliRunner().invoke(main, ["demo", "--no-sound"])
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].endswith("voice-coach sessions show s-1")
    assert runs.demo.overlay is not None


def test_without_a_speaker_it_says_so_and_goes_on(runs: _Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_speaker() -> None:
        raise SoundError("There is no speaker: plug one in.")

    monkeypatch.setattr(demo, "Speaker", no_speaker)
    result = CliRunner().invoke(main, ["demo"])
    assert result.exit_code == 0
    assert "No sound is played. There is no speaker: plug one in." in result.stderr
    assert runs.demo.speaker is None


def test_an_unknown_scenario_is_bad_input(runs: _Runs) -> None:
    result = CliRunner().invoke(main, ["demo", "--scenario", "nowhere"])
    assert result.exit_code == 2
    assert "nowhere" in result.stderr
    assert runs.demo is None


def test_a_failure_of_ours_is_one_sentence(runs: _Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(_: Any) -> Measures:
        raise EngineError("The demo was stopped before its call was over.", code="stopped")

    monkeypatch.setattr(demo, "_run", fail)
    result = CliRunner().invoke(main, ["demo", "--no-sound"])
    assert result.exit_code == 1
    assert "Error: The demo was stopped before its call was over." in result.stderr
    assert runs.demo is None
