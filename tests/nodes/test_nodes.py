"""Real recognisers on nodes of their own: they keep the contract, and one that dies loses no word."""

import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest
from spoken import spoken

from voice_coach.counterpart.reply import Delivery
from voice_coach.errors import AudioError, ModelError, VoiceError
from voice_coach.settings import VoiceEngine
from voice_coach_cluster.asking import Patience
from voice_coach_cluster.remote_transcriber import RemoteTranscriber
from voice_coach_cluster.remote_voice import RemoteVoice
from voice_coach_server.engines import Engines

APPLICATION = "voice-coach"
SENTENCE = "Nobody from our side called you."

pytestmark = [
    # Three nodes start in a minute when the machine is busy.
    pytest.mark.timeout(400),
    pytest.mark.filterwarnings("default"),
]


def caller(deployment: str) -> Any:
    from ray import serve  # noqa: PLC0415 - an extra

    from voice_coach_cluster.serve_caller import ServeCaller  # noqa: PLC0415

    return ServeCaller(serve.get_deployment_handle(deployment, APPLICATION))


@pytest.fixture
def transcriber(serving: str) -> RemoteTranscriber:
    del serving
    return RemoteTranscriber(
        caller("recogniser"), model="tiny.en", patience=Patience(seconds=60, deaths=9)
    )


def test_the_front_is_the_same_application(serving: str) -> None:
    with urllib.request.urlopen(f"{serving}healthz") as answer:  # noqa: S310 - our own server
        health = msgspec.json.decode(answer.read())
    assert (health["status"], health["model"]) == ("ok", "tiny.en")
    assert health["voice"].startswith("pyttsx3/")


def test_it_hears_what_the_same_model_hears_here(
    transcriber: RemoteTranscriber, real_engines: Engines
) -> None:
    audio = spoken(SENTENCE)
    here = real_engines.transcriber
    for final in (True, False):
        assert transcriber.transcribe(audio, final=final).text == here.transcribe(audio, final=final).text
    assert transcriber.transcribe(audio, final=True, prefix="Nobody from").text.startswith("Nobody from")
    assert len(transcriber.transcribe_batch([audio, audio], final=False)) == 2
    assert [word.text for word in transcriber.time_words(audio, SENTENCE)] == SENTENCE.split()


def test_errors_cross_the_wire(transcriber: RemoteTranscriber) -> None:
    import numpy as np  # noqa: PLC0415

    with pytest.raises(AudioError, match="At most 30"):
        transcriber.transcribe(np.full(31 * 16_000, 0.1, np.float32), final=True)
    other = RemoteTranscriber(caller("recogniser"), model="base", patience=Patience(seconds=2))
    with pytest.raises(ModelError, match=r"base\), and what answers is .*tiny\.en\)"):
        other.transcribe(spoken(SENTENCE), final=True)


def test_a_voice_elsewhere_speaks(serving: str) -> None:
    del serving
    voice = RemoteVoice(caller("voice"), engine=VoiceEngine.PYTTSX3)
    assert voice.speak(SENTENCE, Delivery.CALM).seconds > 1
    with pytest.raises(VoiceError, match="cannot be said"):
        voice.speak("...", Delivery.CALM)


def test_a_recogniser_that_is_killed_during_speech_loses_no_word(
    transcriber: RemoteTranscriber, record_property: Callable[[str, object], None]
) -> None:
    import ray  # noqa: PLC0415 - an extra

    audio = spoken(SENTENCE)
    expected = transcriber.transcribe(audio, final=True).text

    def timed(_: int) -> tuple[str, float]:
        began = time.monotonic()
        return transcriber.transcribe(audio, final=True).text, time.monotonic() - began

    replicas = [
        one
        for one in ray.util.list_named_actors(all_namespaces=True)
        if one["namespace"] == "serve" and "#recogniser#" in one["name"]
    ]
    assert len(replicas) == 2
    victim = ray.get_actor(**replicas[0])
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(timed, number) for number in range(16)]
        answers[1].result()
        ray.kill(victim)
        heard = [answer.result() for answer in answers]
    assert [text for text, _ in heard] == [expected] * 16
    slowest = max(seconds for _, seconds in heard)
    record_property("slowest_seconds", round(slowest, 2))
