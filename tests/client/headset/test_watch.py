"""Devices that come and go, in a machine whose PortAudio sees only what was there when it last looked."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from voice_coach_client.errors import SoundError
from voice_coach_client.headset import Device, HeadsetOptions, watch
from voice_coach_client.headset.player import Player
from voice_coach_client.headset.pump import Pump
from voice_coach_client.headset.ring import Ring


def device(number: int, name: str, *, default: bool = False) -> Device:
    return Device(
        number=number,
        name=name,
        system="Core Audio",
        inputs=1,
        outputs=2,
        rate_hz=48_000,
        default_input=default,
        default_output=default,
    )


BUILT_IN, JABRA = device(0, "Built-in", default=True), device(1, "Jabra")


class Machine:
    """What is plugged in, what PortAudio knows of it, and every stream that was opened."""

    def __init__(self) -> None:
        self.there = (BUILT_IN, JABRA)
        self.known = self.there
        self.looks = 0
        self.streams: list[Stream] = []

    def look_again(self) -> None:
        assert not self.open_streams, "PortAudio ends under streams that are open"
        self.looks += 1
        self.known = self.there

    @property
    def open_streams(self) -> list["Stream"]:
        return [stream for stream in self.streams if not stream.closed]

    def unplug(self, device: Device) -> None:
        self.there = tuple(other for other in self.there if other != device)
        for stream in self.streams:
            stream.gone = stream.gone or stream.device == device


class Stream:
    """A stream that lives as long as its device is there."""

    machine: Machine

    def __init__(self, device: Device, *_: Any) -> None:
        if device not in self.machine.there:
            raise SoundError(f"{device.name!r} does not open.")
        self.device = device
        self.called = True
        self.gone = False
        self.closed = False
        self.rate_hz = 16_000
        self.ring = Ring(1)
        self.underflows = 0
        self.machine.streams.append(self)

    def dead(self, _now: float) -> bool:
        return self.gone

    def close(self) -> None:
        assert not self.closed
        self.closed = True


class Call:
    """A watch over that machine, and what it said."""

    def __init__(self, machine: Machine, options: HeadsetOptions) -> None:
        self.machine = machine
        self.said: list[str] = []
        self.watch = watch.Watch(options, Pump(), Player(), self.said.append)

    def until(self, true: Callable[[], object]) -> None:
        end = time.monotonic() + 5
        while not true():
            assert time.monotonic() < end, (self.said, self.machine.known)
            time.sleep(0.005)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine()
    mine = type("Mine", (Stream,), {"machine": machine})
    monkeypatch.setattr(watch, "InputStream", mine)
    monkeypatch.setattr(watch, "OutputStream", type("Out", (Stream,), {"machine": machine}))
    monkeypatch.setattr(watch, "present_devices", lambda: machine.known)
    monkeypatch.setattr(watch, "devices_now", lambda: machine.there)
    monkeypatch.setattr(watch, "look_again", machine.look_again)
    monkeypatch.setattr(watch, "_EVERY_SECONDS", 0.005)
    monkeypatch.setattr(watch, "_LOOK_EVERY_SECONDS", 0.01)
    return machine


@pytest.fixture
def call(machine: Machine) -> Iterator[Call]:
    call = Call(machine, HeadsetOptions(input="jabra", output="built"))
    call.watch.open()
    yield call
    call.watch.close()
    assert not machine.open_streams


def test_both_devices_are_opened_and_the_microphone_is_read(call: Call) -> None:
    assert (call.watch.input, call.watch.output) == (JABRA, BUILT_IN)
    assert call.said == []


def test_one_that_cannot_be_used_gives_the_other_back(machine: Machine) -> None:
    machine.there = (JABRA,)
    call = Call(machine, HeadsetOptions(input="jabra", output="built"))
    with pytest.raises(SoundError, match="'Built-in' does not open"):
        call.watch.open()
    assert not machine.open_streams


def test_a_device_that_portaudio_still_knows_comes_back_without_a_new_look(call: Call) -> None:
    call.machine.unplug(JABRA)
    call.until(lambda: call.watch.input is None)
    call.until(lambda: call.said)
    call.machine.there = (BUILT_IN, JABRA)
    call.until(lambda: call.watch.input == JABRA)
    assert len(call.said) == 2
    assert call.said[0].startswith("The microphone 'Jabra' is gone, so you are not heard.")
    assert call.said[1] == "The microphone 'Jabra' is in use."


def test_while_it_is_gone_the_other_direction_is_left_alone(call: Call) -> None:
    speaker = call.machine.streams[1]
    call.machine.unplug(JABRA)
    call.until(lambda: call.said)
    time.sleep(0.1)
    assert call.machine.looks == 0
    assert not speaker.closed


def test_a_device_that_portaudio_must_look_for_comes_back_as_another_number(call: Call) -> None:
    call.machine.unplug(JABRA)
    call.until(lambda: call.said)
    again = device(4, "Jabra")
    call.machine.there = (BUILT_IN, again)
    call.until(lambda: call.watch.input == again)
    call.until(lambda: call.watch.output == BUILT_IN)
    assert call.machine.looks == 1
    assert [sentence.split(" is ")[1][:6] for sentence in call.said] == ["gone, ", "in use"]


def test_a_device_that_is_there_but_does_not_open_is_not_insisted_on_all_the_time(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "devices_now", lambda: (BUILT_IN, JABRA))
    call.machine.unplug(JABRA)
    call.until(lambda: call.watch._microphone.looks > 25)
    assert 1 <= call.machine.looks <= 3


def test_both_directions_of_one_headset_come_back_together(machine: Machine) -> None:
    call = Call(machine, HeadsetOptions(input="jabra", output="jabra"))
    call.watch.open()
    machine.unplug(JABRA)
    call.until(lambda: len(call.said) == 2)
    machine.there = (BUILT_IN, device(2, "Jabra"))
    call.until(lambda: call.watch.input and call.watch.output)
    call.watch.close()
    assert sorted(sentence.split(" is ")[1][:6] for sentence in call.said) == [
        "gone, ",
        "gone: ",
        "in use",
        "in use",
    ]


def test_the_default_is_taken_when_the_person_says_so(call: Call) -> None:
    call.machine.unplug(JABRA)
    call.until(lambda: call.said)
    call.watch.take_defaults()
    call.until(lambda: call.watch.input == BUILT_IN)
    assert call.said[-1] == "The microphone 'Built-in' is in use."


def test_a_list_that_cannot_be_made_is_tried_again(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "devices_now", lambda: None)
    call.machine.unplug(JABRA)
    call.until(lambda: call.watch._microphone.looks > 3)
    call.machine.there = (BUILT_IN, JABRA)
    call.until(lambda: call.watch.input == JABRA)


def test_what_was_lost_and_late_is_said_once(call: Call) -> None:
    microphone, speaker = call.machine.streams
    for _ in range(5):
        microphone.ring.put(b"\0\0")
    speaker.underflows = 3
    call.until(lambda: len(call.said) == 2)
    microphone.ring.put(b"\0\0")
    time.sleep(0.05)
    assert call.said == [
        (
            "The microphone gave sound faster than this machine took it, so pieces of you are missing "
            "(4): close what else is running."
        ),
        ("This machine was late with their voice, so it stutters (3): close what else is running."),
    ]
