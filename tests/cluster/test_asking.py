"""The adapters of a cluster without Ray: they keep what they ask about, and say what is wrong."""

from collections.abc import Callable

import numpy as np
import pytest

from voice_coach.counterpart.reply import Delivery
from voice_coach.errors import AudioError, EngineError, ModelError, SettingsError, VoiceError
from voice_coach.settings import VoiceEngine
from voice_coach.speech.transcriber import Audio, ScriptedTranscriber, Transcript
from voice_coach.speech.voice import ScriptedVoice
from voice_coach_cluster.asking import LostError, Patience, ask_until_answered
from voice_coach_cluster.desk import admitted, hear_together, recognised, said
from voice_coach_cluster.plan import ClusterPlan
from voice_coach_cluster.remote_transcriber import RemoteTranscriber
from voice_coach_cluster.remote_voice import RemoteVoice
from voice_coach_cluster.wire import (
    WIRE,
    Answer,
    Failed,
    Hear,
    Heard,
    NameYourself,
    Refused,
    Request,
    Stamp,
    written,
)

SECOND = np.linspace(-0.5, 0.5, 16_000, dtype=np.float32)
QUICK = Patience(seconds=0.3)


class Near:
    """Engines of this process, in the order in which they are asked; the last one stays."""

    def __init__(self, mine: Stamp, *answers: Callable[[Request], Answer] | Exception) -> None:
        self._mine = mine
        self._answers = list(answers)
        self.asked = 0

    def ask(self, stamp: bytes, request: bytes, *, timeout_seconds: float) -> bytes:
        assert 0 < timeout_seconds <= QUICK.seconds
        self.asked += 1
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        asked = admitted(self._mine, stamp, request)
        return written(asked if isinstance(asked, Refused | Failed) else answer(asked))


class PairTranscriber(ScriptedTranscriber):
    """Takes two at once, and fails over a clip that is empty."""

    batch_limit = 2

    def transcribe_batch(
        self, clips: list[Audio], *, final: bool, word_times: bool = False
    ) -> list[Transcript]:
        if not all(len(clip) for clip in clips):
            raise AudioError("Empty.")
        return [self.transcribe(clip, final=final, word_times=word_times) for clip in clips]


def ears(*answers: Callable[[Request], Answer] | Exception, model: str = "scripted") -> RemoteTranscriber:
    return RemoteTranscriber(Near(Stamp(model=model), *answers), model="scripted", patience=QUICK)


def hears(text: str) -> Callable[[Request], Answer]:
    engine = PairTranscriber([text])
    return lambda request: recognised(engine, request)


def test_a_clip_arrives_as_it_was_sent() -> None:
    engine = ScriptedTranscriber(["Yes."])
    got: list[Audio] = []

    def listening(request: Request) -> Answer:
        assert isinstance(request, Hear)
        got.append(np.frombuffer(request.clips[0], "<f4"))
        return recognised(engine, request)

    transcript = ears(listening).transcribe(SECOND[::2], final=True, prefix="Ye", words=("Meridex",))
    assert transcript.text == "Yes."
    assert np.array_equal(got[0], SECOND[::2])
    assert engine.calls == [(8_000, True, "Ye")]


def test_clips_together_are_answered_in_order_and_none_is_nothing() -> None:
    remote = ears(hears("Yes."))
    assert [one.text for one in remote.transcribe_batch([SECOND, SECOND], final=False)] == ["Yes."] * 2
    assert remote.transcribe_batch([], final=False) == []


def test_another_one_is_asked_when_one_dies() -> None:
    remote = ears(LostError("gone"), LostError("gone"), hears("Still here."))
    assert remote.transcribe(SECOND, final=True).text == "Still here."


def test_what_kills_three_is_not_sent_to_a_fourth() -> None:
    near = Near(Stamp(model="scripted"), LostError("gone"))
    remote = RemoteTranscriber(near, model="scripted", patience=QUICK)
    with pytest.raises(ModelError, match="3 engines of the cluster died"):
        remote.transcribe(SECOND, final=True)
    assert near.asked == 3


def test_nobody_there_is_one_clear_sentence() -> None:
    with pytest.raises(ModelError, match=r"No engine of the cluster answered within 0 s; `ray status`"):
        ears(TimeoutError()).transcribe(SECOND, final=True)


def test_another_model_or_wire_is_named_on_both_sides() -> None:
    with pytest.raises(ModelError, match=r"scripted\), and what answers is .*base\)") as raised:
        ears(hears("x"), model="base").transcribe(SECOND, final=True)
    assert raised.value.stable_code == "version-skew"
    old = Stamp(model="scripted", wire=WIRE - 1, version="0.0.9")
    remote = RemoteTranscriber(Near(old, hears("x")), model="scripted", patience=QUICK)
    with pytest.raises(EngineError, match=r"what answers is voice_coach 0\.0\.9 \(wire 0"):
        remote.transcribe(SECOND, final=True)


def test_while_versions_change_the_one_that_fits_is_found() -> None:
    class Rolling(Near):
        def ask(self, stamp: bytes, request: bytes, *, timeout_seconds: float) -> bytes:
            self._mine = Stamp(model="scripted", wire=WIRE + (self.asked == 0))
            return super().ask(stamp, request, timeout_seconds=timeout_seconds)

    near = Rolling(Stamp(model="scripted"), hears("New."))
    remote = RemoteTranscriber(near, model="scripted", patience=QUICK)
    assert remote.transcribe(SECOND, final=True).text == "New."
    assert near.asked == 2


def test_another_version_of_the_same_wire_is_served() -> None:
    near = Near(Stamp(model="scripted", version="9.9"), hears("Yes."))
    assert RemoteTranscriber(near, model="scripted").name == "scripted"
    answer = ask_until_answered(near, Stamp(model="scripted"), NameYourself(), patience=QUICK)
    assert not isinstance(answer, Refused)


@pytest.mark.parametrize("audio", [SECOND.astype(np.float64), SECOND[None], np.array([np.nan], "f4")])
def test_what_is_no_audio_is_refused_before_it_is_sent(audio: Audio) -> None:
    with pytest.raises(AudioError):
        ears(TimeoutError()).transcribe(audio, final=True)


def test_errors_of_the_engine_come_back_as_they_were() -> None:
    with pytest.raises(AudioError, match="At most 30 s"):
        ears(lambda _: Failed(sentence="At most 30 s.", of_audio=True)).transcribe(SECOND, final=True)
    with pytest.raises(ModelError, match="out of memory"):
        ears(lambda _: Failed(sentence="out of memory", of_audio=False)).time_words(SECOND, "Yes")
    with pytest.raises(ModelError, match="does not fit the request"):
        ears(lambda _: Heard(transcripts=())).transcribe(SECOND, final=True)


def test_a_request_that_cannot_be_read_is_answered_all_the_same() -> None:
    mine = Stamp(model="scripted")
    for stamp, request in ((b"", b""), (written(mine), b"\x00"), (b"\xc1", written(NameYourself()))):
        assert isinstance(admitted(mine, stamp, request), Failed)


def test_one_bad_partial_spoils_only_its_own() -> None:
    good, bad = (Hear(clips=(clip,), final=False) for clip in (SECOND.tobytes(), b""))
    answers = hear_together(PairTranscriber(["Yes."]), [good, bad])
    assert isinstance(answers[0], Heard)
    assert answers[0].transcripts[0].text == "Yes."
    assert len(answers) == 2


def test_a_voice_elsewhere_says_its_name_and_who_cannot_speak_says_so() -> None:
    voice = ScriptedVoice()
    near = Near(Stamp(model="pyttsx3"), lambda request: said(voice, request))
    remote = RemoteVoice(near, engine=VoiceEngine.PYTTSX3, patience=QUICK)
    assert remote.name == "scripted"
    assert remote.speak("Go on.", Delivery.CALM).pcm == voice.speak("Go on.", Delivery.CALM).pcm
    with pytest.raises(VoiceError, match="what answers is"):
        RemoteVoice(near, engine=VoiceEngine.PIPER, patience=QUICK)
    with pytest.raises(VoiceError, match="cannot be said"):
        remote.speak("...", Delivery.CALM)
    remote.close()
    with pytest.raises(VoiceError, match="The voice is closed"):
        remote.speak("Go on.", Delivery.CALM)


@pytest.mark.parametrize(
    "wrong", [{"fronts": 0}, {"recognisers": 4, "most_recognisers": 2}, {"voice_cpus": -1.0}]
)
def test_a_plan_that_cannot_run_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingsError):
        ClusterPlan(**wrong)  # type: ignore[arg-type]  # on purpose
