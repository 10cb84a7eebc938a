"""`voice-coach moves`: lines in, lines out, and what it says when they are wrong."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from voice_coach.cli.main import main


def _run(*args: str, given: str | bytes = "") -> tuple[int, str]:
    result = CliRunner().invoke(main, ["moves", *args], input=given)
    return result.exit_code, result.output


def test_answers_come_in_order_with_their_ids() -> None:
    lines = [
        {"id": i, "text": text} for i, text in enumerate(["It sounds like you're tired.", "", "Why?"])
    ]
    code, output = _run("--json", given="\n".join(map(json.dumps, lines)))
    answers = [json.loads(line) for line in output.splitlines()]
    assert code == 0
    assert [answer["id"] for answer in answers] == [0, 1, 2]
    assert answers[0]["moves"][0]["kind"] == "label"
    assert answers[0]["moves"][0]["family"] == "reflection"
    assert answers[1]["moves"] == []


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        (b'{"id": 1, "text": ', "line 2 cannot be read"),
        (b'{"id": 1}', "line 2 cannot be read"),
        (b'{"id": 1, "text": 5}', "line 2 cannot be read"),
        (b"\xff\xfe", "line 2 cannot be read"),
        (b'{"id": 1, "text": "' + b"a" * 1_100_000 + b'"}', "line 2 is longer than"),
    ],
    ids=["cut", "no-text", "number", "not-utf-8", "long"],
)
def test_a_bad_line_is_named(bad: bytes, sentence: str) -> None:
    code, output = _run("--json", given=b'{"id": 0, "text": "Hello"}\n' + bad + b"\n")
    assert code == 2
    assert sentence in output


def test_coloured_text_gives_the_rule() -> None:
    code, output = _run(given='{"text": "It sounds like you are tired."}')
    assert code == 0
    assert "label.sounds-like-you" in output


def test_explain_says_why_and_why_not() -> None:
    code, output = _run("explain", "It sounds like you have other offers.")
    assert code == 0
    assert "by rule label.sounds-like-you" in output
    code, output = _run("explain", "I don't want you to think I'm unfair, but that sounds good.")
    assert code == 0
    assert "Why not" in output


def test_a_first_word_that_is_no_command_is_explained() -> None:
    code, output = _run("It sounds like rain")
    assert code == 2
    assert "moves explain" in output


def test_a_rule_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "glad.yaml"
    path.write_text(
        "move: gladness\nfamily: empathy\nabout: x\nrules:\n  - {name: a, confidence: 1, say: so glad}\n"
        "examples: {match: [so glad], miss: [sad]}\n",
        encoding="utf-8",
    )
    code, output = _run("--rules", str(path), "--json", given='{"text": "I am so glad."}')
    assert code == 0
    assert json.loads(output)["moves"][0]["kind"] == "gladness"
    path.write_text("move: 1", encoding="utf-8")
    code, output = _run("--rules", str(path), "--json", given="")
    assert code == 2
    assert "glad.yaml, line 1" in output
