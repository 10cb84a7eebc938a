"""`voice-coach bench`: how good, how quick and how many, on this machine, against a named baseline."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from voice_coach.errors import InputError

__all__ = ["command"]

_folder = click.argument("folder", required=False, type=click.Path(exists=True, path_type=Path))
_every_benchmark = (
    click.option("--svg", type=click.Path(path_type=Path), help="Draw a picture into this file."),
    click.option("--json", is_flag=True, help="Print JSON."),
)


@click.group("bench")
def command() -> None:
    """Measure this machine: ears, live, load, recorded.

    Every figure is printed with a ratio against a baseline that is named and measured in the same run.
    Works best while nothing else runs.

    \b
    Examples:
      voice-coach bench ears --model tiny.en --repeats 1
      voice-coach bench live --svg stages.svg
      voice-coach bench load --seconds 30
      voice-coach bench recorded --minutes 5
    """  # noqa: D301 - click reads the \b


def _benchmark(run: Callable[..., None]) -> click.Command:
    for option in _every_benchmark:
        run = option(run)
    return command.command()(run)


@_benchmark
@_folder
@click.option("--model", multiple=True, help="tiny.en, base, ...; may be given several times.")
@click.option("--repeats", type=int, help="Hear everything this often; the median counts.")
@click.option("--every", type=int, help="Take each n-th clip only.")
def ears(**options: Any) -> None:  # noqa: ANN401 - handed on as they are
    """CPU time and word errors against WhisperModel.transcribe.

    FOLDER holds clips and their manifest.jsonl; without one, sentences of the plain voice are heard.
    """
    _run("ears", options)


@_benchmark
@_folder
@click.option("--turns", type=int, help="How many turns to speak.")
@click.option("--scenario", help="Who answers.")
def live(**options: Any) -> None:  # noqa: ANN401 - handed on as they are
    """One call: from the end of speech to text, decision and first sound back.

    FOLDER holds clips and their manifest.jsonl; without one, the demo's lines are spoken.
    """
    _run("live", options)


@_benchmark
@click.option("--sessions", type=int, help="The most trainees to try.")
@click.option("--seconds", type=float, help="How long each number of trainees is lived through.")
@click.option("--only", type=int, help="Just this number of trainees.")
@click.option("--clips", type=click.Path(exists=True, path_type=Path), help="Clips to speak.")
def load(**options: Any) -> None:  # noqa: ANN401 - handed on as they are
    """How many trainees this machine hears at once, and what bounds it."""
    _run("load", options)


@_benchmark
@_folder
@click.option("--model", multiple=True, help="tiny.en, base, ...; may be given several times.")
@click.option("--minutes", type=float, help="Length of the call.")
@click.option("--repeats", type=int, help="Hear it this often; the median counts.")
@click.option("--long", type=float, help="Also the memory of ours on a call of so many minutes.")
def recorded(**options: Any) -> None:  # noqa: ANN401 - handed on as they are
    """A recorded call as multiple of real time, against faster-whisper's batched pipeline.

    FOLDER holds both sides of a call, as two files that end in _agent and _caller; without one, a call
    is built of sentences of the plain voice.
    """
    _run("recorded", options)


def _run(name: str, options: dict[str, Any]) -> None:
    try:
        module = importlib.import_module(f"voice_coach_benchmarks.{name}")
    except ModuleNotFoundError as error:
        raise InputError(
            f"The benchmark needs the Python package {error.name}; "
            "install voice-coach with its extra `bench`.",
            code="missing-extra",
        ) from None
    module.main(list(_arguments(options)))


def _arguments(options: dict[str, Any]) -> Iterator[str]:
    """What the benchmark's own reader of arguments takes; what was not said has its own default."""
    for name, value in options.items():
        if value is True:
            yield f"--{name}"
        elif name == "folder" and value is not None:
            yield str(value)
        elif value is not None and value is not False:
            for one in value if isinstance(value, tuple) else (value,):
                yield from (f"--{name}", str(one))
