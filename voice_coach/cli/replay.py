"""`voice-coach replay`: a kept call again, or a call that was made elsewhere, from its file."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

import click
from click.core import ParameterSource

from voice_coach.cli.replay_call import CallRequest, replay_call
from voice_coach.cli.replay_session import ReplayRequest, replay_session
from voice_coach.errors import InputError
from voice_coach.journal.heard import Side
from voice_coach.journal.kind import Kind, kind_of
from voice_coach.journal.store import check_session_id, session_folder
from voice_coach.settings import load_settings, with_options

__all__ = ["command"]

_OF_A_SESSION: Final = ("speed", "rehear")
_OF_A_FILE: Final = ("scenario", "mine", "model", "open_page")


@click.command("replay")
@click.argument("call")
@click.option(
    "--speed",
    type=click.FloatRange(min=0.1),
    default=1.0,
    show_default=True,
    help="A session: so many times faster than it was; inf shows all at once.",
)
@click.option(
    "--rehear", metavar="MODEL", default="", help="A session: hear the recording anew with this model."
)
@click.option(
    "--scenario", metavar="ID", help="A file: what the call was about, to see what you covered."
)
@click.option(
    "--mine",
    type=click.Choice([Side.LEFT.value, Side.RIGHT.value]),
    default=Side.LEFT.value,
    show_default=True,
    help="A file: the channel that is you.",
)
@click.option("--model", help="A file: speech model: tiny.en, base, another name, or a folder.")
@click.option("--open", "open_page", is_flag=True, help="A file: open the review in the browser.")
@click.option(
    "--store",
    type=click.Path(path_type=Path),
    help="Folder that keeps sessions; default: the setting store.folder.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")
@click.pass_context
def command(  # noqa: PLR0913 - click hands over each option by its name
    ctx: click.Context,
    *,
    call: str,
    speed: float,
    rehear: str,
    scenario: str | None,
    mine: str,
    model: str | None,
    open_page: bool,
    store: Path | None,
    as_json: bool,
) -> None:
    """Show a kept call again, or review a call that was made elsewhere.

    CALL is a session's id or a sound file (wav, flac, mp3, m4a, ogg, webm, ...).

    A session is run through today's rules: the last line says that they still lead to the same call, or
    names the first event after which they do not, and what has changed (exit code 1 then).

    A file is heard, and kept as a session with its moves and a scorecard. Two channels mean two
    speakers. Ctrl+C stops the hearing and keeps what is done (exit code 130 then).

    \b
    Examples:
      voice-coach replay 20261123-184501-k3f9
      voice-coach replay 20261123-184501-k3f9 --speed 4
      voice-coach replay 20261123-184501-k3f9 --rehear base
      voice-coach replay call.mp3
      voice-coach replay call.wav --mine right --scenario late_payment --open
    """  # noqa: D301 - click reads the \b
    settings = with_options(load_settings(), model=model, store=store)
    if _is_session_id(call):
        _refuse(ctx, _OF_A_FILE, "a sound file, and this is a session")
        if math.isnan(speed):
            raise click.BadParameter("a speed is a number such as 2 or 0.5", param_hint="--speed")
        if kind_of(session_folder(settings.store.path, call)) is Kind.RECORDED:
            raise InputError(
                f"Session {call} is a recorded call, which no rules led to; `voice-coach sessions show"
                f" {call}` shows it.",
                code="recorded-call",
            )
        replay_session(
            ReplayRequest(
                session=call, store=settings.store.path, speed=speed, as_json=as_json, rehear=rehear
            )
        )
        return
    _refuse(ctx, _OF_A_SESSION, "a session, and this is a file")
    if not Path(call).exists():
        raise InputError(f"{call} is neither a session's id nor a file.", code="unknown-session")
    replay_call(
        CallRequest(
            file=Path(call),
            settings=settings,
            scenario=scenario,
            mine=Side(mine),
            as_json=as_json,
            open_page=open_page,
        )
    )


def _is_session_id(call: str) -> bool:
    try:
        check_session_id(call)
    except InputError:
        return False
    return not Path(call).is_file()


def _refuse(ctx: click.Context, options: tuple[str, ...], belongs: str) -> None:
    """Say that an option was given for the other kind of call."""
    for parameter in ctx.command.params:
        given = ctx.get_parameter_source(parameter.name or "") is ParameterSource.COMMANDLINE
        if given and parameter.name in options:
            raise click.UsageError(f"{parameter.opts[0]} belongs to {belongs}.")
