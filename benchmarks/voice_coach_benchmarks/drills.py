"""How soon a drill says what an answer was worth, with the real ears, the real voice and spoken answers.

usage: python -m voice_coach_benchmarks.drills [DRILL...] [--rounds N] [--json]

A scripted trainee runs each drill in real time over a real websocket. To each line it speaks one of the
file's own sample answers, by turns one that passes and one that does not, in a synthetic voice. The time
runs from the true end of speech to the verdict's arrival; where the round goes on instead (a summary that
is not whole yet, a silence to be held) to the arrival of what the round asks for then. A verdict that
comes while the answer is still being spoken is counted, and has no time.

`judged as written` is the share of answers of which the verdict is what the file says of them: what is
missing from it was misheard, cut, or never passed on.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from voice_coach.cli.engines import open_engines
from voice_coach.coaching.drill_book import Drill
from voice_coach.coaching.drill_shelf import DRILL_FOLDER, read_drill_shelf
from voice_coach.counterpart.demo import DemoLine
from voice_coach.counterpart.reply import Delivery
from voice_coach.messages import PROTOCOL_VERSION, Hello, RoundStarted, VerdictShown
from voice_coach.settings import ServerSettings, Settings, StoreSettings
from voice_coach.speech.voice import Voice
from voice_coach_client.connection import Connection, Received
from voice_coach_client.demo import rehearse
from voice_coach_client.scripted_trainee import Manners, MicrophoneFrame, ScriptedTrainee
from voice_coach_client.spoken_line import SpokenLine, speak_lines
from voice_coach_client.web import web_folder
from voice_coach_server.app import running_server
from voice_coach_server.engines import Engines

AIM_P95_MS = 1000
SILENCE_BEFORE_SECONDS = 0.7
CLOSING_SECONDS = 6.0
"""Longer than the silence that a drill asks to be held."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One drill."""

    drill: str
    times_ms: tuple[float, ...]
    """From the end of each answer until it was known what it was worth."""
    judged_while_speaking: int
    """Before the answer was over, taken back or not."""
    judged_as_written: int
    """Verdicts that are what the file says."""
    verdicts: int


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    line: SpokenLine
    passes: bool


class _Trainee(ScriptedTrainee):
    """Answers each line as the file says; notes when it is told what that was worth."""

    def __init__(self, answers: dict[str, _Answer], rounds: int) -> None:
        self._script: list[SpokenLine] = []
        super().__init__(self._script, Manners(closing_seconds=CLOSING_SECONDS))
        self._answers = answers
        self._rounds = rounds
        self._wanted: list[bool] = []
        self._ended_at: float | None = None
        self.times_ms: list[float] = []
        self.early = 0
        self.as_written = 0
        self.verdicts = 0

    def tick(self) -> MicrophoneFrame:
        frame = super().tick()
        if frame.line_started:
            self._ended_at = None
        if frame.line_end_sample is not None:
            self._ended_at = asyncio.get_running_loop().time()
        return frame

    def see(self, message: Received) -> None:
        match message:
            case RoundStarted(round=shown) if shown.again:
                self._note_time()
            case RoundStarted(round=shown) if len(self._wanted) < min(shown.number, self._rounds):
                answer = self._answers[shown.prompt]
                self._wanted.append(answer.passes)
                self._script.append(answer.line)
            case VerdictShown(verdict=verdict):
                self._note_time()
                # What comes after the last answer is the silence in which the trainee leaves.
                if verdict.utterance is not None:
                    self.verdicts += 1
                    self.as_written += verdict.passed is self._wanted[verdict.round - 1]
            case _:
                pass

    def _note_time(self) -> None:
        if self._ended_at is None:
            self.early += 1
            return
        now = asyncio.get_running_loop().time()
        if len(self.times_ms) < len(self._script):
            self.times_ms.append(1000 * (now - self._ended_at))


def answers_to(drill: Drill, voice: Voice) -> dict[str, _Answer]:
    """Speak one sample answer to each prompt, by turns one that passes and one that does not."""
    answers = {}
    for number, prompt in enumerate(drill.prompts):
        # A summary that lacks something gets no verdict yet: the round goes on.
        wrong = [text for text, finding in prompt.fails if finding != "missing"]
        passes = number % 2 == 0 or not wrong
        text = prompt.passes[0] if passes else wrong[0]
        line = DemoLine(text=text, silence_before_seconds=SILENCE_BEFORE_SECONDS)
        (spoken,) = speak_lines([line], voice, Delivery.WARM)
        answers[prompt.id] = _Answer(line=spoken, passes=passes)
    return answers


def measure(settings: Settings, drills: Sequence[Drill], rounds: int) -> Iterator[Row]:
    """Run each drill once.

    Args:
        settings: Engines and turn taking; port and store are chosen afresh.
        drills: Which.
        rounds: How many answers are spoken in each.
    """
    with tempfile.TemporaryDirectory() as store, open_engines(settings) as engines:
        here = msgspec.structs.replace(
            settings, server=ServerSettings(port=0), store=StoreSettings(folder=store)
        )
        for drill in drills:
            trainee = _Trainee(answers_to(drill, engines.voice), min(rounds, drill.rounds))
            asyncio.run(_run(here, engines, trainee, drill.id))
            yield Row(
                drill=drill.id,
                times_ms=tuple(round(time) for time in trainee.times_ms),
                judged_while_speaking=trainee.early,
                judged_as_written=trainee.as_written,
                verdicts=trainee.verdicts,
            )


async def _run(settings: Settings, engines: Engines, trainee: _Trainee, drill: str) -> None:
    hello = Hello(version=PROTOCOL_VERSION, drill=drill, client="benchmark", seed=1, record=False)
    async with (
        running_server(settings, engines, web_folder()) as address,
        await Connection.open(address.websocket_url, hello) as connection,
    ):
        await rehearse(connection, trainee, trainee.see)


def show(row: Row) -> None:
    """Print one line of the table."""
    p50, p95 = np.percentile(row.times_ms, [50, 95]) if row.times_ms else (float("nan"),) * 2
    print(
        f"{row.drill:18} p50 {p50:5.0f} ms  p95 {p95:5.0f} ms  {len(row.times_ms):3} answers,"
        f" {row.judged_as_written} of {row.verdicts} judged as written,"
        f" {row.judged_while_speaking} while speaking",
        flush=True,
    )


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("drills", nargs="*", help="ids; all drills when none is named")
    parser.add_argument("--rounds", type=int, default=10, help="answers in each drill")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    shelf = read_drill_shelf(DRILL_FOLDER)
    drills = [shelf.find(name) for name in options.drills] or list(shelf.drills)
    rows = []
    for row in measure(Settings(), drills, options.rounds):
        rows.append(row)
        if not options.json:
            show(row)
    if options.json:
        print(msgspec.json.encode(rows).decode())
        return
    show(
        Row(
            drill="all",
            times_ms=tuple(time for row in rows for time in row.times_ms),
            judged_while_speaking=sum(row.judged_while_speaking for row in rows),
            judged_as_written=sum(row.judged_as_written for row in rows),
            verdicts=sum(row.verdicts for row in rows),
        )
    )
    print(f"aim: p95 {AIM_P95_MS} ms; {os.cpu_count()} cores, model {Settings().ears.model}")


if __name__ == "__main__":
    main()
