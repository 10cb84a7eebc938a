"""Whether the machine around a call is in order: Python, browser, port, disk, clock."""

from __future__ import annotations

import platform
import shutil
import socket
import time
import webbrowser
from pathlib import Path

from voice_coach.cli.health.finding import Finding, fail, ok, warn
from voice_coach.counterpart.shelf import read_shelf
from voice_coach.errors import VoiceCoachError
from voice_coach.journal.store import open_store
from voice_coach.settings import Settings

__all__ = ["browser", "clock", "disk", "port", "python", "scenarios", "sessions"]

_ENOUGH_DISK_MB = 500
_BROWSERS = ("chromium", "google-chrome", "firefox", "microsoft-edge", "brave-browser")
_NOT_BEFORE = time.mktime((2026, 1, 1, 0, 0, 0, 0, 0, -1))
"""No machine that runs this version can rightly think that it is earlier."""


def python(_: Settings) -> Finding:
    """Which Python runs this."""
    return ok("python", f"Python {platform.python_version()} on {platform.system()}")


def browser(_: Settings) -> Finding:
    """Whether the page can be opened from here."""
    try:
        found = webbrowser.get().__class__.__name__
    except webbrowser.Error:
        # Without a display nothing is registered, however many browsers there are.
        installed = [name for name in _BROWSERS if shutil.which(name)]
        found = (
            f"{installed[0]} is installed but cannot be opened from here" if installed else "none found"
        )
        mend = "Open the address that voice-coach prints by hand, in any current browser."
        return warn("browser", found, mend)
    return ok("browser", f"the page opens by {found}")


def port(settings: Settings) -> Finding:
    """Whether the server's port is free."""
    host, number = settings.server.host, settings.server.port
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, number))
        except OSError as error:
            found = f"{host}:{number} cannot be used: {error.strerror}"
            mend = "A voice-coach may be running already; or choose another with --port."
            return warn("port", found, mend)
    return ok("port", f"{host}:{number} is free")


def sessions(settings: Settings) -> Finding:
    """Whether calls can be kept."""
    path = settings.store.path
    try:
        open_store(path)
    except VoiceCoachError as error:
        return fail("sessions", str(error), "Choose a folder of your own with --store or [store] folder.")
    return ok("sessions", f"kept in {path}")


def disk(settings: Settings) -> Finding:
    """Whether there is room for the sound of a call."""
    folder = _that_exists(settings.store.path)
    free_mb = shutil.disk_usage(folder).free // 1_000_000
    found = f"{free_mb:,} MB free for sessions"
    if free_mb < _ENOUGH_DISK_MB:
        mend = "An hour of both sides' sound takes about 200 MB: make room, or do not record."
        return warn("disk", found, mend)
    return ok("disk", found)


def clock(_: Settings) -> Finding:
    """Whether the clock can be right: certificates are judged by it, and sessions are listed by it."""
    now = time.strftime("%Y-%m-%d %H:%M", time.localtime())
    if time.time() < _NOT_BEFORE:
        mend = "Set the clock: with a wrong one no browser trusts a training room, and dates are wrong."
        return warn("time", f"the clock says {now}", mend)
    return ok("time", f"it is {now}")


def scenarios(settings: Settings) -> Finding:
    """Whether there is somebody to rehearse with, and one's own scenarios are in order."""
    try:
        shelf = read_shelf(settings.scenarios.path)
    except VoiceCoachError as error:
        return fail("scenarios", str(error), "Install the package again.")
    found = f"{len(shelf.scenarios)} can be rehearsed"
    if not shelf.bad_files:
        return ok("scenarios", found)
    found = f"{found}; {len(shelf.bad_files)} of your own cannot be used"
    mend = f"See what is wrong: voice-coach scenarios check {shelf.bad_files[0].path}"
    return warn("scenarios", found, mend)


def _that_exists(path: Path) -> Path:
    return next(folder for folder in (path.absolute(), *path.absolute().parents) if folder.exists())
