"""`voice-coach replay`: a kept call again."""

from __future__ import annotations

import math
from pathlib import Path

import click

from voice_coach.cli.replay_session import ReplayRequest, replay_session
from voice_coach.settings import load_settings, with_options

__all__ = ["command"]


@click.command("replay")
@click.argument("session")
@click.option(
    "--speed",
    type=click.FloatRange(min=0.1),
    default=1.0,
    show_default=True,
    help="So many times faster than it was; inf shows all at once.",
)
@click.option("--rehear", metavar="MODEL", default="", help="Hear the recording anew with this model.")
@click.option(
    "--store",
    type=click.Path(path_type=Path),
    help="Folder that keeps sessions; default: the setting store.folder.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")
def command(*, session: str, speed: float, rehear: str, store: Path | None, as_json: bool) -> None:
    """Show a kept call again, and run it through today's rules.

    The last line says that the rules still lead to the same call, or names the first event after which
    they do not, and what has changed (exit code 1 then).

    \b
    Examples:
      voice-coach replay 20261123-184501-k3f9
      voice-coach replay 20261123-184501-k3f9 --speed 4
      voice-coach replay 20261123-184501-k3f9 --json
      voice-coach replay 20261123-184501-k3f9 --rehear base
    """  # noqa: D301 - click reads the \b
    if math.isnan(speed):
        raise click.BadParameter("a speed is a number such as 2 or 0.5", param_hint="--speed")
    replay_session(
        ReplayRequest(
            session=session,
            store=with_options(load_settings(), store=store).store.path,
            speed=speed,
            as_json=as_json,
            rehear=rehear,
        )
    )
