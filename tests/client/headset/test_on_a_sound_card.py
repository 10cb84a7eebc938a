"""The headset on a real sound stack: PortAudio, ALSA and PulseAudio, with null sinks for devices."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import numpy as np
import numpy.typing as npt
import pytest
from sound_card import MICROPHONE, RATE_HZ, SPEAKER, SoundCard, undisturbed

from voice_coach.counterpart.reply import Delivery
from voice_coach.messages import (
    AudioFrame,
    AudioKind,
    ClientMessage,
    PausePlayback,
    PlaybackEnded,
    PlaybackStarted,
    Reply,
    ReplyEnd,
    ResumePlayback,
    StopPlayback,
)
from voice_coach_client.headset import Headset, HeadsetOptions, streams

CARD = HeadsetOptions(input=MICROPHONE, output=SPEAKER)
MICROPHONE_HZ = 16_000
FADE = RATE_HZ // 200
Sound = npt.NDArray[np.float64]


class Call:
    """What a call does with a headset, and all that came of it."""

    def __init__(self, headset: Headset) -> None:
        self.headset = headset
        self.heard = bytearray()
        self.reports: list[ClientMessage] = []
        self.troubles: list[str] = []

    @property
    def sound(self) -> Sound:
        return np.frombuffer(bytes(self.heard), "<i2").astype(float)

    async def microphone(self) -> None:
        async for block in self.headset.microphone():
            self.heard += block

    async def told(self) -> None:
        async for message in self.headset.reports():
            self.reports.append(message)

    async def said(self) -> None:
        async for sentence in self.headset.troubles():
            self.troubles.append(sentence)

    async def until(self, true: Callable[[], object], seconds: float = 15.0) -> None:
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, (self.reports, self.troubles)
            await asyncio.sleep(0.01)

    async def until_ended(self, reply: int) -> PlaybackEnded:
        def ended() -> list[PlaybackEnded]:
            return [m for m in self.reports if isinstance(m, PlaybackEnded) and m.reply == reply]

        await self.until(ended)
        return ended()[0]

    def play(self, reply: int, sound: Sound, rate_hz: int = RATE_HZ) -> None:
        """Send a reply as a server does, in frames of 20 ms."""
        self.headset.hear(
            Reply(reply=reply, sentences=("No.",), delivery=Delivery.CALM, sample_rate_hz=rate_hz)
        )
        pcm = sound.astype("<i2").tobytes()
        step = 2 * rate_hz // 50
        for start in range(0, len(pcm), step):
            frame = pcm[start : start + step]
            self.headset.hear(
                AudioFrame(kind=AudioKind.VOICE, stream=reply, offset=start // 2, pcm=frame)
            )
        self.headset.hear(ReplyEnd(reply=reply, samples=len(sound)))


@asynccontextmanager
async def calling(options: HeadsetOptions = CARD) -> AsyncIterator[Call]:
    async with await Headset.open(options) as headset:
        call = Call(headset)
        tasks = [asyncio.create_task(part()) for part in (call.microphone, call.told, call.said)]
        try:
            yield call
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def noise(seconds: float, seed: int, rate_hz: int = RATE_HZ) -> Sound:
    """Noise never looks like itself elsewhere, so where it lies can be told to the sample."""
    return np.random.default_rng(seed).uniform(-8_000, 8_000, round(seconds * rate_hz)).round()


def place(part: Sound, whole: Sound) -> tuple[int, float]:
    """Where a part lies in the whole, and how alike they are there: 1 is the very same sound."""
    size = 1 << int(np.ceil(np.log2(len(whole) + len(part))))
    match = np.fft.irfft(np.fft.rfft(whole, size) * np.conj(np.fft.rfft(part, size)), size)
    at = int(np.argmax(match[: len(whole) - len(part) + 1]))
    energy = np.linalg.norm(part) * np.linalg.norm(whole[at : at + len(part)])
    return at, float(match[at] / energy)


def below(sound: Sound, hertz: int) -> Sound:
    """The same sound without what the ways between two rates leave weaker: the highest sounds."""
    spectrum = np.fft.rfft(sound)
    spectrum[round(hertz * len(sound) / MICROPHONE_HZ) :] = 0
    return np.fft.irfft(spectrum, len(sound))


def sounding(sound: Sound) -> Sound:
    """All but silence: a device that was late for a moment gave silence in between, and lost nothing."""
    return sound[sound != 0]


@undisturbed
async def test_what_is_spoken_arrives_unbroken(sound_card: SoundCard, spoken_pcm: bytes) -> None:
    spoken = np.frombuffer(spoken_pcm, "<i2").astype(float)
    async with calling() as call:
        sound_card.speak(spoken_pcm, MICROPHONE_HZ)
        await call.until(lambda: len(call.sound) > len(spoken) + MICROPHONE_HZ)
        await asyncio.sleep(0.5)
        assert call.headset.input is not None
        assert call.headset.input.name == MICROPHONE
    loud = np.flatnonzero(np.abs(spoken) > 200)
    words, heard = below(spoken[loud[0] : loud[-1]], 6_000), below(call.sound, 6_000)
    at, likeness = place(words, heard)
    assert likeness > 0.97  # the sound server resamples too, and not for music
    # Each third lies where it must: nothing was lost, doubled or moved in between.
    third = len(words) // 3
    for part in range(3):
        where, alike = place(words[part * third : (part + 1) * third], heard)
        assert abs(where - at - part * third) <= 1
        assert alike > 0.97
    assert not any("microphone" in trouble for trouble in call.troubles)


@undisturbed
async def test_a_rate_that_the_card_lacks_is_replaced_by_its_own(
    sound_card: SoundCard, spoken_pcm: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    # PortAudio really refuses this one, as a card without 16 kHz refuses that.
    monkeypatch.setattr(streams, "SAMPLE_RATE_HZ", 100)
    spoken = np.frombuffer(spoken_pcm, "<i2").astype(float)
    async with calling() as call:
        microphone = call.headset._watch._microphone.stream
        assert microphone is not None
        assert microphone.rate_hz == 44_100
        sound_card.speak(spoken_pcm, MICROPHONE_HZ)
        await call.until(lambda: len(call.sound) > len(spoken) + MICROPHONE_HZ)
        await asyncio.sleep(0.5)
    # The resampler is flat to 7.5 kHz; this voice has a little above that.
    assert place(spoken[8_000:-8_000], call.sound)[1] > 0.98


@undisturbed
async def test_replies_come_out_once_and_in_order(sound_card: SoundCard) -> None:
    first, second = noise(0.6, 1), noise(0.4, 2)
    recording = sound_card.record("ear")
    async with calling() as call:
        call.play(1, first)
        call.play(2, second)
        ended = await call.until_ended(2)
        await asyncio.sleep(0.3)
    heard = recording.stop().astype(float)
    assert call.reports == [
        PlaybackStarted(reply=1),
        PlaybackEnded(reply=1, heard_samples=len(first), complete=True),
        PlaybackStarted(reply=2),
        PlaybackEnded(reply=2, heard_samples=len(second), complete=True),
    ]
    assert ended.complete
    assert np.array_equal(sounding(heard), sounding(np.concatenate([first, second])))


@undisturbed
async def test_a_reply_of_another_rate_lasts_as_long_as_it_should(sound_card: SoundCard) -> None:
    tone = 8_000 * np.sin(2 * np.pi * 440 * np.arange(22_050) / 22_050)
    recording = sound_card.record("ear")
    async with calling() as call:
        call.play(1, tone, 22_050)
        ended = await call.until_ended(1)
        await asyncio.sleep(0.3)
    heard = recording.stop().astype(float)
    assert ended == PlaybackEnded(reply=1, heard_samples=22_050, complete=True)
    loud = np.flatnonzero(np.abs(heard) > 100)
    assert abs(loud[-1] - loud[0] - RATE_HZ) < 100
    assert int(np.argmax(np.abs(np.fft.rfft(heard[loud[0] : loud[0] + RATE_HZ])))) == 440


@undisturbed
async def test_a_stopped_reply_is_silent_within_50_ms_and_says_how_far_it_was_heard(
    sound_card: SoundCard,
) -> None:
    delays = []
    async with calling() as call:
        for reply in range(1, 6):
            sound = noise(3.0, reply)
            recording = sound_card.record("ear")
            await asyncio.sleep(0.3)
            call.play(reply, sound)
            await call.until(lambda reply=reply: PlaybackStarted(reply=reply) in call.reports)
            await asyncio.sleep(0.4)
            known = len(recording.heard())
            call.headset.hear(StopPlayback(reply=reply))
            ended = await call.until_ended(reply)
            await asyncio.sleep(0.2)
            heard = recording.stop().astype(float)
            loud = np.flatnonzero(heard)
            assert not ended.complete
            whole, came = sounding(sound[: ended.heard_samples]), sounding(heard)
            assert abs(len(came) - len(whole)) <= 3
            assert np.array_equal(came[:-FADE], whole[: len(came) - FADE])
            # The recorder itself lags behind, so this is more than the truth.
            delays.append((loud[-1] + 1 - known) / RATE_HZ)
    assert np.median(delays) < 0.05


@undisturbed
async def test_a_held_reply_goes_on_at_the_very_sample(sound_card: SoundCard) -> None:
    sound = noise(1.5, 7)
    recording = sound_card.record("ear")
    async with calling() as call:
        call.play(1, sound)
        await call.until(lambda: PlaybackStarted(reply=1) in call.reports)
        await asyncio.sleep(0.3)
        call.headset.hear(PausePlayback(reply=1))
        await asyncio.sleep(0.5)
        call.headset.hear(ResumePlayback(reply=1))
        ended = await call.until_ended(1)
        await asyncio.sleep(0.3)
    heard = recording.stop().astype(float)
    assert ended == PlaybackEnded(reply=1, heard_samples=len(sound), complete=True)
    loud = np.flatnonzero(heard)
    silence = int(np.max(np.diff(loud)))
    assert 0.4 < silence / RATE_HZ < 0.6
    # Both sides of the silence are faded: but for that, every sample is there once, and in its place.
    held = int(np.count_nonzero(heard[: loud[np.argmax(np.diff(loud))] + 1]))
    came, whole = sounding(heard), sounding(sound)
    assert abs(len(came) - len(whole)) <= 4
    assert np.array_equal(came[: held - FADE], whole[: held - FADE])
    rest = len(came) - held - FADE
    assert np.array_equal(came[-rest:], whole[-rest:])


@undisturbed
async def test_a_microphone_that_is_pulled_out_becomes_silence_until_it_is_back(
    sound_card: SoundCard,
) -> None:
    async with calling() as call:
        sound_card.speak(noise(1.0, 1).astype("<i2").tobytes(), RATE_HZ)
        await call.until(lambda: np.abs(call.sound).max(initial=0) > 1_000)
        began, had = time.monotonic(), len(call.sound)
        await asyncio.to_thread(sound_card.pull_out, "mouth")
        await call.until(lambda: any("is gone" in trouble for trouble in call.troubles))
        assert call.headset.input is None
        # A reply is heard meanwhile as if nothing had happened.
        call.play(1, noise(0.5, 2))
        assert (await call.until_ended(1)).complete
        await asyncio.sleep(1.0)
        passed, came = time.monotonic() - began, (len(call.sound) - had) / MICROPHONE_HZ
        assert abs(came - passed) < 0.3
        await asyncio.to_thread(sound_card.plug_in, "mouth")
        await call.until(lambda: call.headset.input is not None)
        already = len(call.sound)
        assert not call.sound[-MICROPHONE_HZ // 2 :].any()
        sound_card.speak(noise(1.0, 3).astype("<i2").tobytes(), RATE_HZ)
        await call.until(lambda: np.abs(call.sound[already:]).max(initial=0) > 1_000)
    gone, back = [trouble for trouble in call.troubles if MICROPHONE in trouble]
    assert gone.startswith(f"The microphone {MICROPHONE!r} is gone, so you are not heard.")
    assert back == f"The microphone {MICROPHONE!r} is in use."


@undisturbed
async def test_a_speaker_that_is_pulled_out_does_not_stop_the_call(sound_card: SoundCard) -> None:
    async with calling() as call:
        call.play(1, noise(2.0, 1))
        await call.until(lambda: PlaybackStarted(reply=1) in call.reports)
        await asyncio.to_thread(sound_card.pull_out, "ear")
        assert await call.until_ended(1) == PlaybackEnded(
            reply=1, heard_samples=2 * RATE_HZ, complete=True
        )
        assert call.headset.output is None
        await asyncio.to_thread(sound_card.plug_in, "ear")
        await call.until(lambda: call.headset.output is not None)
        recording = sound_card.record("ear")
        again = noise(0.5, 2)
        await asyncio.sleep(0.3)
        call.play(2, again)
        await call.until_ended(2)
        await asyncio.sleep(0.3)
    assert place(again, recording.stop().astype(float))[1] > 0.99
    assert any(f"The speaker {SPEAKER!r} is gone" in trouble for trouble in call.troubles)


@pytest.mark.usefixtures("sound_card")
@undisturbed
async def test_a_call_that_does_not_come_for_its_sound_is_told_and_keeps_its_time() -> None:
    async with await Headset.open(CARD) as headset:
        await asyncio.sleep(4.0)
        call = Call(headset)
        tasks = [asyncio.create_task(call.microphone()), asyncio.create_task(call.said())]
        await call.until(lambda: any("faster" in trouble for trouble in call.troubles))
        await asyncio.sleep(0.2)
        for task in tasks:
            task.cancel()
    assert len(call.sound) / MICROPHONE_HZ > 4.0
    assert sum("faster than this machine took it" in trouble for trouble in call.troubles) == 1


@undisturbed
async def test_on_speakers_the_microphone_is_silent_while_they_speak(sound_card: SoundCard) -> None:
    options = HeadsetOptions(input=MICROPHONE, output=SPEAKER, speakers=True)
    async with calling(options) as call:
        sound_card.speak(noise(4.0, 1).astype("<i2").tobytes(), RATE_HZ)
        await call.until(lambda: np.abs(call.sound).max(initial=0) > 1_000)
        before = len(call.sound)
        call.play(1, noise(1.0, 2))
        await call.until_ended(1)
        await asyncio.sleep(0.8)
    silent = np.flatnonzero(call.sound[before:] == 0)
    hushed = len(silent) / MICROPHONE_HZ
    assert 1.2 < hushed < 1.5
    assert np.abs(call.sound[-MICROPHONE_HZ // 10 :]).max() > 1_000
    [note] = [trouble for trouble in call.troubles if "speakers" in trouble]
    assert note.startswith("On speakers you are not heard while they speak")
