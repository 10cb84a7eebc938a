"""The `voice-coach` command: a group whose commands live in the modules beside this one."""

from __future__ import annotations

import importlib

import click

from voice_coach import __version__
from voice_coach.errors import InputError, VoiceCoachError

__all__ = ["main"]

_COMMANDS = {
    "demo": "voice_coach.cli.demo",
    "doctor": "voice_coach.cli.doctor",
    "moves": "voice_coach.cli.moves",
    "serve": "voice_coach.cli.serve",
    "sessions": "voice_coach.cli.sessions",
    "transcribe": "voice_coach.cli.transcribe",
}
"""Each module is imported when its command is used, so that `--help` is quick; each has `command`."""


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
        command: click.Command = importlib.import_module(_COMMANDS[cmd_name]).command
        return command

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
        serve = importlib.import_module(_COMMANDS["serve"]).command
        ctx.invoke(serve)
