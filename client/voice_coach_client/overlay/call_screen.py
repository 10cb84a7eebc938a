"""The screen of a call and of a drill: what is said, and at the edges what else is worth a glance."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import msgspec
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Footer, Static

from voice_coach.messages import Ring, Welcome
from voice_coach_client.call_view import CallView, reduce
from voice_coach_client.connection import Received
from voice_coach_client.live_call import Gauge, LiveCall
from voice_coach_client.overlay.conversation import Conversation, SidePanel
from voice_coach_client.overlay.drill_board import DrillBoard
from voice_coach_client.overlay.palette import Palette
from voice_coach_client.overlay.questions import HelpScreen
from voice_coach_client.overlay.words import meter_words, ring_words
from voice_coach_client.strokes import phase_words

__all__ = ["CallScreen"]

_METER_SECONDS = 0.1
_GLOW_SECONDS = 4.0
"""A segment of the ring that has just risen is set off for so long."""
_TROUBLE_SECONDS = 20.0
"""A trouble that was said stays in sight for so long."""


class CallScreen(Screen[None]):
    """Shows one call. Everything it knows comes by `show`, from the call's gauge, and from the keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,m", "mute", "mute", key_display="space"),
        Binding("c", "cues", "cues"),
        Binding("s", "session", "session"),
        Binding("l", "app.swap_light", "light", show=False),
        Binding("d", "devices", "default devices", show=False),
        Binding("question_mark", "help", "help", key_display="?"),
        Binding("escape,q", "end", "end", key_display="esc"),
    ]

    def __init__(
        self, call: LiveCall, gauge: Gauge, palette: Callable[[], Palette], now: Callable[[], float]
    ) -> None:
        """Prepare to show a call.

        Args:
            call: What the keys act on.
            gauge: Of the trainee's microphone.
            palette: Gives the colours of the moment.
            now: Seconds of a clock that never goes back.
        """
        super().__init__()
        self.view = CallView()
        self._call = call
        self._gauge = gauge
        self._palette = palette
        self._now = now
        self._began_at = now()
        self._round_at = now()
        self._glow_until: float | None = None
        self._ready = False
        self._cues = True
        self._said = ""
        self._said_at = now()
        self._said_is_trouble = False
        drill = call.welcome.drill
        self._body: Conversation | DrillBoard = DrillBoard(drill) if drill else Conversation()
        self.set_class(drill is not None, "drill")

    def compose(self) -> ComposeResult:
        """Lay out head, body, and the rows at the foot."""
        with Horizontal(id="head"):
            yield Static(id="title")
            yield Static(id="clock")
        with Horizontal(id="middle"):
            yield self._body
            with SidePanel(id="side"):
                yield Static()
        with Vertical(id="foot"):
            yield Static(id="room")
            yield Static(id="ring")
            yield Static(id="cue")
            yield Static(id="trouble")
            with Horizontal(id="status"):
                yield Static(id="phase")
                yield Static(id="latency")
                yield Static(id="meter")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Begin once all parts are there."""
        self.call_after_refresh(self._begin)

    def show(self, message: Received) -> None:
        """Take in what the call received."""
        before, self.view = self.view, reduce(self.view, message)
        if isinstance(message, Welcome) and not message.resumed:
            self._began_at = self._now()
        if isinstance(message, Ring):
            self._glow_until = self._now() + _GLOW_SECONDS
        if self.view.round != before.round:
            self._round_at = self._now()
        if self.view.notice != before.notice:
            self.say(self.view.notice, trouble=True)
        if before.away and not self.view.away:
            self.say("The connection is back; nothing was lost.")
        if self.view != before and self._ready:
            self.draw()

    def say(self, text: str, *, trouble: bool = False) -> None:
        """Say a sentence at the foot for a while."""
        self._said, self._said_at, self._said_is_trouble = text, self._now(), trouble
        if self._ready:
            self._draw_trouble()

    def draw(self) -> None:
        """Draw everything anew."""
        view, palette = self.view, self._palette()
        self._body.draw(view, palette)
        self.query_one(SidePanel).draw(view, palette)
        self._part("title").update(_title(view, palette))
        ring = ring_words(view.ring, view.opened, palette, wide=False) if view.ring else ""
        self._part("ring").update(ring)
        cue = Text.assemble(("cue ", palette.soft), (view.cue.text, "bold")) if view.cue else ""
        self._part("cue").update(cue)
        self._part("phase").update(self._phase(palette))
        spoken = view.latency.voice_to_voice_ms if view.latency else None
        answered = f"answered in {spoken / 1000:.1f} s" if spoken is not None else ""
        self._part("latency").update(Text(answered, style=palette.soft))
        self._draw_trouble()
        self._tick()

    async def action_mute(self) -> None:
        """Mute the microphone, or not any more."""
        await self._call.mute(on=not self._call.muted)
        self._tick()

    async def action_cues(self) -> None:
        """Have cues, or none."""
        self._cues = not self._cues
        await self._call.want_cues(on=self._cues)
        self.say("Cues are on." if self._cues else "Cues are off.")

    def action_session(self) -> None:
        """Say under which id the call is kept."""
        self.say(f"This call is kept as session {self._call.session}.")

    def action_devices(self) -> None:
        """Give up devices that are gone."""
        self._gauge.take_defaults()

    def action_help(self) -> None:
        """Say what the keys do."""
        self.app.push_screen(HelpScreen())

    async def action_end(self) -> None:
        """End the call; a second time, leave at once."""
        await self._call.end()
        self.draw()

    def _begin(self) -> None:
        self._ready = True
        self._body.focus()
        self.set_interval(_METER_SECONDS, self._tick)
        self.draw()

    def _phase(self, palette: Palette) -> Text:
        if self._call.ending:
            return Text("ending; again leaves at once", style=f"bold {palette.bad}")
        style = f"bold {palette.bad}" if self.view.away else palette.ink
        return Text(phase_words(self.view), style=style)

    def _tick(self) -> None:
        palette, now = self._palette(), self._now()
        meter = meter_words(self._gauge.level, palette, muted=self._call.muted)
        self._part("meter").update(meter)
        self._part("clock").update(_clock(now - self._began_at, self.view, palette))
        if isinstance(self._body, DrillBoard):
            self._body.draw_silence(self.view, now - self._round_at, palette)
        if self._glow_until is not None and now > self._glow_until:
            self._glow_until = None
            self.view = msgspec.structs.replace(self.view, opened=())
            self.draw()
        if self._said and now - self._said_at > _TROUBLE_SECONDS:
            self.say("")

    def _draw_trouble(self) -> None:
        self._part("trouble").display = bool(self._said)
        style = f"bold {self._palette().bad}" if self._said_is_trouble else "bold"
        self._part("trouble").update(Text(self._said, style=style))

    def _part(self, name: str) -> Static:
        return self.query_one(f"#{name}", Static)


def _title(view: CallView, palette: Palette) -> Text:
    if view.scenario is None:
        return Text()
    if view.drill is not None:
        return Text.assemble((view.drill.title, "bold"), (f"  {view.drill.trains}", palette.soft))
    return Text.assemble((view.scenario.title, "bold"), (f"  with {view.scenario.person}", palette.soft))


def _clock(seconds: float, view: CallView, palette: Palette) -> Text:
    kept = ("● sound is kept  ", palette.bad) if view.record else ("sound is not kept  ", palette.soft)
    return Text.assemble(kept, f"{int(seconds) // 60}:{int(seconds) % 60:02}")
