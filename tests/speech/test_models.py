from dataclasses import replace
from pathlib import Path

import pytest

from voice_coach.errors import ModelError
from voice_coach.speech import models, pinned_files
from voice_coach.speech.models import PACKAGED_MODELS, find_model


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(pinned_files, "cache_folder", lambda: tmp_path / "cache")
    return tmp_path / "cache"


def test_both_packaged_models_are_found_and_are_what_was_pinned(cache: Path) -> None:
    assert set(PACKAGED_MODELS) == {"tiny.en", "base"}
    for name in PACKAGED_MODELS:
        folder = find_model(name)
        assert (folder / "model.bin").stat().st_size > 50_000_000
        assert find_model(name) == folder
    assert find_model("base").is_relative_to(cache)


def test_a_damaged_copy_of_ours_is_made_again(cache: Path) -> None:
    file = find_model("base") / "model.bin"
    with file.open("r+b") as weights:
        weights.seek(1000)
        sound = weights.read(4)
        weights.seek(1000)
        weights.write(b"harm")
    file = find_model("base") / "model.bin"
    assert file.is_relative_to(cache)
    with file.open("rb") as weights:
        weights.seek(1000)
        assert weights.read(4) == sound


def test_packaged_weights_that_are_not_the_pinned_ones_are_refused(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not cache.exists()
    pinned = models._PACKAGED["tiny.en"]
    other = replace(pinned, sha256={**pinned.sha256, "config.json": "0" * 64})
    monkeypatch.setitem(models._PACKAGED, "tiny.en", other)
    with pytest.raises(ModelError, match=r"config\.json is not the file this version"):
        find_model("tiny.en")


def test_a_folder_that_is_missing_or_no_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        find_model(str(tmp_path / "nowhere"))
    assert str(tmp_path / "nowhere") in str(caught.value)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelError) as caught:
        find_model(str(tmp_path / "empty"))
    assert "model.bin" in str(caught.value) or "config.json" in str(caught.value)


def test_any_folder_in_ctranslate2_form_will_do() -> None:
    folder = find_model("tiny.en")
    assert find_model(str(folder)) == folder
