"""The report for somebody who helps holds numbers, and nothing that anybody said."""

import json
import zipfile
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from journal.samples import SESSION, TRAINEE_SAYS, write_session

from voice_coach.cli.doctor import command
from voice_coach.cli.health.bundle import write_bundle
from voice_coach.cli.health.finding import ok
from voice_coach.errors import StoreError
from voice_coach.journal.store import named_folder, open_store
from voice_coach.settings import ServerSettings, Settings, StoreSettings

HERE = "127.0.0.1"


def unpacked(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_a_call_is_told_in_numbers_and_without_a_word(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store")
    write_session(store)
    broken = named_folder(store, "20260101-000000-zzzz")
    broken.mkdir()
    (broken / "journal.jsonl").write_text("It sounds like nonsense.\n", "utf-8")
    settings = Settings(server=ServerSettings(host=HERE, port=1), store=StoreSettings(folder=str(store)))

    write_bundle(tmp_path / "report.zip", settings, [ok("model", "tiny.en")])

    parts = unpacked(tmp_path / "report.zip")
    calls = json.loads(parts["calls.json"])
    assert calls[0] == "bad-journal"
    assert calls[1]["events"]["TranscriptFinal"] == 1
    assert calls[1]["complete"]
    assert json.loads(parts["versions.json"])["packages"]["faster-whisper"]
    assert json.loads(parts["findings.jsonl"])["found"] == "tiny.en"
    assert parts["health.json"] == "no server answers"
    everything = "".join(parts.values())
    for word in [*TRAINEE_SAYS.split(), "weeks", "nonsense", SESSION]:
        if len(word) > 4:
            assert word not in everything


def test_the_home_folder_is_not_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "somebody"))
    store = open_store(tmp_path / "somebody" / "calls")
    settings = Settings(server=ServerSettings(host=HERE, port=1), store=StoreSettings(folder=str(store)))
    write_bundle(tmp_path / "report.zip", settings, [])
    parts = unpacked(tmp_path / "report.zip")
    assert "somebody" not in "".join(parts.values())
    assert json.loads(parts["settings.json"])["store"]["folder"] == "~/calls"


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    settings = Settings(
        server=ServerSettings(host=HERE, port=1), store=StoreSettings(folder=str(tmp_path))
    )
    with pytest.raises(StoreError, match="cannot be written: no such file"):
        write_bundle(tmp_path / "missing" / "report.zip", settings, [])


def test_the_doctor_writes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_COACH_STORE__FOLDER", str(tmp_path / "store"))
    monkeypatch.setenv("VOICE_COACH_SERVER__PORT", "0")
    report = tmp_path / "report.zip"
    result = CliRunner().invoke(command, ["--json", "--bundle", str(report)])
    assert result.exit_code == 0
    told = [json.loads(line)["check"] for line in result.output.splitlines() if line.startswith("{")]
    kept = [json.loads(line)["check"] for line in unpacked(report)["findings.jsonl"].splitlines()]
    assert kept == told
    assert msgspec.json.decode(unpacked(report)["settings.json"], type=Settings)
