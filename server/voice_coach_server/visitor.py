"""Who asks: the owner of this machine, and in a training room a trainer, a table, or nobody yet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from starlette.requests import HTTPConnection

__all__ = ["NOBODY", "OWNER", "Role", "Visitor", "visitor_of"]


class Role(StrEnum):
    """What somebody is to the server."""

    OWNER = "owner"
    """Whoever sits at this machine, when it serves nobody else."""
    TRAINER = "trainer"
    TABLE = "table"
    NOBODY = "nobody"
    """Has shown neither code nor secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody who asks; in a browser that has done both, a trainer and a table at once."""

    roles: frozenset[Role]
    table: str = ""
    """Id of the table, for one."""

    @property
    def is_owner(self) -> bool:
        """Whether all of it is theirs."""
        return Role.OWNER in self.roles

    @property
    def is_trainer(self) -> bool:
        """Whether they have shown the trainer's secret."""
        return Role.TRAINER in self.roles


OWNER = Visitor(roles=frozenset({Role.OWNER}))
NOBODY = Visitor(roles=frozenset({Role.NOBODY}))


def visitor_of(connection: HTTPConnection) -> Visitor:
    """Give who asks, as `rights.guarded` has found it out; a route without it is a mistake of ours."""
    visitor: Visitor = connection.scope["visitor"]
    return visitor
