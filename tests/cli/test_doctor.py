import importlib.abc
import importlib.util
import socket
import sys
import webbrowser
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
from click.testing import CliRunner
from sound_card import SoundCard

from voice_coach.cli.doctor import command, examine
from voice_coach.cli.health import machine, sound
from voice_coach.cli.health.finding import Finding, Verdict
from voice_coach.settings import (
    EarsSettings,
    Melody,
    ServerSettings,
    Settings,
    StoreSettings,
    TurnSettings,
    VoiceSettings,
)


def findings(settings: Settings) -> dict[str, Finding]:
    found: dict[str, Finding] = {}
    examine(settings, lambda finding: found.update({finding.check: finding}))
    return found


def test_on_this_machine_a_call_is_possible(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_COACH_STORE__FOLDER", str(tmp_path))
    monkeypatch.setenv("VOICE_COACH_SERVER__PORT", "0")
    result = CliRunner().invoke(command, ["--json"])
    lines = [msgspec.json.decode(line, type=Finding) for line in result.output.splitlines()]
    assert result.exit_code == 0
    verdicts = {line.check: line.verdict for line in lines}
    for check in ("model", "voice activity", "end of turn", "voice", "port", "sessions"):
        assert verdicts[check] is Verdict.OK, lines


def test_what_is_wrong_is_said_with_how_to_mend_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = Settings(
            ears=EarsSettings(model=str(tmp_path / "no-model")),
            voice=VoiceSettings(voice="nobody"),
            server=ServerSettings(port=taken.getsockname()[1]),
            store=StoreSettings(folder=str(tmp_path / "file")),
        )
        found = findings(settings)
    assert found["model"].verdict is Verdict.FAIL
    assert str(tmp_path / "no-model") in found["model"].found
    assert found["voice"].verdict is Verdict.FAIL
    assert "There is no voice 'nobody'" in found["voice"].found
    assert found["port"].verdict is Verdict.WARN
    assert found["sessions"].verdict is Verdict.FAIL
    assert all(finding.mend for finding in found.values() if finding.verdict is not Verdict.OK)


def test_a_person_reads_words_not_colours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_COACH_STORE__FOLDER", str(tmp_path / "file"))
    (tmp_path / "file").write_text("in the way")
    result = CliRunner().invoke(command, [])
    assert result.exit_code == 1
    assert "✗ fail sessions" in result.output
    assert "✓ ok   voice " in result.output
    assert "--store" in result.output


def test_a_missing_sound_library_is_a_warning_and_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoPortAudio(importlib.abc.MetaPathFinder):
        def find_spec(self, fullname: str, *_: object) -> None:
            if fullname == "sounddevice":
                raise OSError("PortAudio library not found")

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [NoPortAudio(), *sys.meta_path])
    for found in (sound.microphone(Settings()), sound.speaker(Settings())):
        assert found.verdict is Verdict.WARN
        assert found.found.startswith("The PortAudio library cannot be loaded (PortAudio library not")
        assert "sudo apt install libportaudio2" in found.found
        assert "not the page" in found.mend


def test_a_machine_without_sound_devices_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound, "present_devices", tuple)
    for found in (sound.microphone(Settings()), sound.speaker(Settings())):
        assert found.verdict is Verdict.WARN
        assert found.found == f"There is no {found.check}: plug one in."
        assert "voice-coach devices" in found.mend


@pytest.mark.usefixtures("sound_card")
def test_a_microphone_and_a_speaker_that_work_are_named_with_their_rate() -> None:
    assert sound.microphone(Settings()).found == "'default' runs at 16000 Hz"
    assert sound.speaker(Settings()).found == "'default' runs at 48000 Hz"


def test_a_device_that_is_pulled_out_is_a_warning(sound_card: SoundCard) -> None:
    sound_card.pull_out("mouth")
    sound_card.pull_out("ear")
    found = sound.microphone(Settings())
    assert found.verdict is Verdict.WARN
    assert "'default' does not open" in found.found


def test_a_full_disk_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: SimpleNamespace(free=99_000_000))
    found = machine.disk(Settings(store=StoreSettings(folder=str(tmp_path / "not" / "yet"))))
    assert (found.verdict, found.found) == (Verdict.WARN, "99 MB free for sessions")
    assert "make room" in found.mend


def test_a_clock_that_went_back_to_its_beginning_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.clock(Settings()).verdict is Verdict.OK
    monkeypatch.setattr(machine.time, "time", lambda: 86_400.0)
    found = machine.clock(Settings())
    assert found.verdict is Verdict.WARN
    assert "Set the clock" in found.mend


def test_without_a_browser_the_address_is_opened_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_registered() -> None:
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(machine.webbrowser, "get", none_registered)
    monkeypatch.setattr(machine.shutil, "which", lambda _: None)
    found = machine.browser(Settings())
    assert (found.verdict, found.found) == (Verdict.WARN, "none found")
    assert "by hand" in found.mend


def test_the_end_of_turn_is_judged_by_what_is_installed_and_a_missing_network_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(melody: Melody) -> Finding:
        turns, store = TurnSettings(melody=melody), StoreSettings(folder=str(tmp_path))
        return findings(Settings(turns=turns, store=store))["end of turn"]

    assert found(Melody.AUTO).found == "pauses are judged by the words and by smart-turn v3.2"
    everywhere = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "pipecat" else everywhere(name)
    )
    without = found(Melody.AUTO)
    assert without.verdict is Verdict.OK
    assert "the fall of the voice; optional: the extra `turns`" in without.found
    missing = found(Melody.SMART_TURN)
    assert missing.verdict is Verdict.FAIL
    assert "not installed" in missing.found
    assert "voice-coach[turns]" in missing.mend
