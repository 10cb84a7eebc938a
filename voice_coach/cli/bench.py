"""`voice-coach bench`: how good, how quick and how many, on this machine, against a named baseline."""

from __future__ import annotations

import importlib

import click

from voice_coach.errors import InputError

__all__ = ["command"]

_BENCHMARKS = {
    "ears": "CPU time and word errors against WhisperModel.transcribe, both models.",
    "live": "One call: from the end of speech to text, decision and first sound back.",
    "load": "How many trainees this machine hears at once, and what bounds it.",
}


class _Benchmarks(click.Group):
    """The benchmarks have options of their own, which they read themselves."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_BENCHMARKS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _BENCHMARKS:
            return None
        return click.Command(
            cmd_name,
            callback=lambda arguments: _run(cmd_name, arguments),
            params=[click.Argument(["arguments"], nargs=-1, type=click.UNPROCESSED)],
            context_settings={"ignore_unknown_options": True, "help_option_names": []},
            short_help=_BENCHMARKS[cmd_name],
        )


def _run(name: str, arguments: tuple[str, ...]) -> None:
    try:
        module = importlib.import_module(f"voice_coach_benchmarks.{name}")
    except ModuleNotFoundError as error:
        raise InputError(
            f"The benchmark needs the Python package {error.name}; "
            "install voice-coach with its extra `bench`.",
            code="missing-extra",
        ) from None
    module.main(list(arguments))


@click.command("bench", cls=_Benchmarks)
def command() -> None:
    """Measure this machine: ears, live, load.

    Every figure is printed with a ratio against a baseline that is named and measured in the same run.
    Each takes --json, --svg FILE for a picture, and --help for the rest.

    \b
    Examples:
      voice-coach bench ears --model tiny.en --repeats 1
      voice-coach bench live --svg stages.svg
      voice-coach bench load --seconds 30
    """  # noqa: D301 - click reads the \b
