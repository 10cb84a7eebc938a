"""The real model: what the guards are for, and that nothing comes from nothing."""

from dataclasses import replace

import numpy as np
import pytest
from spoken import silence, spoken

from voice_coach.errors import AudioError, ModelError
from voice_coach.settings import EarsSettings
from voice_coach.speech.decoding_guards import Attempt, token_budget
from voice_coach.speech.search import PADDED, PARTIAL, Search, final_search
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, BatchTranscriber, Transcriber
from voice_coach.speech.whisper import WhisperTranscriber, _budget, _room, open_whisper
from voice_coach_server.engines import Engines

SENTENCE = "It sounds like you were left alone with this."


@pytest.fixture(scope="session")
def ears(real_engines: Engines) -> Transcriber:
    return real_engines.transcriber


def noise(seconds: float, rms: float) -> np.ndarray:
    random = np.random.default_rng(7)
    return (rms * random.standard_normal(round(seconds * SAMPLE_RATE_HZ))).astype(np.float32)


def test_a_partial_tells_how_sure_it_is_of_each_word(ears: Transcriber) -> None:
    audio = spoken(SENTENCE)
    whole = ears.transcribe(audio, final=False)
    assert len(whole.sureness) == len(whole.text.split())
    assert np.median(whole.sureness) > 0.8
    mumbled = ears.transcribe(audio + noise(len(audio) / SAMPLE_RATE_HZ, 0.1), final=False)
    assert np.mean(mumbled.sureness) < np.mean(whole.sureness)


def test_of_what_is_heard_together_each_word_is_as_sure_as_alone(ears: BatchTranscriber) -> None:
    clips = [spoken(SENTENCE), spoken("You were left alone.")]
    together = ears.transcribe_batch(clips, final=False)
    for clip, one in zip(clips, together, strict=True):
        alone = ears.transcribe(clip, final=False)
        assert one.text == alone.text
        assert one.sureness == pytest.approx(alone.sureness, abs=0.1)


def test_of_words_that_were_forced_or_put_in_nothing_is_known(ears: Transcriber) -> None:
    audio = spoken(SENTENCE)
    assert ears.transcribe(audio, final=False, prefix="It sounds").sureness == ()
    assert ears.transcribe(audio, final=True).sureness == ()


def test_silence_has_no_words(ears: Transcriber) -> None:
    for seconds in (0.0, 0.001, 1.0, 10.0):
        assert ears.transcribe(silence(seconds), final=True).text == ""


def test_words_in_noise_are_still_words(ears: Transcriber) -> None:
    audio = spoken(SENTENCE)
    text = ears.transcribe(
        audio + noise(len(audio) / SAMPLE_RATE_HZ, 0.003)[: len(audio)], final=True
    ).text
    assert "alone" in text.lower()


def test_what_is_said_twice_is_kept_and_a_loop_is_not(ears: Transcriber) -> None:
    twice = np.concatenate([spoken("Nobody called."), silence(0.4), spoken("Nobody called.")])
    assert ears.transcribe(twice, final=True).text.lower().count("nobody called") == 2


def test_word_times_lie_inside_the_audio_and_grow(ears: Transcriber) -> None:
    audio = spoken(SENTENCE)
    transcript = ears.transcribe(audio, final=True, word_times=True)
    assert " ".join(word.text for word in transcript.words) == transcript.text
    starts = [word.start_sample for word in transcript.words]
    assert starts == sorted(starts)
    assert all(0 <= w.start_sample <= w.end_sample <= len(audio) for w in transcript.words)


@pytest.mark.parametrize(
    ("audio", "word"),
    [
        (np.zeros((2, 100), np.float32), "shape"),
        (np.zeros(100, np.float64), "float"),
        (np.array([0.0, np.nan], np.float32), "finite"),
        (np.zeros(31 * SAMPLE_RATE_HZ, np.float32), "30 s"),
    ],
)
def test_audio_that_cannot_be_used_is_refused_by_name(
    ears: Transcriber, audio: np.ndarray, word: str
) -> None:
    with pytest.raises(AudioError) as caught:
        ears.transcribe(audio, final=True)
    assert word in str(caught.value)


def test_a_model_that_is_missing_is_one_sentence() -> None:
    with pytest.raises(ModelError) as caught:
        open_whisper(EarsSettings(model="./no-such-folder"))
    assert "no-such-folder" in str(caught.value)


def test_decodes_and_fallbacks_are_counted() -> None:
    ears = WhisperTranscriber("tiny.en", workers=1)
    ears.transcribe(spoken(SENTENCE), final=True)
    assert ears.decodes == 1
    assert ears.fallbacks in (0, 1)


@pytest.mark.parametrize("final", [True, False])
@pytest.mark.parametrize("rms", [0.001, 0.01, 0.05, 0.2])
def test_noise_has_no_words(ears: Transcriber, rms: float, *, final: bool) -> None:
    assert ears.transcribe(noise(3.0, rms), final=final).text == ""


@pytest.mark.parametrize("final", [True, False])
def test_mains_hum_has_no_words(ears: Transcriber, *, final: bool) -> None:
    at = np.arange(4 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    hum = (0.05 * np.sin(2 * np.pi * 50 * at) + 0.02 * np.sin(2 * np.pi * 150 * at)).astype(np.float32)
    assert ears.transcribe(hum, final=final).text == ""


@pytest.mark.parametrize("final", [True, False])
def test_thank_you_really_said_comes_through(ears: Transcriber, *, final: bool) -> None:
    audio = np.concatenate([silence(0.3), spoken("Thank you."), silence(0.3)])
    assert "thank you" in ears.transcribe(audio, final=final).text.lower()


def test_a_settled_beginning_is_not_said_twice(ears: Transcriber) -> None:
    whole = ears.transcribe(spoken(SENTENCE), final=True).text
    begun = ears.transcribe(spoken(SENTENCE), final=True, prefix="It sounds like").text
    assert begun.startswith("It sounds like you")
    assert begun.lower().count("sounds like") == 1
    assert len(begun.split()) == pytest.approx(len(whole.split()), abs=2)


def test_a_settled_beginning_outlives_silence(ears: Transcriber) -> None:
    assert ears.transcribe(silence(1.0), final=True, prefix="So").text == "So"


def test_an_offset_of_the_microphone_changes_nothing(ears: Transcriber) -> None:
    audio = (spoken(SENTENCE) * 0.5 + 0.2).astype(np.float32)
    assert "left alone" in ears.transcribe(audio, final=True).text.lower()


def test_clips_heard_together_are_heard_as_they_are_alone(ears: Transcriber) -> None:
    assert isinstance(ears, BatchTranscriber)
    clips = [spoken(SENTENCE), spoken("Nobody called."), silence(1.0), noise(2.0, 0.01)]
    for final in (False, True):
        together = ears.transcribe_batch(clips, final=final)
        alone = [ears.transcribe(clip, final=final).text for clip in clips]
        assert [heard.text for heard in together] == alone
        assert alone[2:] == ["", ""]


def test_words_of_clips_heard_together_stand_where_they_do_alone(ears: Transcriber) -> None:
    assert isinstance(ears, BatchTranscriber)
    clips = [spoken(SENTENCE), silence(1.0), spoken("Nobody called.")]
    together = ears.transcribe_batch(clips, final=True, word_times=True)
    assert together[1].words == ()
    for clip, heard in zip(clips, together, strict=True):
        alone = ears.transcribe(clip, final=True, word_times=True).words
        assert [word.text for word in heard.words] == [word.text for word in alone]
        for one, other in zip(heard.words, alone, strict=True):
            assert one.start_sample == pytest.approx(other.start_sample, abs=0.3 * SAMPLE_RATE_HZ)


def test_a_clip_that_cannot_be_used_is_refused_in_company_too(ears: Transcriber) -> None:
    assert isinstance(ears, BatchTranscriber)
    with pytest.raises(AudioError, match="30 s"):
        ears.transcribe_batch([silence(1.0), silence(31.0)], final=False)


@pytest.fixture(scope="module")
def base() -> WhisperTranscriber:
    return WhisperTranscriber("base", workers=1)


def test_only_a_model_of_many_languages_tells_times_in_finals() -> None:
    assert final_search(multilingual=True).timestamps
    assert not final_search(multilingual=False).timestamps
    assert not PARTIAL.timestamps


def test_base_hears_clips_together_as_it_hears_them_alone(base: WhisperTranscriber) -> None:
    clips = [spoken(SENTENCE), spoken("Nobody called.")]
    together = [heard.text for heard in base.transcribe_batch(clips, final=True)]
    assert together == [base.transcribe(clip, final=True).text for clip in clips]
    assert "left alone" in together[0].lower()


@pytest.mark.parametrize(
    ("padded", "believed"),
    [
        ("It sounds, like, you.", "It sounds like you."),
        ("It sounds like you. They were left alone with this.", None),
    ],
    ids=["another guess", "a sentence passed over"],
)
def test_of_slow_speech_the_first_hearing_stands(
    monkeypatch: pytest.MonkeyPatch, padded: str, believed: str | None
) -> None:
    ears = WhisperTranscriber("tiny.en", workers=1)
    texts = {final_search(multilingual=False): "It sounds like you.", PADDED: padded}
    decode = ears._decode

    def decoded(audio: np.ndarray, search: Search, prefix: str) -> object:
        tokens = ears._vocabulary.encode(texts[search])
        attempt = Attempt(
            tokens=tokens, text=texts[search], mean_log_probability=-0.3, out_of_budget=False
        )
        return replace(decode(audio, search, prefix), attempt=attempt)

    monkeypatch.setattr(ears, "_decode", decoded)
    heard = ears.transcribe(np.tile(spoken(SENTENCE), 2), final=True)
    assert heard.fallback
    assert heard.text == (believed or padded)


@pytest.mark.parametrize("seconds", [0.5, 5.0, 14.0, 30.0])
@pytest.mark.parametrize("forced", [0, 1, 60])
def test_whoever_speaks_fast_has_room_to_the_end(seconds: float, forced: int) -> None:
    prompt = 3
    budget = _budget(seconds, range(forced))
    assert budget == min(token_budget(seconds), 224 - forced)
    room = _room(prompt, forced + budget)
    # CTranslate2 decodes the smaller of these, forced tokens included.
    assert min(room // 2, room - prompt) >= forced + budget
    assert room <= 448 + prompt


def test_the_decoder_uses_the_room(ears: WhisperTranscriber) -> None:
    """Half of it was all there was once: many words in little time came without their end."""
    audio = spoken(SENTENCE)
    encoded = ears._encoder.encode(audio, tail_seconds=1.0, remembered_seconds=8.0)
    prompt = [*ears._vocabulary.start, ears._vocabulary.no_timestamps]
    budget = _budget(len(audio) / SAMPLE_RATE_HZ, prompt[-1:])
    (made,) = ears._model.generate(
        encoded,
        [prompt],
        max_length=_room(len(prompt) - 1, 1 + budget),
        suppress_tokens=[ears._vocabulary.end],
    )
    assert len(made.sequences_ids[0]) >= budget
