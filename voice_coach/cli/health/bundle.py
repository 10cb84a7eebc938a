"""A report for somebody who helps: what this machine and its calls are like, and no words.

What stands in it is chosen, not what is left out: versions, settings, findings, numbers of the calls of
late, and what a running server counts. Texts of people and names of calls have no way in; a home folder
is written as `~`.
"""

from __future__ import annotations

import http.client
import io
import os
import platform
import sys
import zipfile
from collections import Counter
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Final

import msgspec

from voice_coach import __version__
from voice_coach.cli.health.finding import Finding
from voice_coach.conversation import events as e
from voice_coach.errors import StoreError, VoiceCoachError
from voice_coach.journal.journal import JOURNAL_NAME, read_journal
from voice_coach.journal.store import named_folder, session_ids
from voice_coach.settings import Settings

__all__ = ["CallFigures", "write_bundle"]

_CALLS: Final = 20
_ASK_SECONDS: Final = 2.0


class CallFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One call in numbers."""

    app: str
    model: str
    voice: str
    complete: bool
    torn: bool
    seconds: float
    events: dict[str, int]
    """How many of each kind."""
    dropped: dict[str, int]
    """Transcripts that were not made, by reason."""
    fallbacks: int
    longest_decode_seconds: float


def write_bundle(path: Path, settings: Settings, findings: Sequence[Finding]) -> None:
    """Write the report as a zip file.

    Args:
        path: Where; an existing file is replaced.
        settings: What is set.
        findings: What the doctor found.

    Raises:
        StoreError: It cannot be written.
    """
    parts = {
        "findings.jsonl": b"\n".join(msgspec.json.encode(finding) for finding in findings),
        "versions.json": msgspec.json.encode(_versions()),
        "settings.json": msgspec.json.encode(settings),
        "calls.json": msgspec.json.encode(_calls(settings.store.path)),
        "health.json": _asked(settings, "/healthz"),
        "metrics.txt": _asked(settings, "/metrics"),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, _without_home(data))
    try:
        path.write_bytes(packed.getvalue())
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {(error.strerror or str(error)).lower()}.") from None


def _versions() -> dict[str, object]:
    return {
        "voice_coach": __version__,
        "python": sys.version,
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cores": os.cpu_count(),
        "packages": {one.metadata["Name"]: one.version for one in metadata.distributions()},
    }


def _calls(store: Path) -> list[CallFigures | str]:
    """The newest calls in numbers; of one that cannot be read the code of its error."""
    figures: list[CallFigures | str] = []
    try:
        newest = session_ids(store)[-_CALLS:]
    except VoiceCoachError as error:
        return [error.stable_code]
    for session in newest:
        try:
            figures.append(_figures(named_folder(store, session) / JOURNAL_NAME))
        except VoiceCoachError as error:
            figures.append(error.stable_code)
    return figures


def _figures(file: Path) -> CallFigures:
    journal = read_journal(file)
    happened = [exchange.event for exchange in journal.exchanges()]
    finals = [event for event in happened if isinstance(event, e.TranscriptFinal)]
    dropped = [event for event in happened if isinstance(event, e.TranscriptDropped)]
    return CallFigures(
        app=journal.header.app,
        model=Path(journal.header.model).name,
        voice=journal.header.voice,
        complete=journal.complete,
        torn=journal.torn,
        seconds=max((event.at for event in happened), default=0.0),
        events=dict(Counter(type(event).__name__ for event in happened)),
        dropped=dict(Counter(event.reason for event in dropped)),
        fallbacks=sum(event.fallback for event in finals),
        longest_decode_seconds=max((event.decode_seconds for event in finals), default=0.0),
    )


def _asked(settings: Settings, address: str) -> bytes:
    """Ask a server that runs here; what it answers is numbers only."""
    connection = http.client.HTTPConnection(
        settings.server.host, settings.server.port, timeout=_ASK_SECONDS
    )
    try:
        connection.request("GET", address)
        return connection.getresponse().read(1_000_000)
    except (OSError, http.client.HTTPException):
        return b"no server answers"
    finally:
        connection.close()


def _without_home(data: bytes) -> bytes:
    home = str(Path.home())
    return data if home in ("/", "") else data.replace(home.encode(), b"~")
