"""The overlay's pure modules under node's test runner, and its reducer against the real wire."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from voice_coach import messages
from voice_coach.coaching.drill import DrillCard, DrillResult, DrillRound, DrillScore, Verdict
from voice_coach.coaching.turn import Check, Cue, Debrief, Evidence, Speaker, Turn
from voice_coach.conversation.commands import Phase
from voice_coach.counterpart.reply import Delivery, Outcome, RingSegment, SegmentState
from voice_coach.moves.move import Family, Move

HERE = Path(__file__).parent
WEB = HERE.parent.parent / "client" / "web"

CARD = messages.ScenarioCard(
    id="renewal", title="Renewal", person="Ada Lund, buyer", stake="The renewal.", guardedness="open"
)
MOVE = Move(
    kind="label",
    family=Family.REFLECTION,
    start=0,
    end=13,
    cue="it sounds",
    confidence=0.9,
    rule="labels.it_sounds",
)
TURN = Turn(
    index=0,
    speaker=Speaker.TRAINEE,
    text="It sounds hard.",
    start_seconds=1,
    end_seconds=2,
    moves=(MOVE,),
)
CHECK = Check(
    id="label",
    question="Did you name a feeling?",
    passed=True,
    evidence=Evidence(turn=0, quote="It sounds hard.", start_seconds=1, end_seconds=2),
)
DRILL = DrillCard(
    id="label_it", title="Label it", trains="Labels.", how="Name it.", rounds=10, prompts=22
)
VERDICT = Verdict(
    round=1,
    utterance=1,
    prompt="weekend",
    passed=True,
    reason="You named it and stopped.",
    you_said="It sounds hard.",
    streak=1,
)
ONE_OF_EACH: tuple[messages.ServerMessage, ...] = (
    messages.Welcome(
        seq=1, version=1, session="s1", scenario=CARD, microphone_rate_hz=16000, drill=DRILL
    ),
    messages.PhaseChanged(seq=2, phase=Phase.TRAINEE_SPEAKING),
    messages.Partial(seq=3, utterance=1, settled="It sounds", tentative=" hard", moves=(MOVE,)),
    messages.TurnSettled(seq=4, utterance=1, turn=TURN),
    messages.Reply(seq=5, reply=1, sentences=("It is.",), delivery=Delivery.CALM, sample_rate_hz=22050),
    messages.ReplyEnd(seq=6, reply=1, samples=22050),
    messages.PausePlayback(seq=7, reply=1),
    messages.ResumePlayback(seq=8, reply=1),
    messages.StopPlayback(seq=9, reply=1),
    messages.TurnTakenBack(seq=10, utterance=9),
    messages.Ring(
        seq=11,
        segments=(RingSegment(topic="alone", title="Alone", state=SegmentState.HINTED),),
        opened=("alone",),
    ),
    messages.CueShown(seq=12, cue=Cue(rule="pause", text="Wait.")),
    messages.Latency(seq=13, utterance=1, final_text_ms=200, turn_decided_ms=400, reply_ready_ms=500),
    messages.Notice(seq=14, code="slow", text="Partials are off."),
    messages.Failed(seq=15, code="bad-field", text="A field is wrong."),
    messages.RoundStarted(
        seq=16,
        round=DrillRound(
            number=1, rounds=10, streak=0, passed=0, prompt="weekend", task="Name it", why="A new one."
        ),
    ),
    messages.VerdictShown(seq=17, verdict=VERDICT),
    messages.Ended(
        seq=18,
        session="s1",
        outcome=Outcome.AGREEMENT,
        debrief=Debrief(
            headline="It went well.",
            checks=(CHECK,),
            labels=1,
            summaries=0,
            thats_right=False,
            talk_share=0.4,
        ),
        drill=DrillResult(
            drill="label_it",
            headline="One of one.",
            score=DrillScore(passed=1, rounds=1, longest_streak=1),
            verdicts=(VERDICT,),
        ),
    ),
)


@pytest.fixture(scope="session")
def node() -> str:
    found = shutil.which("node")
    if found is None:
        reason = "node (20 or newer) is not installed, so the overlay's modules cannot be tested here."
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def run(node: str, *arguments: str, text: str = "") -> str:
    done = subprocess.run(
        [node, *arguments], input=text, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("file", sorted(HERE.glob("*.test.mjs")), ids=lambda file: file.name)
def test_modules(node: str, file: Path) -> None:
    run(node, "--test", str(file))


@pytest.mark.parametrize("file", sorted(WEB.rglob("*.js")), ids=lambda file: file.name)
def test_every_module_parses(node: str, file: Path) -> None:
    run(node, "--check", str(file))


@pytest.fixture(scope="module")
def made_of_the_wire(node: str) -> dict[str, Any]:
    contract = {
        "messages": [json.loads(messages.encode(message)) for message in ONE_OF_EACH],
        "phases": list(Phase),
        "states": list(SegmentState),
    }
    made: dict[str, Any] = json.loads(run(node, str(HERE / "contract.mjs"), text=json.dumps(contract)))
    return made


def test_the_example_holds_every_server_message() -> None:
    assert {type(message) for message in ONE_OF_EACH} == set(get_args(messages.ServerMessage))


def test_the_page_understands_every_server_message(made_of_the_wire: dict[str, Any]) -> None:
    state = made_of_the_wire["state"]
    assert state["screen"] == "ended"
    assert state["seq"] == len(ONE_OF_EACH)
    assert state["turns"][0]["moves"] == [msgspec.json.decode(msgspec.json.encode(MOVE))]
    assert state["debrief"]["checks"][0]["evidence"]["quote"] == "It sounds hard."
    assert state["drill"]["verdicts"] == state["drill"]["result"]["verdicts"]
    assert state["drill"]["round"]["task"] == "Name it"


def test_the_page_has_words_for_every_phase_and_segment(made_of_the_wire: dict[str, Any]) -> None:
    assert all(made_of_the_wire["words"])
    filled = made_of_the_wire["filled"]
    assert filled == sorted(set(filled))
    assert (filled[0], filled[-1]) == (0, 1)


def test_each_family_has_a_colour_and_a_pattern_of_its_own() -> None:
    style = (WEB / "strokes.css").read_text("utf-8")
    patterns = set()
    for family in set(Family) - {Family.FLOW}:
        rule = style.split(f'.stroke[data-family="{family}"] {{')[1].split("}")[0]
        assert f"--accent: var(--{family});" in rule
        patterns.add(rule.split("--pattern:")[1].strip())
    assert len(patterns) == len(Family) - 1
    assert "--accent: var(--flow);" in style


def test_the_page_never_writes_markup_from_text() -> None:
    for file in WEB.rglob("*.js"):
        source = file.read_text("utf-8")
        for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
            assert word not in source, f"{file.name} uses {word}"


def test_the_page_needs_nothing_inline_or_from_elsewhere() -> None:
    page = (WEB / "index.html").read_text("utf-8")
    assert " style=" not in page
    assert "<style" not in page
    assert "http://localhost" not in page
    assert "https://" not in page
    own = re.findall(r'"/web/([^"]+)"', page)
    assert "main.js" in own
    assert [name for name in own if not (WEB / name).is_file()] == []
