"""Composition root: the only place that knows server, client and library together."""

from voice_coach.cli.main import main

__all__ = ["main"]
