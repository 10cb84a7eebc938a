"""The `voice-coach` command: a group whose commands live in the modules beside this one."""

from __future__ import annotations

import importlib

import click

from voice_coach import __version__
from voice_coach.errors import InputError, VoiceCoachError

__all__ = ["main"]

_COMMANDS = {
    "bench": "Measure this machine: ears, live, load, recorded.",
    "demo": "Watch and hear a rehearsal: no microphone needed.",
    "devices": "List microphones and speakers, or test them.",
    "doctor": "Say line by line what works on this machine, and how to mend the rest.",
    "drill": "Train one move with a headset, in the terminal.",
    "drills": "Look at the drills, and check your own: list, check.",
    "moves": "Find the moves in sentences, one JSON line each on standard input.",
    "rehearse": "Rehearse with a headset, in the terminal.",
    "replay": "Show a kept call again, or review a call that was made elsewhere.",
    "scenarios": "Write people to rehearse with: list, show, new, check, try.",
    "serve": "Start the server on this machine and open the page.",
    "room": "Open a training room: tables join over the network, with a code and over TLS.",
    "sessions": "Look at past calls: list, show, export, import, delete.",
    "transcribe": "Write down what sound files say.",
}
"""Each lives in the module of its name beside this one, which is imported only when it is used."""


class _BadInput(click.ClickException):
    exit_code = 2


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"voice_coach.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> object:
        """Say our own errors as one sentence: exit 2 for bad input, 1 for trouble of ours."""
        try:
            return super().invoke(ctx)
        except VoiceCoachError as error:
            said = _BadInput if isinstance(error, InputError) else click.ClickException
            raise said(str(error)) from error


@click.group(
    cls=_LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="voice-coach")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Rehearse hard conversations aloud, on your own machine.

    Without a command: start the server and open the page (the same as `voice-coach serve`).
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(importlib.import_module("voice_coach.cli.serve").command)
