"""What leaves: captions that a caption library reads back, a table, a report, one stereo sound file."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser
from pathlib import Path

import av
import msgspec
import numpy as np
import pytest
import soundfile
import webvtt
from exports.sample_review import LABEL, sample_review
from numpy.typing import NDArray

from voice_coach.coaching.turn import Speaker
from voice_coach.errors import AudioError
from voice_coach.exports.captions import as_srt, as_webvtt
from voice_coach.exports.mixdown import MIX_RATE_HZ, mixdown
from voice_coach.exports.report import as_html
from voice_coach.exports.table import as_csv


def spoken(review_text: str) -> list[str]:
    return review_text.replace("\n", " ").split()


def test_webvtt_is_read_back_whole_in_order_and_in_time() -> None:
    review = sample_review()
    read = webvtt.from_string(as_webvtt(review))
    words = spoken(" ".join(caption.raw_text for caption in read))
    assert [w for w in words if not w.startswith("<")]
    ends = 0.0
    for caption in read:
        assert caption.start_in_seconds >= int(ends)
        assert caption.end_in_seconds >= caption.start_in_seconds
        ends = caption.start_in_seconds
        assert len(caption.raw_text.splitlines()) <= 3
    assert {caption.voice for caption in read} == {"You", "Mara Lindqvist"}


def test_webvtt_names_moves_and_escapes_what_was_said() -> None:
    text = as_webvtt(sample_review())
    assert "<c.label>" in text
    assert "<c.question>What happened?</c>" in text
    assert "&lt;this&gt; &amp;" in text
    assert "<this>" not in text


def test_no_word_is_lost_in_srt_and_each_cue_says_who() -> None:
    review = sample_review()
    captions = webvtt.from_buffer(io.StringIO(as_srt(review)), format="srt")
    said: list[str] = []
    for caption in captions:
        who, _, text = caption.raw_text.replace("\n", " ").partition(": ")
        assert who in {"You", "Mara Lindqvist"}
        said += text.split()
    assert said == spoken(" ".join(turn.turn.text for turn in review.turns))


def test_a_cue_is_shown_while_its_words_are_spoken() -> None:
    label = next(c for c in webvtt.from_string(as_webvtt(sample_review())) if "left" in c.raw_text)
    assert label.start == "00:00:12.000"
    question = next(c for c in webvtt.from_string(as_webvtt(sample_review())) if "What" in c.raw_text)
    spoken_before = len(LABEL.split())
    assert question.start == f"00:00:{12 + 0.4 * spoken_before:06.3f}"


def test_a_speaker_who_is_not_known_is_not_named() -> None:
    review = sample_review()
    turns = tuple(msgspec.structs.replace(turn, speaker_known=False) for turn in review.turns)
    text = as_srt(msgspec.structs.replace(review, turns=turns))
    assert "Somebody: " in text
    assert "You: " not in text


def test_the_table_has_a_row_for_each_turn_and_runs_nothing() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(sample_review()))))
    assert [row["speaker"] for row in rows] == ["counterpart", "trainee", "counterpart"]
    assert rows[0]["text"].startswith("'=HYPERLINK")
    assert rows[1]["moves"] == "label; question"
    assert rows[1]["comments"] == "Here it <turned>."
    assert rows[2]["thats_right"] == "yes"
    assert rows[2]["trust_after"] == "0.80"


class _Reader(HTMLParser):
    """Collects tags with their attributes, and the text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_report_tells_all_and_fetches_nothing() -> None:
    page = _Reader()
    page.feed(as_html(sample_review(), b"ID3 pretend"))
    for told in (
        "She told you why she came.",
        "A reviewer sees it otherwise",
        "She was breathing.",
        "Here it <turned>.",
        "with <this> & more",
        "You named the waiting.",
        "The waiting: labelled",
        "your voice rose",
        "The journal was cut.",
        "131.0 words a minute",
    ):
        assert told in page.text, told
    assert "Loudness" not in page.text
    for _, attributes in page.tags:
        for name in ("src", "href"):
            assert (attributes.get(name) or "data:").startswith("data:")
    assert {attributes["class"] for tag, attributes in page.tags if tag == "mark"} == {
        "reflection",
        "question",
    }


def test_without_sound_the_report_has_no_script() -> None:
    page = _Reader()
    page.feed(as_html(sample_review()))
    assert not {"script", "audio", "button"} & {tag for tag, _ in page.tags}


def tone(hz: float, seconds: float, rate: int) -> NDArray[np.float64]:
    return 0.3 * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)


def test_the_mix_has_you_left_and_them_right_in_step(tmp_path: Path) -> None:
    tracks = {Speaker.TRAINEE: tmp_path / "trainee.flac", Speaker.COUNTERPART: tmp_path / "them.flac"}
    silence = np.zeros(2 * 22_050)
    soundfile.write(tracks[Speaker.TRAINEE], tone(300, 25, 16_000), 16_000)
    soundfile.write(tracks[Speaker.COUNTERPART], np.concatenate([silence, tone(700, 10, 22_050)]), 22_050)
    with av.open(io.BytesIO(mixdown(tracks))) as file:
        frames = [frame.to_ndarray() for frame in file.decode(audio=0)]
    left, right = np.concatenate(frames, axis=1)
    assert len(left) / MIX_RATE_HZ == pytest.approx(25, abs=0.2)

    def loudest(side: NDArray[np.float32], second: float) -> tuple[float, float]:
        part = side[round(second * MIX_RATE_HZ) : round((second + 0.5) * MIX_RATE_HZ)]
        spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)))) / len(part)
        return float(np.argmax(spectrum)) * 2, float(spectrum.max())

    assert loudest(left, 20)[0] == pytest.approx(300, abs=4)
    assert loudest(right, 5)[0] == pytest.approx(700, abs=4)
    assert loudest(right, 1)[1] < 0.001
    assert loudest(right, 14)[1] < 0.001
    assert loudest(right, 2.2)[1] > 0.05


def test_no_sound_is_said(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="not kept"):
        mixdown({})
    broken = tmp_path / "trainee.flac"
    broken.write_bytes(b"fLaC but not really")
    with pytest.raises(AudioError, match="cannot be read"):
        mixdown({Speaker.TRAINEE: broken})
