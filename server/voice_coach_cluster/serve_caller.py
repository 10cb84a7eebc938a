"""Reaches the replicas of a deployment of Ray Serve."""

from __future__ import annotations

from typing import Any

from ray.exceptions import RayError

from voice_coach_cluster.asking import LostError

__all__ = ["ServeCaller"]


class ServeCaller:
    """A `Caller` over a deployment's handle; Serve chooses the replica that has the least to do."""

    def __init__(self, handle: Any) -> None:  # noqa: ANN401 - Ray's handle, whose methods are the replica's
        """Take the handle of a deployment whose replicas have a method `ask`."""
        self._handle = handle

    def ask(self, stamp: bytes, request: bytes, *, timeout_seconds: float) -> bytes:
        """Give the answer; not on an event loop.

        Raises:
            LostError: The replica died, or raised what it should not.
            TimeoutError: No replica was free in time, or it did not come back.
        """
        response = self._handle.ask.remote(stamp, request)
        try:
            answer: bytes = response.result(timeout_s=timeout_seconds)
        except TimeoutError:
            response.cancel()
            raise
        except RayError as error:
            # Only the kind of error: what a replica raised may quote what was said.
            raise LostError(type(error).__name__) from error
        return answer
