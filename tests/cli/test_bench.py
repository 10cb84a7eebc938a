import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from voice_coach.cli.main import main


def test_the_ears_are_measured_on_sentences_of_our_own(tmp_path: Path) -> None:
    drawn = tmp_path / "ears.svg"
    done = CliRunner().invoke(
        main,
        [
            "bench",
            "ears",
            "--model",
            "tiny.en",
            "--repeats",
            "1",
            "--every",
            "8",
            "--json",
            "--svg",
            str(drawn),
        ],
    )
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert set(found["scores"]) == {"partial", "final", "with times", "plain beam 1", "plain beam 5"}
    assert all(score["word_error_percent"]["all"] < 60 for score in found["scores"].values())
    assert drawn.read_text("utf-8").startswith("<svg")


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        del name
        raise ModuleNotFoundError("No module named 'jiwer'", name="jiwer")

    monkeypatch.setattr("voice_coach.cli.bench.importlib.import_module", missing)
    # The group's own import of this module has happened; only the benchmark's is refused.
    from voice_coach.cli.bench import command  # noqa: PLC0415

    done = CliRunner().invoke(command, ["ears"])
    assert "jiwer" in str(done.exception)
    assert "extra `bench`" in str(done.exception)
