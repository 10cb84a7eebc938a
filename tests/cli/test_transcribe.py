import wave
from pathlib import Path

import msgspec
import numpy as np
from click.testing import CliRunner
from spoken import silence, spoken

from voice_coach.cli.transcribe import Transcribed, command
from voice_coach.speech.audio import float_to_pcm
from voice_coach.speech.transcriber import Audio


def write(path: Path, audio: Audio) -> str:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(float_to_pcm(audio))
    return str(path)


def run(*arguments: str) -> tuple[int, list[Transcribed], str]:
    result = CliRunner().invoke(command, ["--json", *arguments])
    lines = [msgspec.json.decode(line, type=Transcribed) for line in result.stdout.splitlines()]
    return result.exit_code, lines, result.stderr


def test_each_file_has_its_line_in_order(tmp_path: Path) -> None:
    first = write(tmp_path / "a.wav", spoken("It sounds like you were left alone with this."))
    quiet = write(tmp_path / "b.wav", silence(2.0))
    code, (a, b), _ = run(first, quiet)
    assert code == 0
    assert "left alone" in a.text.lower()
    assert (a.path, b.path, b.text, b.audio_seconds) == (first, quiet, "", 2.0)
    assert a.decode_seconds > 0
    assert not a.fallback


def test_a_bad_file_is_named_and_the_others_are_done(tmp_path: Path) -> None:
    (tmp_path / "bad.wav").write_bytes(b"no sound")
    good = write(tmp_path / "good.wav", spoken("Nobody called."))
    code, lines, said = run(str(tmp_path / "bad.wav"), str(tmp_path / "none.wav"), good)
    assert code == 2
    assert [bool(line.error) for line in lines] == [True, True, False]
    assert "called" in lines[2].text.lower()
    assert str(tmp_path / "bad.wav") in said


def test_more_than_half_a_minute_is_heard_in_pieces(tmp_path: Path) -> None:
    sentences = [
        "Nobody from our side called you.",
        "The system was down for two days.",
        "Forty doctors asked you when it would be back.",
        "Then you got an invoice.",
        "Now you have to explain us to your board again.",
        "It is not about the price.",
        "You need someone you can count on next time.",
        "Yes, we can do that.",
        "You will talk to one person from now on.",
        "I will write it down for you today.",
        "Thank you for telling me this.",
        "I would like to hear the rest of it.",
    ]
    long = np.concatenate([part for text in sentences for part in (spoken(text), silence(1.0))])
    _, (line,), _ = run(write(tmp_path / "long.wav", long))
    assert line.audio_seconds > 30
    said = line.text.lower()
    for words in ("called you", "two days", "invoice", "price", "one person", "the rest"):
        assert words in said


def test_padded_is_the_plain_model(tmp_path: Path) -> None:
    file = write(tmp_path / "a.wav", spoken("It sounds like you were left alone with this."))
    _, (line,), _ = run("--padded", file)
    assert "left alone" in line.text.lower()
