"""Who may do what: one table of all routes, and the doorkeeper that each of them stands behind.

The owner of the machine may do everything, so the table is about the training room. A route that is not
in it cannot be served at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from voice_coach.errors import InputError
from voice_coach_server.ownership import Ownership
from voice_coach_server.visitor import Role, Visitor

__all__ = ["RULES", "Rule", "guarded", "route_key"]

_FORBIDDEN: Final = 4403


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Who may use a route."""

    roles: frozenset[Role]
    """Besides the owner, who may use every one."""
    page: bool = False
    """It is looked at by people: a refusal is a sentence for them."""
    own_session: bool = False
    """Only for a session that they may know of; to others it does not exist."""
    private: bool = False
    """The answer is about people: nobody on its way may keep it."""


def _rule(*roles: Role, page: bool = False, own: bool = False, private: bool = True) -> Rule:
    return Rule(
        roles=frozenset(roles) | {Role.OWNER}, page=page, own_session=own, private=private and not page
    )


_TRAINER, _TABLE, _NOBODY = Role.TRAINER, Role.TABLE, Role.NOBODY

RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        # Pages. What they show they ask the server for, with the rights of who looks at them.
        "GET /": _rule(_NOBODY, _TABLE, _TRAINER, page=True),
        "MOUNT /web": _rule(_NOBODY, _TABLE, _TRAINER, private=False),
        "GET /sessions": _rule(_TABLE, _TRAINER, page=True),
        "GET /progress": _rule(_TABLE, page=True),
        "GET /review/{session}": _rule(_TABLE, _TRAINER, page=True),
        "GET /compare/{left}/{right}": _rule(_TABLE, page=True),
        # To somebody who has not shown the secret yet the trainer's page is the place to show it.
        "GET /room/trainer": _rule(_NOBODY, _TRAINER, page=True),
        "GET /room/projector": _rule(_TRAINER, page=True),
        # Coming in.
        "GET /room/info": _rule(_NOBODY, _TABLE, _TRAINER),
        "GET /room/authority.pem": _rule(_NOBODY, _TABLE, _TRAINER, private=False),
        "POST /room/join": _rule(_NOBODY, _TABLE, _TRAINER),
        "POST /room/trainer": _rule(_NOBODY, _TABLE, _TRAINER),
        "GET /healthz": _rule(_NOBODY, _TABLE, _TRAINER),
        # What happens in the room.
        "WS /ws": _rule(_TABLE),
        "WS /room/table": _rule(_TABLE),
        "WS /room/watch": _rule(_TRAINER),
        "GET /room/qr.svg": _rule(_TRAINER),
        "GET /room/report.html": _rule(_TRAINER),
        "GET /room/report.csv": _rule(_TRAINER),
        "GET /api/scenarios": _rule(_TABLE, _TRAINER, private=False),
        "GET /api/drills": _rule(_TABLE, _TRAINER),
        # Kept sessions: a table's own; words alone of those that share for the trainer.
        "GET /api/sessions": _rule(_TABLE, _TRAINER),
        "GET /api/sessions/{session}/review": _rule(_TABLE, _TRAINER, own=True),
        "GET /api/sessions/{session}/peaks/{side}": _rule(_TABLE, own=True),
        "GET /api/sessions/{session}/{side}.flac": _rule(_TABLE, own=True),
        "GET /api/sessions/{session}/branch/{turn:int}": _rule(_TABLE, own=True),
        "GET /api/sessions/{session}/cut-off": _rule(_TABLE, own=True),
        "POST /api/sessions/{session}/end": _rule(_TABLE, own=True),
        "GET /api/sessions/{session}/export.{form}": _rule(_TABLE, own=True),
        "POST /api/sessions/{session}/notes": _rule(_TABLE, own=True),
        "DELETE /api/sessions/{session}": _rule(_TABLE, own=True),
        "GET /api/progress": _rule(_TABLE),
        # Of the machine itself.
        "GET /metrics": _rule(_TRAINER),
        "POST /api/sessions/{session}/mine": _rule(),
        "POST /api/archives": _rule(),
        "POST /api/recorded": _rule(),
        "GET /api/recorded/{job}": _rule(),
        "DELETE /api/recorded/{job}": _rule(),
    }
)
"""By method and path, as the routes are written; `WS` is a websocket, `MOUNT` a folder of files."""


def route_key(route: BaseRoute) -> str:
    """Give the key of a route in the table."""
    match route:
        case WebSocketRoute():
            return f"WS {route.path}"
        case Mount():
            return f"MOUNT {route.path}"
        case Route():
            methods = set(route.methods or ()) - {"HEAD"}
            if len(methods) != 1:
                raise TypeError(f"The route {route.path} must have exactly one method, for its rule.")
            return f"{methods.pop()} {route.path}"
    raise TypeError(f"A {type(route).__name__} cannot have a rule.")


def guarded(
    routes: Iterable[BaseRoute], who: Callable[[HTTPConnection], Visitor], ownership: Ownership
) -> list[BaseRoute]:
    """Put each route behind its rule.

    Args:
        routes: All routes of the server; they are changed.
        who: Finds out who asks.
        ownership: Whose the sessions are.

    Raises:
        KeyError: A route has no rule.
    """
    kept = list(routes)
    for route in kept:
        rule = RULES[route_key(route)]
        if isinstance(route, (Route, WebSocketRoute, Mount)):
            route.app = _Doorkeeper(route.app, rule, who, ownership)
    return kept


class _Doorkeeper:
    """ASGI application of one route: lets in whom its rule allows."""

    def __init__(
        self,
        app: ASGIApp,
        rule: Rule,
        who: Callable[[HTTPConnection], Visitor],
        ownership: Ownership,
    ) -> None:
        self._app = app
        self._rule = rule
        self._who = who
        self._ownership = ownership

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        visitor = scope["visitor"] = self._who(HTTPConnection(scope))
        refusal = await self._refusal(visitor, scope)
        if visitor.is_owner or refusal is None:
            await self._app(scope, receive, self._unkept(send) if not visitor.is_owner else send)
        elif scope["type"] == "websocket":
            await WebSocketClose(_FORBIDDEN)(scope, receive, send)
        else:
            await refusal(scope, receive, self._unkept(send))

    async def _refusal(self, visitor: Visitor, scope: Scope) -> Response | None:
        if not self._rule.roles & visitor.roles:
            return self._turned_away(visitor)
        if not self._rule.own_session:
            return None
        session = scope["path_params"]["session"]
        try:
            if await asyncio.to_thread(self._ownership.may_know, visitor, session):
                return None
        except InputError as error:
            return _said(error.stable_code, str(error), 404)
        return _said("unknown-session", f"There is no session {session} of yours.", 404)

    def _turned_away(self, visitor: Visitor) -> Response:
        if Role.NOBODY in visitor.roles:
            if self._rule.page:
                return RedirectResponse("/", status_code=303)
            return _said("not-in-room", "Join the room first, on its page and with its code.", 401)
        sentence = "This is for the trainer." if _TRAINER in self._rule.roles else "This is for others."
        if Role.TABLE not in self._rule.roles and Role.TRAINER not in self._rule.roles:
            sentence = "In a training room nobody can do this; start voice_coach without a room."
        elif Role.TRAINER not in self._rule.roles:
            sentence = "This is for tables."
        if self._rule.page:
            return PlainTextResponse(f"{sentence} Your own page is at /.\n", status_code=403)
        return _said("not-yours", sentence, 403)

    def _unkept(self, send: Send) -> Send:
        if not self._rule.private:
            return send

        async def send_unkept(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["cache-control"] = "no-store"
            await send(message)

        return send_unkept


def _said(code: str, text: str, status: int) -> Response:
    return JSONResponse({"code": code, "text": text}, status_code=status)
