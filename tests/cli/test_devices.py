"""`voice-coach devices`, on a real sound stack."""

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner, Result
from sound_card import MICROPHONE, RATE_HZ, SPEAKER, SoundCard
from spoken import spoken

from voice_coach.cli.devices import CheckResult
from voice_coach.cli.main import main
from voice_coach_client.headset import Device
from voice_coach_client.headset.sound_check import Heard


def sound_check(*options: str) -> Result:
    return CliRunner().invoke(
        main, ["devices", "test", "--input", MICROPHONE, "--output", SPEAKER, *options]
    )


def result_of(done: Result) -> CheckResult:
    return msgspec.json.decode(done.stdout, type=CheckResult)


def say(card: SoundCard, gain: float) -> None:
    """Speak for as long as a sound check takes to begin and to listen."""
    sentence = spoken("It seems like you were left alone with this for a long time.")
    sound = np.tile(sentence / np.abs(sentence).max(), 5)
    card.speak((np.clip(sound * gain, -1, 1) * 32_767).astype("<i2").tobytes(), 16_000)


@pytest.mark.usefixtures("sound_card")
def test_devices_are_listed_with_their_directions_and_the_default() -> None:
    listed = CliRunner().invoke(main, ["devices", "--json"])
    devices = {d.name: d for d in msgspec.json.decode(listed.stdout, type=list[Device])}
    assert {MICROPHONE, SPEAKER} <= set(devices)
    assert devices["default"].default_input
    assert devices["default"].default_output
    assert min(devices[MICROPHONE].inputs, devices[SPEAKER].outputs) > 0
    for_people = CliRunner().invoke(main, ["devices"]).stdout
    assert MICROPHONE in for_people
    assert "default" in for_people
    assert "ALSA" in for_people


@pytest.mark.parametrize(
    ("gain", "heard"), [(0.5, Heard.WELL), (0.005, Heard.TOO_QUIET), (30.0, Heard.CLIPPING)]
)
def test_a_voice_is_judged_by_its_loudness(sound_card: SoundCard, gain: float, heard: Heard) -> None:
    say(sound_card, gain)
    done = sound_check("--json")
    assert result_of(done).speech.heard is heard, done.output
    assert done.exit_code == 0


@pytest.mark.usefixtures("sound_card")
def test_a_silent_microphone_exits_1_and_says_what_to_do() -> None:
    done = sound_check()
    assert done.exit_code == 1
    assert "Nothing was heard: is it muted, or another microphone meant (--input NAME)?" in done.stdout
    assert "does not hear the speaker" in done.stdout


def test_what_is_played_is_heard_and_an_echo_is_found(sound_card: SoundCard) -> None:
    recording = sound_card.record("ear")
    with sound_card.in_one_room():
        found = result_of(sound_check("--json"))
    played = recording.stop()
    assert np.count_nonzero(np.abs(played) > 500) > RATE_HZ / 4
    assert found.echo.heard
    assert found.echo.likeness > 0.5


def test_somebody_who_speaks_on_is_no_echo(sound_card: SoundCard) -> None:
    say(sound_card, 0.5)
    found = result_of(sound_check("--json"))
    assert not found.echo.heard, found


@pytest.mark.usefixtures("sound_card")
def test_a_device_that_is_not_there_is_bad_input_and_the_others_are_listed() -> None:
    done = CliRunner().invoke(main, ["devices", "test", "--input", "gramophone"])
    assert done.exit_code == 2
    assert done.output.startswith("Error: There is no microphone 'gramophone'. There are: ")
    assert f"{MICROPHONE} (0)" in done.output
