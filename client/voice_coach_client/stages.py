"""Running a flow in front of a person: on the whole terminal, or in lines."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from rich.console import Console

from voice_coach_client.interrupts import interrupts
from voice_coach_client.lines_stage import LinesStage
from voice_coach_client.room.stay import RoomStage

__all__ = ["Flow", "run_in_lines", "run_on_screen"]

Flow = Callable[[RoomStage], Awaitable[None]]
"""What happens in front of a person, from the first screen to the last."""


async def run_on_screen(flow: Flow) -> None:
    """Run a flow on the whole terminal, in colours that suit it. Raises what the flow raises."""
    # Textual is heavy, and lines do without it.
    from voice_coach_client.overlay.app import OverlayApp  # noqa: PLC0415
    from voice_coach_client.overlay.daylight import palette_of_terminal  # noqa: PLC0415
    from voice_coach_client.overlay.stderr import stderr_aside  # noqa: PLC0415

    app = OverlayApp(flow, palette_of_terminal())
    with interrupts(app.action_help_quit), stderr_aside():
        await app.run_async()
    if app.failure is not None:
        raise app.failure


async def run_in_lines(flow: Flow, console: Console) -> None:
    """Run a flow in lines; being asked to stop ends the call, or the flow between calls."""
    stage = LinesStage(console)
    running = asyncio.ensure_future(flow(stage))
    ending: set[asyncio.Task[None]] = set()

    def stop() -> None:
        if not stage.calling:
            running.cancel()
            return
        task = asyncio.create_task(stage.end_call())
        ending.add(task)
        task.add_done_callback(ending.discard)

    with interrupts(stop):
        try:
            await asyncio.wait({running})
        finally:
            running.cancel()
    if running.cancelled():
        stage.say("Nothing is going on any more.")
    else:
        running.result()
