"""What the start page shows of a line from which a call is to be tried again, or why it cannot be."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from voice_coach.coaching.turn import Speaker
from voice_coach.errors import InputError, VoiceCoachError
from voice_coach.journal.played import played_scenario
from voice_coach.messages import Branch, ScenarioCard
from voice_coach.moves.recognizer import Recognizer
from voice_coach_server.branching import read_branch_point, session_at
from voice_coach_server.cards import card_of

__all__ = ["BranchCard", "branch_routes"]


class BranchCard(msgspec.Struct, frozen=True, kw_only=True):
    """A line from which the call can be tried again."""

    branch: Branch
    scenario: ScenarioCard
    line: str
    """The counterpart's words."""
    said: str
    """The trainee's words before it; empty when it answers none."""
    at_seconds: float
    """When it began, on the session's time line."""


def branch_routes(store: Path, recognizer: Recognizer) -> list[BaseRoute]:
    """Give the route that answers for one line."""

    async def serve(request: Request) -> Response:
        branch = Branch(session=request.path_params["session"], turn=request.path_params["turn"])
        try:
            card = await asyncio.to_thread(_card, store, branch, recognizer)
        except VoiceCoachError as error:
            refused = {"code": error.stable_code, "text": str(error)}
            status = 404 if isinstance(error, InputError) else 500
            return Response(msgspec.json.encode(refused), status, media_type="application/json")
        return Response(msgspec.json.encode(card), media_type="application/json")

    return [Route("/api/sessions/{session}/branch/{turn:int}", serve)]


def _card(store: Path, branch: Branch, recognizer: Recognizer) -> BranchCard:
    point = read_branch_point(store, branch)
    session_at(point, recognizer)  # refuses a line that today's rules do not lead to
    before = point.before
    return BranchCard(
        branch=branch,
        scenario=card_of(played_scenario(point.header)),
        line=point.turn.text,
        said=before.text if before is not None and before.speaker is Speaker.TRAINEE else "",
        at_seconds=point.seconds,
    )
