"""Calls that were cut off, over HTTP: where each was, so that it can go on; and ending it properly."""

from __future__ import annotations

from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from voice_coach.coaching.turn import Speaker, Turn
from voice_coach.errors import InputError
from voice_coach.journal.account import give_account
from voice_coach.journal.journal import JOURNAL_NAME, read_journal
from voice_coach.journal.store import session_folder
from voice_coach.journal.taking_up import end_call
from voice_coach.messages import ScenarioCard
from voice_coach.moves.recognizer import Recognizer
from voice_coach_server.api.answers import as_json, in_thread
from voice_coach_server.cast import cast_of_header

__all__ = ["CutOffCard", "cut_off_routes"]


class CutOffCard(msgspec.Struct, frozen=True, kw_only=True):
    """Where a call was when it was cut off."""

    session: str
    scenario: ScenarioCard
    said: str
    """The trainee's last settled words; empty when there were none."""
    line: str
    """The counterpart's."""
    at_seconds: float
    """When it was cut off, on the session's time line."""


def cut_off_routes(store: Path, recognizer: Recognizer) -> list[BaseRoute]:
    """Give the routes of a store's calls that were cut off."""

    def shown(request: Request) -> Response:
        session = request.path_params["session"]
        journal = read_journal(session_folder(store, session) / JOURNAL_NAME)
        if journal.complete:
            raise InputError(f"Session {session} was not cut off.", code="not-cut-off")
        account = give_account(journal)
        return as_json(
            CutOffCard(
                session=session,
                scenario=cast_of_header(journal.header).card,
                said=_last(account.turns, Speaker.TRAINEE),
                line=_last(account.turns, Speaker.COUNTERPART),
                at_seconds=account.seconds,
            )
        )

    def ended(request: Request) -> Response:
        end_call(store, request.path_params["session"], recognizer)
        return Response(status_code=204)

    one = "/api/sessions/{session}"
    return [
        Route(f"{one}/cut-off", in_thread(shown)),
        Route(f"{one}/end", in_thread(ended), methods=["POST"]),
    ]


def _last(turns: tuple[Turn, ...], speaker: Speaker) -> str:
    return next((turn.text for turn in reversed(turns) if turn.speaker is speaker), "")
