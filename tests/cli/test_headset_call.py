"""`rehearse` and `drill` around a call that the test makes: what is chosen, asked for, and said."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from client.made_sound import MadeSound
from overlay.made_calls import DRILL, ENDED

from voice_coach.cli import headset_call
from voice_coach.cli.headset_call import find
from voice_coach.cli.main import main
from voice_coach.counterpart.reply import Outcome
from voice_coach.counterpart.story import Guardedness
from voice_coach.errors import InputError
from voice_coach.messages import Ended, Hello
from voice_coach.settings import Settings
from voice_coach.speech.transcriber import ScriptedTranscriber
from voice_coach.speech.voice import ScriptedVoice
from voice_coach.speech.voice_activity import EnergyActivity
from voice_coach_client.headset import HeadsetOptions
from voice_coach_client.rehearsing import Rehearsed
from voice_coach_client.server_address import Server
from voice_coach_client.stage import Choice
from voice_coach_server.engines import Engines

CHOICES = [
    Choice(id="renewal_in_doubt", title="Renewal in doubt"),
    Choice(id="rent_arrears", title="The rent is late"),
    Choice(id="rent_review", title="The rent goes up"),
]


class _Calls:
    """Stands for the headset and the call: remembers what was asked for."""

    def __init__(self) -> None:
        self.hello: Hello | None = None
        self.options: HeadsetOptions | None = None
        self.server: Server | None = None
        self.ended: Ended | None = ENDED

    async def open(self, options: HeadsetOptions) -> MadeSound:
        self.options = options
        return MadeSound()

    async def rehearse(self, stage: Any, server: Server, hello: Hello, sound: MadeSound) -> Rehearsed:
        del stage, sound
        self.hello, self.server = hello, server
        return Rehearsed(session="s-1", ended=self.ended)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[_Calls]:
    @contextmanager
    def scripted_engines(_: Settings) -> Iterator[Engines]:
        yield Engines(
            transcriber=ScriptedTranscriber(["So."]),
            voice_activity=EnergyActivity(),
            voice=ScriptedVoice(),
            recognizer=None,
        )

    made = _Calls()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(headset_call, "open_engines", scripted_engines)
    monkeypatch.setattr(headset_call.Headset, "open", made.open)
    monkeypatch.setattr(headset_call, "rehearse", made.rehearse)
    handlers = logging.root.handlers[:]
    yield made
    logging.root.handlers[:] = handlers


def test_an_id_or_a_part_of_a_title_finds_one() -> None:
    assert find("rent-review", CHOICES, "scenario").id == "rent_review"
    assert find("LATE", CHOICES, "scenario").id == "rent_arrears"


def test_a_part_that_fits_several_lists_them() -> None:
    with pytest.raises(InputError, match=r"rent_arrears \(The rent is late\), rent_review"):
        find("rent", CHOICES, "scenario")


def test_a_name_that_fits_none_lists_all() -> None:
    with pytest.raises(InputError, match="There is no drill called x; there are: renewal_in_doubt, "):
        find("x", CHOICES, "drill")


def test_rehearse_calls_on_a_server_of_its_own(calls: _Calls, tmp_path: Path) -> None:
    arguments = ["rehearse", "renewal", "--guardedness", "closed", "--no-record", "--no-cues"]
    devices = ["--input", "jabra", "--output", "2", "--speakers"]
    result = CliRunner().invoke(main, [*arguments, *devices, "--store", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert calls.hello is not None
    assert (calls.hello.scenario, calls.hello.guardedness) == ("renewal_in_doubt", Guardedness.CLOSED)
    assert (calls.hello.record, calls.hello.cues) == (False, False)
    assert calls.options == HeadsetOptions(input="jabra", output="2", speakers=True)
    assert "Kept as session s-1. Look again: voice-coach replay s-1" in result.stdout


def test_without_a_scenario_there_is_a_list(calls: _Calls, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["rehearse", "--store", str(tmp_path)], input="1\n")
    assert result.exit_code == 0
    assert "Whom do you want to meet?" in result.stdout
    assert calls.hello is not None


def test_choosing_nobody_is_no_error(calls: _Calls, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["rehearse", "--store", str(tmp_path)], input="\n")
    assert result.exit_code == 0
    assert calls.hello is None


def test_an_unknown_scenario_is_bad_input(calls: _Calls, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["rehearse", "nobody", "--store", str(tmp_path)])
    assert result.exit_code == 2
    assert "There is no scenario called nobody" in result.stderr
    assert calls.hello is None


def test_a_call_that_the_server_broke_off_exits_1(calls: _Calls, tmp_path: Path) -> None:
    calls.ended = Ended(session="s-1", outcome=Outcome.INTERRUPTED, debrief=ENDED.debrief)
    result = CliRunner().invoke(main, ["rehearse", "renewal", "--store", str(tmp_path)])
    assert result.exit_code == 1


def test_drill_asks_for_the_drill(calls: _Calls, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def drills(_: Server) -> tuple[object, ...]:
        return (DRILL,)

    monkeypatch.setattr(Server, "drills", drills)
    result = CliRunner().invoke(main, ["drill", "label", "--store", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert calls.hello is not None
    assert (calls.hello.drill, calls.hello.scenario) == ("label_it", "")
    listed = CliRunner().invoke(main, ["drill", "--store", str(tmp_path)], input="\n")
    assert "Label it. Naming what somebody feels, in one breath. Last time 6 of 10." in listed.stdout


def test_no_server_at_an_address_is_one_sentence(calls: _Calls) -> None:
    result = CliRunner().invoke(main, ["rehearse", "x", "--server", "http://127.0.0.1:1"])
    assert result.exit_code == 1
    assert result.stderr.strip().startswith("Error: No voice_coach server answers at")
    assert calls.hello is None


@pytest.mark.parametrize(
    "arguments",
    [
        ["--code", "abc"],
        ["--code", "abc", "--name", "T"],
        ["renewal", "--code", "abc", "--name", "T", "--server", "https://10.0.0.1"],
    ],
)
def test_a_room_needs_address_and_name_and_no_scenario(calls: _Calls, arguments: list[str]) -> None:
    result = CliRunner().invoke(main, ["rehearse", *arguments])
    assert result.exit_code == 2
    assert "In a training room give --server, --code and --name" in result.stderr
    assert calls.hello is None
