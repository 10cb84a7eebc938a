import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from spoken import spoken

from voice_coach.errors import ModelError
from voice_coach.settings import Melody
from voice_coach.speech import pinned_files
from voice_coach.speech.smart_turn import SmartTurn, features, is_installed
from voice_coach.speech.turn_melodies import open_melody

FOLDER = "audio/turn/smart_turn"


def package() -> Path:
    found = importlib.util.find_spec("pipecat")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


@pytest.fixture(scope="module")
def theirs() -> ModuleType:
    """The network's own front end, as the package carries it; the package itself stays unimported."""
    file = package() / FOLDER / "_whisper_features.py"
    spec = importlib.util.spec_from_file_location("smart_turn_features", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "pipecat" else found(name, *rest)
    )


@pytest.mark.parametrize("seconds", [0.3, 3.0, 7.99, 8.0, 11.0])
def test_the_picture_is_the_one_the_network_was_trained_on(theirs: ModuleType, seconds: float) -> None:
    said = spoken("Nobody from our side called you before the second outage, and that was in March.")
    audio = np.resize(said, round(16_000 * seconds)) + np.float32(0.01)
    eight = np.pad(audio[-128_000:], (128_000 - len(audio[-128_000:]), 0))
    ours = features(audio)
    assert ours.shape == (1, 80, 800)
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours[0], theirs.compute_whisper_log_mel_features(eight), atol=1e-4)


def test_a_sentence_that_stops_in_the_middle_is_less_over_than_a_whole_one() -> None:
    network = SmartTurn()
    whole = spoken("It sounds like you were left alone with that.")
    broken = spoken("It sounds like you were left alone with the and because the")
    assert network.probability(whole) > network.probability(broken[: -len(broken) // 8])


def test_the_framework_that_carries_it_is_not_imported() -> None:
    SmartTurn().probability(np.zeros(16_000, np.float32))
    assert "pipecat" not in sys.modules


def test_the_network_is_taken_where_it_is_installed() -> None:
    assert is_installed()
    assert open_melody(Melody.AUTO).name == "smart-turn v3.2"
    assert open_melody(Melody.PITCH).name == "the fall of the voice"
    assert open_melody(Melody.NONE).probability(spoken("Why now?")) == 0.5


@pytest.mark.usefixtures("nothing_installed")
def test_without_it_the_fall_of_the_voice_is_heard_and_asking_for_it_says_what_to_do() -> None:
    assert not is_installed()
    assert open_melody(Melody.AUTO).name == "the fall of the voice"
    with pytest.raises(ModelError, match=r"pip install 'voice-coach\[turns\]'"):
        open_melody(Melody.SMART_TURN)


def test_another_file_of_that_name_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "pipecat" / FOLDER / "data"
    folder.mkdir(parents=True)
    (tmp_path / "pipecat" / "__init__.py").touch()
    (folder / "smart-turn-v3.2-cpu.onnx").write_bytes(b"other weights")
    monkeypatch.setattr(pinned_files, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ModelError, match="is not the file this version was made for"):
        SmartTurn()
