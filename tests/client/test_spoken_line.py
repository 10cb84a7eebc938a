import msgspec
import numpy as np
import pytest

from voice_coach.counterpart.reply import Delivery
from voice_coach.errors import VoiceError
from voice_coach.speech.voice import ScriptedVoice, Spoken
from voice_coach_client.resampling import resample
from voice_coach_client.spoken_line import AUDIBLE, first_audible, speak_lines


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    text: str
    silence_before_seconds: float


class _PaddedVoice(ScriptedVoice):
    """Silence before and after each sentence, as real engines leave it."""

    def speak(self, sentence: str, delivery: Delivery) -> Spoken:
        spoken = super().speak(sentence, delivery)
        return Spoken(pcm=bytes(4000) + spoken.pcm + bytes(8000), sample_rate_hz=spoken.sample_rate_hz)


def test_a_line_begins_and_ends_at_an_audible_sample() -> None:
    line = _Line(text="It sounds like that was lonely.", silence_before_seconds=1.5)
    [spoken] = speak_lines([line], _PaddedVoice())
    samples = np.frombuffer(spoken.pcm, "<i2")
    assert abs(int(samples[0])) >= AUDIBLE
    assert abs(int(samples[-1])) >= AUDIBLE
    assert len(samples) == pytest.approx(6 * 0.06 * 16_000, rel=0.01)
    assert (spoken.text, spoken.silence_before_seconds) == (line.text, 1.5)


def test_each_sentence_is_spoken_by_itself() -> None:
    voice = ScriptedVoice()
    speak_lines([_Line(text="Two days. Nobody called!  Right?", silence_before_seconds=0)], voice)
    assert [sentence for sentence, _ in voice.spoken] == ["Two days.", "Nobody called!", "Right?"]


def test_a_silent_voice_is_an_error() -> None:
    class Mute(ScriptedVoice):
        def speak(self, sentence: str, delivery: Delivery) -> Spoken:
            del sentence, delivery
            return Spoken(pcm=bytes(200), sample_rate_hz=16_000)

    with pytest.raises(VoiceError, match="gave no sound for a line of 3 characters"):
        speak_lines([_Line(text="Hm.", silence_before_seconds=0)], Mute())


def test_first_audible() -> None:
    assert first_audible(b"\0\0" * 3 + b"\0\x80") == 3
    assert first_audible(bytes(20)) is None


@pytest.mark.parametrize(("from_hz", "to_hz"), [(22_050, 16_000), (16_000, 48_000), (16_000, 16_000)])
def test_resampling_keeps_length_and_pitch(from_hz: int, to_hz: int) -> None:
    tone = (8000 * np.sin(2 * np.pi * 440 * np.arange(from_hz) / from_hz)).astype("<i2")
    result = np.frombuffer(resample(tone.tobytes(), from_hz, to_hz), "<i2").astype(np.float64)
    assert len(result) == to_hz
    spectrum = np.abs(np.fft.rfft(result))
    assert int(np.argmax(spectrum)) == 440


def test_resampling_nothing_gives_nothing() -> None:
    assert resample(b"", 22_050, 16_000) == b""
