"""How many of each run in a cluster, and what each may take of a node."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from voice_coach.errors import SettingsError

__all__ = ["ClusterPlan", "demand_silence"]


class ClusterPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Deployments, in numbers."""

    recognisers: int = 1
    """At least so many."""
    most_recognisers: int = 0
    """As many as the load asks for, up to this; 0 for always `recognisers`."""
    voices: int = 1
    fronts: int = 1
    """More than one needs a store that all see, and clients that come back to the same one."""
    recogniser_cpus: float = 1.0
    """Cores that the engine sets aside for each."""
    voice_cpus: float = 0.5
    front_cpus: float = 0.5
    recogniser_resource: str = ""
    """A resource of Ray's that a node must have to take recognisers, such as `ears`; or empty."""

    def __post_init__(self) -> None:
        """Refuse numbers that cannot run.

        Raises:
            SettingsError: One is too small.
        """
        for name in ("recognisers", "voices", "fronts"):
            if getattr(self, name) < 1:
                raise SettingsError(f"A cluster needs at least 1 of {name}, not {getattr(self, name)}.")
        if self.most_recognisers and self.most_recognisers < self.recognisers:
            raise SettingsError(
                f"most_recognisers ({self.most_recognisers}) is less than recognisers "
                f"({self.recognisers}); give at least as many, or 0."
            )
        for name in ("recogniser_cpus", "voice_cpus", "front_cpus"):
            if getattr(self, name) < 0:
                raise SettingsError(f"{name} is {getattr(self, name)}; it must be 0 or more.")


def demand_silence(environment: Mapping[str, str]) -> None:
    """Refuse a cluster that tells somebody else about itself.

    Raises:
        SettingsError: Ray would report its use to its makers.
    """
    if environment.get("RAY_USAGE_STATS_ENABLED") != "0":
        raise SettingsError(
            "Ray reports its use to its makers unless it is told not to: set RAY_USAGE_STATS_ENABLED=0 on"
            " every node, start its nodes again, and then this."
        )
