from typing import Any

import pytest

from voice_coach_client.errors import DeviceChoiceError, SoundError
from voice_coach_client.headset import Device, Side, choose


def device(number: int, name: str, inputs: int = 0, outputs: int = 0, **more: Any) -> Device:
    system, default = more.get("system", "ALSA"), more.get("default", False)
    return Device(
        number=number,
        name=name,
        system=system,
        inputs=inputs,
        outputs=outputs,
        rate_hz=48_000,
        default_input=default and inputs > 0,
        default_output=default and outputs > 0,
    )


DESK = (
    device(0, "HDA Intel", inputs=2, outputs=2),
    device(1, "Jabra Evolve 20", inputs=1, outputs=2),
    device(2, "Jabra Evolve 20 SE", inputs=1),
    device(3, "HDMI", outputs=8),
    device(4, "default", inputs=32, outputs=32, default=True),
)


@pytest.mark.parametrize(
    ("wanted", "side", "number"),
    [
        ("", Side.INPUT, 4),
        ("jabra", Side.OUTPUT, 1),
        ("INTEL", Side.INPUT, 0),
        ("3", Side.OUTPUT, 3),
        # The whole name means that one, though it is also a part of another's.
        ("jabra evolve 20", Side.INPUT, 1),
    ],
)
def test_a_device_is_chosen_by_part_of_its_name_or_by_number(
    wanted: str, side: Side, number: int
) -> None:
    assert choose(DESK, wanted, side).number == number


def test_without_a_default_the_first_that_can_is_taken() -> None:
    assert choose(DESK[:4], "", Side.OUTPUT).number == 0


@pytest.mark.parametrize(
    ("wanted", "side", "sentence"),
    [
        (
            "jabra",
            Side.INPUT,
            (
                "Several devices are a microphone 'jabra': Jabra Evolve 20 (1), Jabra Evolve 20 SE (2). "
                "Say more of the name, or the number."
            ),
        ),
        (
            "hdmi",
            Side.INPUT,
            (
                "There is no microphone 'hdmi'. There are: HDA Intel (0), Jabra Evolve 20 (1), "
                "Jabra Evolve 20 SE (2), default (4)."
            ),
        ),
        (
            "7",
            Side.OUTPUT,
            (
                "There is no speaker '7'. There are: HDA Intel (0), Jabra Evolve 20 (1), HDMI (3), "
                "default (4)."
            ),
        ),
    ],
)
def test_a_name_that_fits_none_or_several_lists_what_there_is(
    wanted: str, side: Side, sentence: str
) -> None:
    with pytest.raises(DeviceChoiceError) as refused:
        choose(DESK, wanted, side)
    assert str(refused.value) == sentence


def test_one_device_in_several_sound_systems_is_that_of_the_defaults_system() -> None:
    windows = (
        device(0, "Headset (Jabra)", inputs=1, system="MME", default=True),
        device(1, "Headset (Jabra)", inputs=1, system="Windows WASAPI"),
    )
    assert choose(windows, "jabra", Side.INPUT).system == "MME"


def test_a_machine_without_a_microphone_says_so() -> None:
    with pytest.raises(SoundError, match=r"^There is no microphone: plug one in\.$"):
        choose(DESK[3:4], "", Side.INPUT)
