"""`voice-coach scenarios try`: a call in the terminal, typed instead of spoken."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from voice_coach.cli.scenario_files import choose_scenario, shelf_option
from voice_coach.counterpart.counterpart import ring
from voice_coach.counterpart.mind import Mind
from voice_coach.counterpart.reply import SegmentState
from voice_coach.counterpart.story import Guardedness, with_guardedness
from voice_coach.moves.recognizer import load_recognizer
from voice_coach.simulation.call import Call

__all__ = ["try_call"]

_MARKS = {
    SegmentState.UNSPOKEN: "·",
    SegmentState.HINTED: "◔",
    SegmentState.DISCLOSED: "◑",
    SegmentState.LABELLED: "◕",
    SegmentState.SUMMARISED: "●",
}


@click.command("try")
@click.argument("name", metavar="ID|FILE")
@click.option("--why", is_flag=True, help="Show the rule behind each answer, its reasons, and the state.")
@click.option(
    "--guardedness",
    type=click.Choice([level.value for level in Guardedness]),
    help="Play it at another level than the one it was written for.",
)
@click.option("--seed", type=int, help="Makes the counterpart's choice of words repeatable.")
@shelf_option
def try_call(
    *, name: str, why: bool, guardedness: str | None, seed: int | None, folder: Path | None
) -> None:
    """Rehearse by typing: one line is one turn, an empty line is a silence.

    Shows the moves that were found in what you typed, and the ring. End it with Ctrl-D.

    \b
    Examples:
      voice-coach scenarios try renewal_in_doubt
      voice-coach scenarios try the_late_parcel.yaml --why --seed 7
    """  # noqa: D301 - click reads the \b
    scenario = choose_scenario(name, folder)
    if guardedness is not None:
        scenario = with_guardedness(scenario, Guardedness(guardedness))
    console = Console(highlight=False)
    console.print(_plain(scenario.brief, "dim"))
    call = Call(scenario, load_recognizer(), secrets.randbits(32) if seed is None else seed)
    _show(console, call, why=why)
    for typed in _typed():
        if typed:
            call.says(typed)
        elif call.reply.follow_up is not None:
            call.leaves_silence()
        else:
            call.is_silent_for_long()
        _show(console, call, why=why)
        if call.reply.ends is not None:
            console.print(Text(f"The call has ended: {call.reply.ends.value.replace('_', ' ')}.", "bold"))
            return


def _typed() -> Iterator[str]:
    """The lines that are typed, until there are no more."""
    while True:
        try:
            yield input("You: ").strip()
        except EOFError:
            click.echo()
            return


def _show(console: Console, call: Call, *, why: bool) -> None:
    heard = call.heard[-1]
    if heard is not None:
        kinds = ", ".join(move.kind.replace("_", " ") for move in heard.moves)
        console.print(Text(f"  heard: {kinds or 'no move'}", "cyan"))
    reply = call.reply
    name = call.scenario.name.split()[0]
    said = reply.text or "(listens)"
    console.print(Text.assemble((f"{name}: ", "bold"), _plain(said), (f"  ({reply.delivery})", "dim")))
    segments = ring(call.scenario, call.mind)
    line = "  ".join(f"{_MARKS[segment.state]} {segment.title}".strip() for segment in segments)
    console.print(_plain(f"  {line}", "dim"))
    if why:
        before = call.minds[-2] if len(call.minds) > 1 else call.mind
        for sentence in _reasons(call, before):
            console.print(_plain(f"  {sentence}", "yellow"))
    if reply.follow_up is not None:
        pause = f"  would go on after {reply.follow_up.after_seconds:g} s of silence"
        console.print(Text(pause, "dim italic"))


def _reasons(call: Call, before: Mind) -> Iterator[str]:
    because, mind = call.reply.because, call.mind
    yield f"rule {because.rule}: {' '.join(because.reasons)}"
    yield (
        f"trust {before.trust:.2f} to {mind.trust:.2f}, tension {before.tension:.2f} to "
        f"{mind.tension:.2f}, patience {before.patience:.2f} to {mind.patience:.2f}"
    )
    for topic, state in mind.topics.items():
        if state is not before.topics[topic]:
            yield f"{topic}: {before.topics[topic]} to {state}"


def _plain(text: str, style: str = "") -> Text:
    """Text from a file: what would steer the terminal becomes a space."""
    return Text("".join(char if char.isprintable() else " " for char in text), style)
