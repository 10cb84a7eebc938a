"""A file becomes a session: the real model on real files of every kind."""

import resource
from pathlib import Path

import numpy as np
import pytest
import soundfile
from recorded.calls import FORMATS, two_channels, write
from recorded.conftest import Hear
from spoken import silence, spoken

from voice_coach.coaching.turn import Speaker
from voice_coach.counterpart.scenario import load_scenario
from voice_coach.errors import StoreError
from voice_coach.journal.durable import is_being_written
from voice_coach.journal.heard import HeardWriter, Side, read_heard
from voice_coach.journal.library import Library
from voice_coach.recorded.hearing import Ears, Progress, Wishes, hear_call
from voice_coach.recorded.tell import tell_recorded
from voice_coach.review.review import Kind
from voice_coach.review.tell import tell_review
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("calls")
    sound = two_channels()
    for ending in FORMATS:
        write(made / f"call.{ending}", sound)
    return made


@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_is_heard_with_its_speakers(ending: str, folder: Path, hear: Hear) -> None:
    review = tell_recorded(hear(folder / f"call.{ending}"))
    assert (review.kind, review.complete, review.title) == (Kind.RECORDED, True, "call")
    assert [one.turn.speaker.value for one in review.turns] == [
        "trainee", "counterpart", "trainee", "counterpart",
    ]  # fmt: skip
    assert all(one.speaker_known for one in review.turns)
    label = review.turns[2].turn
    assert "left alone" in label.text.lower()
    assert "label" in {move.kind for move in label.moves}
    assert review.turns[3].turn.thats_right
    assert review.debrief is not None
    checks = {check.id: check.passed for check in review.debrief.checks}
    assert checks["thats-right"]
    assert checks["silence"]
    assert "why-they-came" not in checks
    assert [track.side for track in review.tracks] == [Speaker.TRAINEE, Speaker.COUNTERPART]


def test_words_stand_where_they_were_said(folder: Path, hear: Hear) -> None:
    session = hear(folder / "call.wav")
    review = tell_recorded(session)
    sound, rate = soundfile.read(session / "trainee.flac")
    assert rate == SAMPLE_RATE_HZ
    for one in (review.turns[0], review.turns[2]):
        assert [one.turn.text[w.start : w.end] for w in one.words] == one.turn.text.split()
        for word in one.words:
            assert one.turn.start_seconds - 0.3 <= word.start_seconds <= word.end_seconds
            assert word.end_seconds <= one.turn.end_seconds + 0.4
            spoken_there = sound[round(word.start_seconds * rate) : round(word.end_seconds * rate)]
            assert np.abs(spoken_there).max() > 0.01


def test_the_other_channel_may_be_mine(folder: Path, hear: Hear) -> None:
    session = hear(folder / "call.flac", mine=Side.RIGHT)
    review = tell_recorded(session)
    assert review.turns[0].turn.speaker is Speaker.COUNTERPART
    mine, _ = soundfile.read(session / "trainee.flac")
    assert np.abs(mine[: 2 * SAMPLE_RATE_HZ]).max() < 0.01
    assert review.debrief is not None
    assert review.debrief.labels == 0


def test_the_library_lists_it_and_the_store_tells_it(tmp_path: Path, folder: Path, hear: Hear) -> None:
    session = hear(folder / "call.mp3").name
    with Library(tmp_path / "store") as library:
        (row,) = library.list()
    assert (row.kind, row.title, row.turns, row.labels) == (Kind.RECORDED, "call", 4, 1)
    assert row.complete
    assert row.thats_right
    assert row.checks["thats-right"]
    assert tell_review(tmp_path / "store", session).figures


def test_with_a_scenario_coverage_is_asked_for(folder: Path, hear: Hear) -> None:
    scenario = load_scenario("renewal_in_doubt")
    review = tell_recorded(hear(folder / "call.wav", scenario=scenario))
    assert (review.title, review.person) == (scenario.title, scenario.name)
    assert review.debrief is not None
    check = next(check for check in review.debrief.checks if check.id == "why-they-came")
    assert not check.passed
    assert check.you_could_have_said


def test_mono_says_that_speakers_cannot_be_told_apart(tmp_path: Path, hear: Hear) -> None:
    file = write(tmp_path / "mono.wav", two_channels().mean(axis=0, keepdims=True))
    session = hear(file)
    review = tell_recorded(session)
    assert not any(one.speaker_known for one in review.turns)
    assert review.debrief is None
    assert any("cannot be told apart" in remark for remark in review.remarks)
    assert [track.side for track in review.tracks] == [Speaker.TRAINEE]
    sides = (Speaker.TRAINEE, Speaker.COUNTERPART)
    marked = tell_recorded(session, {n: sides[n % 2] for n in range(len(review.turns))})
    assert all(one.speaker_known for one in marked.turns)
    assert marked.debrief is not None
    assert marked.debrief.thats_right


@pytest.mark.parametrize("right", [1.0, 0.3, -1.0, 0.0], ids=["same", "quieter", "upside down", "silent"])
def test_one_sound_on_two_channels_is_mono(tmp_path: Path, hear: Hear, right: float) -> None:
    mono = two_channels().sum(axis=0)
    session = hear(write(tmp_path / "dual.wav", np.stack([mono, right * mono])))
    heard = read_heard(session / "heard.jsonl")
    assert heard.header.sides == (Side.BOTH,)
    assert "left alone" in " ".join(utterance.text for utterance in heard.utterances).lower()
    assert "cannot be told apart" in heard.header.remarks[0]


@pytest.mark.parametrize("rate", [8_000, 44_100])
def test_any_rate_is_heard(tmp_path: Path, hear: Hear, rate: int) -> None:
    session = hear(write(tmp_path / "call.wav", two_channels(), rate=rate))
    heard = read_heard(session / "heard.jsonl")
    assert heard.header.rate_hz == rate
    assert "left alone" in " ".join(utterance.text for utterance in heard.utterances).lower()


def test_an_echo_of_the_other_side_is_left_out(tmp_path: Path, hear: Hear) -> None:
    clean = two_channels()
    late = round(0.12 * SAMPLE_RATE_HZ)
    leaked = clean.copy()
    leaked[0, late:] += 0.1 * clean[1, :-late]
    session = hear(write(tmp_path / "leaky.wav", leaked))
    review = tell_recorded(session)
    assert [one.turn.speaker.value for one in review.turns] == [
        "trainee", "counterpart", "trainee", "counterpart",
    ]  # fmt: skip
    assert any("heard faintly on the other" in remark for remark in review.remarks)
    mine = " ".join(one.turn.text for one in review.turns if one.turn.speaker is Speaker.TRAINEE)
    assert "doctors" not in mine
    assert "invoice" not in mine


def test_talking_over_is_an_interruption_and_an_encourager_is_none(tmp_path: Path, hear: Hear) -> None:
    long = spoken("Nobody called us back for two days, and forty doctors were waiting for an answer.")
    over = spoken("Let me stop you right there, that is not what happened.")
    sound = np.zeros((2, len(long) + 6 * SAMPLE_RATE_HZ), np.float32)
    sound[1, 8_000 : 8_000 + len(long)] = long
    began = 8_000 + len(long) // 2
    sound[0, began : began + len(over)] = over
    review = tell_recorded(hear(write(tmp_path / "over.wav", sound)))
    (found,) = review.interruptions
    assert (found.by, found.turn) == (Speaker.TRAINEE, 0)
    assert found.at_seconds == pytest.approx(began / SAMPLE_RATE_HZ, abs=0.25)
    assert review.debrief is not None
    assert not next(c for c in review.debrief.checks if c.id == "let-them-finish").passed
    hum = spoken("Okay.")
    sound[0] = 0
    sound[0, began : began + len(hum)] = hum
    assert tell_recorded(hear(write(tmp_path / "hum.wav", sound))).interruptions == ()


def test_stopping_keeps_what_is_done(tmp_path: Path, hear: Hear) -> None:
    file = write(tmp_path / "long.wav", np.concatenate([two_channels()] * 6, axis=1))
    blocks: list[Progress] = []

    def goes_on(progress: Progress) -> bool:
        blocks.append(progress)
        return sum(bool(block.session) for block in blocks) < 30

    session = hear(file, goes_on)
    heard = read_heard(session / "heard.jsonl")
    assert not heard.complete
    assert 20 <= heard.seconds < 40
    assert heard.utterances
    assert max(u.end_seconds for u in heard.utterances) <= heard.seconds + 0.1
    review = tell_recorded(session)
    assert not review.complete
    assert any("stopped at 0:" in remark for remark in review.remarks)
    assert soundfile.info(session / "trainee.flac").duration >= heard.seconds
    with Library(tmp_path / "store") as library:
        assert not library.list()[0].complete


def test_stopping_before_anything_was_heard_keeps_nothing(
    tmp_path: Path, ears: Ears, folder: Path
) -> None:
    file = folder / "call.wav"
    assert hear_call(file, tmp_path / "store", ears, Wishes(name="call"), lambda _: False) is None
    assert not (tmp_path / "store").exists()


def test_a_record_cut_off_in_a_line_can_be_opened(folder: Path, hear: Hear) -> None:
    session = hear(folder / "call.wav")
    record = session / "heard.jsonl"
    whole = record.read_bytes()
    record.write_bytes(whole[: whole.rindex(b'{"heard":"end"') - 20])
    review = tell_recorded(session)
    assert not review.complete
    assert 0 < len(review.turns) <= 4
    assert any("cut off" in remark for remark in review.remarks)
    HeardWriter.reopen(session).close()
    assert record.read_bytes().endswith(b"\n")


def test_the_record_is_locked_while_it_is_written(tmp_path: Path, folder: Path, ears: Ears) -> None:
    seen: list[bool] = []

    def goes_on(progress: Progress) -> bool:
        if progress.session:
            record = tmp_path / "sessions" / progress.session / "heard.jsonl"
            seen.append(is_being_written(record))
            with Library(tmp_path) as library, pytest.raises(StoreError, match="still runs"):
                library.delete(progress.session)
        return True

    hear_call(folder / "call.wav", tmp_path, ears, Wishes(name="call"), goes_on)
    assert seen
    assert all(seen)


def test_silence_is_heard_as_silence(tmp_path: Path, hear: Hear) -> None:
    review = tell_recorded(hear(write(tmp_path / "quiet.wav", np.stack([silence(3.0)] * 2))))
    assert (review.turns, review.complete, review.debrief) == ((), True, None)
    assert any("No speech" in remark for remark in review.remarks)


def test_memory_does_not_grow_with_the_call(tmp_path: Path, hear: Hear) -> None:
    minute = np.concatenate([two_channels()] * 4, axis=1)
    hear(write(tmp_path / "a.flac", minute))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    quiet = np.zeros((2, 1_800 * SAMPLE_RATE_HZ), np.int16)
    soundfile.write(tmp_path / "b.flac", quiet.T, SAMPLE_RATE_HZ)
    del quiet
    made = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    hear(tmp_path / "b.flac")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - max(before, made)
    assert grown < 50_000
