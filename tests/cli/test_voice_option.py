"""`--voice` and `[voice] engine`: which voice speaks, and what is said when it does not exist."""

import importlib.util
from pathlib import Path

import pytest
from click.testing import CliRunner

from voice_coach.cli import serve
from voice_coach.cli.doctor import examine
from voice_coach.cli.health.finding import Finding, Verdict
from voice_coach.cli.main import main
from voice_coach.errors import SettingsError, VoiceError
from voice_coach.settings import Settings, StoreSettings, VoiceEngine, VoiceSettings, load_settings


@pytest.mark.parametrize(
    ("options", "engine"),
    [([], "pyttsx3"), (["--voice", "plain"], "pyttsx3"), (["--voice", "natural"], "piper")],
)
def test_the_option_chooses_the_engine(
    options: list[str], engine: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[Settings] = []

    def open_engines(settings: Settings) -> None:
        asked.append(settings)
        raise VoiceError("Enough.")

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(serve, "open_engines", open_engines)
    result = CliRunner().invoke(main, ["serve", "--no-open", *options])
    assert "Enough." in result.stderr
    assert asked[0].voice.engine == engine


def test_the_option_is_laid_over_the_setting(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('[voice]\nengine = "piper"\n')
    assert load_settings(file, {"unrelated": ""}).voice.engine is VoiceEngine.PIPER
    plain = {"VOICE_COACH_VOICE__ENGINE": "pyttsx3"}
    assert load_settings(file, plain).voice.engine is VoiceEngine.PYTTSX3


def test_an_engine_that_does_not_exist_is_refused_wherever_it_stands(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('[voice]\nengine = "pipr"\n')
    sentence = " asks for a voice engine that does not exist; choose pyttsx3 or piper."
    with pytest.raises(SettingsError) as in_file:
        load_settings(file, {"unrelated": ""})
    assert str(in_file.value) == f"{file}{sentence}"
    with pytest.raises(SettingsError) as in_variable:
        load_settings(environment={"VOICE_COACH_VOICE__ENGINE": "pipr"})
    assert str(in_variable.value) == f"VOICE_COACH_VOICE__ENGINE{sentence}"


def test_an_option_that_does_not_exist_is_refused() -> None:
    result = CliRunner().invoke(main, ["serve", "--voice", "robot"])
    assert result.exit_code == 2
    assert "'plain', 'natural'" in result.stderr


def natural_voice(settings: Settings) -> Finding:
    found: dict[str, Finding] = {}
    examine(settings, lambda finding: found.update({finding.check: finding}))
    return found["natural voice"]


def test_the_doctor_finds_the_natural_voice(tmp_path: Path) -> None:
    store = StoreSettings(folder=str(tmp_path))
    there = natural_voice(Settings(store=store))
    assert there.verdict is Verdict.OK
    assert there.found == "en_US-joe-medium is installed; --voice natural lets it speak"
    speaking = Settings(store=store, voice=VoiceSettings(engine=VoiceEngine.PIPER, timeout_seconds=60))
    assert natural_voice(speaking).found.endswith("it is the one that speaks")


def test_to_the_doctor_it_is_optional_until_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "piper" else really(name)
    )
    store = StoreSettings(folder=str(tmp_path))
    missing = natural_voice(Settings(store=store))
    assert missing.verdict is Verdict.OK
    assert missing.found.startswith(
        "optional. The natural voice is not installed: run `pip install piper"
    )
    asked_for = natural_voice(Settings(store=store, voice=VoiceSettings(engine=VoiceEngine.PIPER)))
    assert asked_for.verdict is Verdict.FAIL
    assert "pip install piper-tts" in asked_for.mend


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_without_the_extra_one_sentence_says_what_to_install(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "piper" else really(name)
    )
    result = CliRunner().invoke(main, [command, "--voice", "natural", "--store", str(tmp_path)])
    assert result.exit_code == 1
    assert "Error: The natural voice is not installed: run `pip install piper-tts`" in result.stderr
