import sys

import pytest
from sound_card import MICROPHONE, SPEAKER

from voice_coach_client.headset import listing


@pytest.mark.usefixtures("sound_card")
def test_another_process_sees_the_same_devices() -> None:
    devices = listing.devices_now()
    assert devices is not None
    assert {MICROPHONE, SPEAKER} <= {device.name for device in devices}
    assert devices == listing.present_devices()


@pytest.mark.parametrize("program", ["/bin/false", "/bin/true", "/nowhere/python"])
def test_a_list_that_cannot_be_made_is_none(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(sys, "executable", program)
    assert listing.devices_now() is None
