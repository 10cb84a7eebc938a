"""Whatever a file is like: one clear sentence, and nothing is kept."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from recorded.calls import two_channels, write
from recorded.conftest import Hear

from voice_coach.errors import AudioError
from voice_coach.journal.heard import read_heard
from voice_coach.recorded.hearing import Ears, Wishes, hear_call


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good")
    for ending in ("wav", "flac", "mp3", "m4a", "ogg", "webm"):
        write(folder / f"call.{ending}", two_channels())
    return folder


def refused(file: Path, ears: Ears) -> str:
    store = file.parent / "store"
    with pytest.raises(AudioError) as raised:
        hear_call(file, store, ears, Wishes(name=file.name), lambda _: True)
    assert not list(store.glob("sessions/*"))
    sentence = str(raised.value)
    assert sentence.count("\n") == 0
    assert sentence.endswith(".")
    assert str(file) in sentence
    return sentence


def test_what_is_no_file(tmp_path: Path, ears: Ears) -> None:
    assert "There is no file" in refused(tmp_path / "none.wav", ears)
    assert "is a folder" in refused(tmp_path, ears)
    (tmp_path / "empty.wav").touch()
    assert "is empty" in refused(tmp_path / "empty.wav", ears)


def test_what_may_not_be_read(tmp_path: Path, good: Path, ears: Ears) -> None:
    file = tmp_path / "closed.wav"
    file.write_bytes((good / "call.wav").read_bytes())
    file.chmod(0)
    with as_somebody(tmp_path):
        assert "ermission denied" in refused(file, ears)


@contextmanager
def as_somebody(folder: Path) -> Iterator[None]:
    """Root may read everything; nobody else may."""
    if os.geteuid():
        yield
        return
    for parent in [folder, *folder.parents]:
        if parent.stat().st_uid == 0 and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o055)
    os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("ending", ["wav", "mp3", "m4a", "flac", "ogg"])
def test_what_is_no_sound_at_all(tmp_path: Path, ears: Ears, ending: str) -> None:
    file = tmp_path / f"noise.{ending}"
    file.write_bytes(np.random.default_rng(1).bytes(50_000))
    assert "cannot be read as sound" in refused(file, ears) or "cannot be heard" in refused(file, ears)
    file.write_text("The minutes of our meeting.\n" * 50)
    assert "cannot be read as sound" in refused(file, ears) or "cannot be heard" in refused(file, ears)


def test_a_video_without_sound(tmp_path: Path, ears: Ears) -> None:
    file = tmp_path / "video.mp4"
    with av.open(str(file), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 64
        for _ in range(5):
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert "holds no sound" in refused(file, ears)


@pytest.mark.parametrize("mark", [b"enca", b"drms"])
def test_encrypted_sound(tmp_path: Path, good: Path, ears: Ears, mark: bytes) -> None:
    file = tmp_path / "bought.m4a"
    file.write_bytes((good / "call.m4a").read_bytes().replace(b"mp4a", mark))
    assert "encrypted" in refused(file, ears)


def test_a_file_of_no_length(tmp_path: Path, ears: Ears) -> None:
    file = tmp_path / "nothing.wav"
    soundfile.write(file, np.zeros((0, 2), np.float32), 16_000)
    assert "no samples" in refused(file, ears)


def test_more_than_two_channels(tmp_path: Path, ears: Ears) -> None:
    file = write(tmp_path / "room.wav", np.concatenate([two_channels()] * 3))
    assert "6 channels" in refused(file, ears)


def test_numbers_that_are_no_sound(tmp_path: Path, ears: Ears) -> None:
    file = tmp_path / "nan.wav"
    sound = two_channels().T.copy()
    sound[20_000] = np.nan
    soundfile.write(file, sound, 16_000, subtype="FLOAT")
    assert "not finite" in refused(file, ears)


@pytest.mark.parametrize("ending", ["wav", "flac", "mp3", "ogg", "webm"])
def test_a_file_that_breaks_off_is_heard_as_far_as_it_goes(
    tmp_path: Path, good: Path, hear: Hear, ending: str
) -> None:
    data = (good / f"call.{ending}").read_bytes()
    file = tmp_path / f"short.{ending}"
    file.write_bytes(data[: len(data) * 2 // 3])
    heard = read_heard(hear(file) / "heard.jsonl")
    assert heard.ended is not None
    if ending in {"flac", "m4a"}:
        assert any("breaks off" in remark for remark in heard.ended.remarks)
    text = " ".join(utterance.text for utterance in heard.utterances).lower()
    assert "help" in text
    assert "invoice" not in text


def test_an_m4a_that_breaks_off_has_no_table_of_contents(tmp_path: Path, good: Path, ears: Ears) -> None:
    file = tmp_path / "short.m4a"
    file.write_bytes((good / "call.m4a").read_bytes()[:20_000])
    assert "cannot be read as sound" in refused(file, ears)


def test_damage_in_the_middle_is_passed_over_and_said(tmp_path: Path, good: Path, hear: Hear) -> None:
    data = bytearray((good / "call.flac").read_bytes())
    third = len(data) // 3
    data[third : third + 3_000] = bytes(3_000)
    file = tmp_path / "scratched.flac"
    file.write_bytes(data)
    heard = read_heard(hear(file) / "heard.jsonl")
    assert heard.ended is not None
    assert any("damaged" in remark for remark in heard.ended.remarks)
    assert "invoice" in " ".join(utterance.text for utterance in heard.utterances).lower()


@pytest.mark.parametrize("ending", ["m4a", "ogg", "mp3"])
def test_a_wrong_name_changes_nothing(tmp_path: Path, good: Path, hear: Hear, ending: str) -> None:
    file = tmp_path / "call.wav"
    file.write_bytes((good / f"call.{ending}").read_bytes())
    heard = read_heard(hear(file) / "heard.jsonl")
    assert "left alone" in " ".join(utterance.text for utterance in heard.utterances).lower()
