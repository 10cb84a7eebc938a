"""`voice-coach scenarios check`: is a scenario sound, and is it fair?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table
from rich.text import Text

from voice_coach.cli.scenario_files import choose_files, shelf_option
from voice_coach.counterpart.scenario import examine_file
from voice_coach.counterpart.story import Example, Scenario
from voice_coach.errors import ScenarioError
from voice_coach.moves.recognizer import Recognizer, load_recognizer
from voice_coach.simulation.call import Call
from voice_coach.simulation.trainees import TRAINEES
from voice_coach.simulation.trial import TraineeResult, calls_of, try_trainee

__all__ = ["Checked", "check", "failed_examples"]

_CALLS = 200
_MOST_CALLS = 100_000
_EXAMPLE_SEEDS = (7, 8, 21)
_SLOW_CALLS = 100
"""So many calls take about a second or two: from here on the progress is shown."""


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found in one file."""

    file: str
    id: str = ""
    passed: bool
    problems: tuple[str, ...] = ()
    """What is wrong with the file; it cannot be used."""
    doubts: tuple[str, ...] = ()
    """What may not be meant; the check passes all the same."""
    examples: tuple[str, ...] = ()
    """Sample dialogues that went another way."""
    trainees: tuple[TraineeResult, ...] = ()


@click.command("check")
@click.argument("names", nargs=-1, metavar="[FILE|ID]...")
@click.option("--all", "everything", is_flag=True, help="Check every scenario there is.")
@click.option(
    "--calls",
    type=click.IntRange(0, _MOST_CALLS),
    default=_CALLS,
    show_default=True,
    help="Simulated calls against each scenario; 0 leaves them out.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, one line a file.")
@shelf_option
def check(
    *, names: Sequence[str], everything: bool, calls: int, as_json: bool, folder: Path | None
) -> None:
    """Say whether scenarios are sound and fair.

    First all that is wrong with the file, each with its line; then its sample dialogues; then simulated
    trainees: one who listens must win, and a bully must never be told what is held back. Exit code 2 when
    a file fails.

    \b
    Examples:
      voice-coach scenarios check the_late_parcel.yaml
      voice-coach scenarios check renewal_in_doubt --calls 1000
      voice-coach scenarios check --all --json
    """  # noqa: D301 - click reads the \b
    files = choose_files(names, folder, everything=everything)
    if not files:
        raise click.UsageError("name a file or an id, or say --all")
    console = Console(highlight=False, soft_wrap=True)
    recognizer = load_recognizer()
    passed = True
    bar = Progress(console=Console(stderr=True), transient=True, disable=as_json or calls < _SLOW_CALLS)
    with bar:
        for file in files:
            task = bar.add_task(file.stem, total=sum(_planned(calls).values()))
            checked = _check_file(file, recognizer, calls, bar, task)
            passed = passed and checked.passed
            if as_json:
                click.echo(msgspec.json.encode(checked))
            else:
                _show(console, checked)
    if not passed:
        raise SystemExit(2)


def failed_examples(scenario: Scenario, recognizer: Recognizer) -> Iterator[str]:
    """Run the sample dialogues, and give a sentence for each that went another way."""
    for example in scenario.examples:
        for seed in _EXAMPLE_SEEDS:
            failure = _run(scenario, example, recognizer, seed)
            if failure:
                yield failure
                break


def _run(scenario: Scenario, example: Example, recognizer: Recognizer, seed: int) -> str:
    call = Call(scenario, recognizer, seed)
    where = f"{Path(scenario.source).name}, line"
    for turn in example.turns:
        reply = call.says(turn.you) if turn.you else call.leaves_silence()
        heard = call.heard[-1]
        found = ", ".join(move.kind.replace("_", " ") for move in heard.moves) if heard else "silence"
        if reply.because.rule != turn.rule:
            return (
                f"{where} {turn.line}: “{turn.you or '(silence)'}” is answered by {reply.because.rule}, "
                f"not by {turn.rule} (heard: {found or 'no move'}; seed {seed})"
            )
        if not set(turn.opens) <= set(reply.opened):
            return (
                f"{where} {turn.line}: “{turn.you or '(silence)'}” opens "
                f"{', '.join(reply.opened) or 'nothing'}, not {', '.join(turn.opens)} (seed {seed})"
            )
    return ""


def _planned(calls: int) -> dict[str, int]:
    return {trainee: calls_of(trainee, calls) for trainee in TRAINEES} if calls else {}


def _check_file(file: Path, recognizer: Recognizer, calls: int, bar: Progress, task: TaskID) -> Checked:
    try:
        examined = examine_file(file)
    except ScenarioError as error:
        return Checked(file=str(file), passed=False, problems=(str(error),))
    scenario = examined.scenario
    if scenario is None:
        return Checked(file=str(file), passed=False, problems=examined.problems)
    examples = tuple(failed_examples(scenario, recognizer))
    results = tuple(
        try_trainee(scenario, recognizer, trainee, count, lambda: bar.advance(task))
        for trainee, count in _planned(calls).items()
    )
    return Checked(
        file=str(file),
        id=scenario.id,
        passed=not examples and not any(result.problems for result in results),
        doubts=examined.doubts,
        examples=examples,
        trainees=results,
    )


def _show(console: Console, checked: Checked) -> None:
    verdict = ("passed", "green") if checked.passed else ("failed", "red")
    console.print(Text.assemble((_plain(checked.id or checked.file), "bold"), ": ", verdict))
    for heading, sentences in (
        ("wrong", checked.problems),
        ("sample dialogue", checked.examples),
        ("doubtful", checked.doubts),
    ):
        for sentence in sentences:
            console.print(Text(f"  {heading}: {_plain(sentence)}"))
    if checked.trainees:
        console.print(_table(checked.trainees))
    for result in checked.trainees:
        for problem in result.problems:
            console.print(Text(f"  {result.trainee}: {_plain(problem)}"))


def _table(results: Sequence[TraineeResult]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("trainee", no_wrap=True)
    for heading in ("calls", "agreed", "not today", "hung up", "that's right", "secrets", "answers"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("fair", no_wrap=True)
    for result in results:
        ends = [str(result.outcomes.get(end, 0)) for end in ("agreement", "not_today", "hung_up")]
        table.add_row(
            result.trainee,
            str(result.calls),
            *ends,
            str(result.thats_right),
            str(result.secrets),
            f"{result.replies:g}",
            Text("no", "red") if result.problems else Text("yes", "green"),
        )
    return table


def _plain(text: str) -> str:
    """Text from a file, without what would steer the terminal."""
    return "".join(char if char.isprintable() else " " for char in text)
