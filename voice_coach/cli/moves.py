"""`voice-coach moves`: which moves are in a text, and why."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import shorten
from typing import BinaryIO

import click
import msgspec
from rich.console import Console
from rich.markup import escape
from rich.text import Text

from voice_coach.errors import InputError
from voice_coach.moves.move import Family, Heard, Move
from voice_coach.moves.recognizer import Recognizer, load_recognizer

__all__ = ["command"]

_LONGEST_LINE_BYTES = 1_000_000
_STYLES = {
    Family.REFLECTION: "bold green underline",
    Family.QUESTION: "blue",
    Family.EMPATHY: "bold magenta underline",
    Family.PRESSURE: "red",
    Family.SOLUTION: "yellow",
    Family.FLOW: "dim",
}


class _Request(msgspec.Struct, frozen=True, kw_only=True):
    """One line of input."""

    text: str
    id: str | int = ""
    previous: str = ""


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One line of output."""

    id: str | int
    moves: tuple[Move, ...]


class _DefaultGroup(click.Group):
    """A group whose plain call reads standard input."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Say in one sentence what to do when the first word is no command."""
        if args and args[0] not in self.commands:
            ctx.fail(
                f'`{args[0]}` is no command here; to ask about a sentence: moves explain "{args[0]}"'
            )
        return super().resolve_command(ctx, args)


@click.group(cls=_DefaultGroup, invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Write JSON lines instead of coloured text.")
@click.option(
    "--rules",
    "rules",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A rule file of your own, or a folder of them. May be given several times.",
)
@click.pass_context
def command(ctx: click.Context, *, as_json: bool, rules: tuple[Path, ...]) -> None:
    """Find the moves in sentences, one JSON line each on standard input.

    \b
    Examples:
      echo '{"id": 1, "text": "It sounds like you are on your own."}' | voice-coach moves --json
      voice-coach moves explain "It sounds like you are on your own."
    """  # noqa: D301 - \b is how click is told to keep the lines as they are
    recognizer = load_recognizer(rules)
    ctx.obj = recognizer
    if ctx.invoked_subcommand is not None:
        return
    if sys.stdin.isatty():
        click.echo(ctx.get_help())
        return
    console = Console(highlight=False)
    encode = msgspec.json.Encoder().encode
    for request in _requests(sys.stdin.buffer):
        moves = recognizer.recognize(Heard(text=request.text, previous=request.previous))
        if as_json:
            sys.stdout.buffer.write(encode(_Answer(id=request.id, moves=moves)) + b"\n")
        else:
            _show(console, request.text, moves)
    sys.stdout.flush()


@command.command()
@click.argument("text")
@click.option("--previous", default="", help="What the other side said just before.")
@click.pass_obj
def explain(recognizer: Recognizer, text: str, previous: str) -> None:
    """Say which moves are in TEXT and why, and what it nearly was and why not."""
    console = Console(highlight=False)
    heard = Heard(text=text, previous=previous)
    hearing = recognizer.examine(heard)
    moves = recognizer.recognize(heard)
    _show(console, text, moves)
    for finding, move in zip(hearing.findings, moves, strict=True):
        console.print(f"\n[bold]{_plain(move.kind)}[/] at {move.confidence:.0%}, by rule {move.rule}")
        console.print(f"  found in: {escape(repr(move.cue))}")
        if move.rival:
            console.print(f"  rather than: {escape(move.rival)}")
        for reason in finding.reasons:
            console.print(f"  {escape(reason)}")
    if not moves:
        console.print("\nNo move was found.")
    if hearing.refusals:
        console.print("\n[bold]Why not[/]")
    for refusal in hearing.refusals:
        words = escape(repr(shorten(refusal.words, 60, placeholder="...")))
        console.print(f"  {_plain(refusal.kind)} ({refusal.rule}): {words}: {escape(refusal.reading)}")


def _requests(stream: BinaryIO) -> Iterator[_Request]:
    """Read JSON lines, one at a time; an empty line is passed over."""
    decode = msgspec.json.Decoder(_Request).decode
    number = 0
    while line := stream.readline(_LONGEST_LINE_BYTES + 1):
        number += 1
        if len(line) > _LONGEST_LINE_BYTES:
            raise InputError(f"line {number} is longer than {_LONGEST_LINE_BYTES:,} bytes: split it")
        if not line.strip():
            continue
        try:
            yield decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InputError(
                f"line {number} cannot be read ({error}): "
                'give one {"id", "text", "previous"} object a line'
            ) from error


def _show(console: Console, text: str, moves: tuple[Move, ...]) -> None:
    """Print a text with its moves highlighted, and one line for each move."""
    shown = Text("".join(c if c.isprintable() or c.isspace() else " " for c in text))
    for move in moves:
        shown.stylize(_STYLES[move.family], move.start, move.end)
    console.print(shown)
    for move in moves:
        line = Text("  ")
        line.append(_plain(move.kind), style=_STYLES[move.family])
        line.append(f": {move.cue!r}, {move.confidence:.0%}, {move.rule}")
        console.print(line)


def _plain(kind: str) -> str:
    return kind.replace("_", " ")
