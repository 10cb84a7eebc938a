"""Every form in which one call can leave, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Final

import msgspec

from voice_coach.exports.archive import write_archive
from voice_coach.exports.captions import as_srt, as_webvtt
from voice_coach.exports.mixdown import mixdown
from voice_coach.exports.report import as_html
from voice_coach.exports.table import as_csv
from voice_coach.journal.recording import find_tracks
from voice_coach.journal.store import session_folder
from voice_coach.review.review import Review
from voice_coach.review.tell import tell_review

__all__ = ["MEDIA_TYPES", "Exported", "Format", "export"]


class Format(StrEnum):
    """What a call can be exported as; also the file's ending."""

    HTML = "html"
    JSON = "json"
    CSV = "csv"
    VTT = "vtt"
    SRT = "srt"
    ZIP = "zip"


MEDIA_TYPES: Final[Mapping[Format, str]] = MappingProxyType(
    {
        Format.HTML: "text/html; charset=utf-8",
        Format.JSON: "application/json",
        Format.CSV: "text/csv; charset=utf-8",
        Format.VTT: "text/vtt; charset=utf-8",
        Format.SRT: "application/x-subrip; charset=utf-8",
        Format.ZIP: "application/zip",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A file to be kept or sent."""

    name: str
    media_type: str
    data: bytes


def export(store: Path, session: str, form: Format, *, audio: bool = False) -> Exported:
    """Give one session as a file. Takes seconds with sound in it: keep it out of an event loop.

    Args:
        store: The store's folder.
        session: Its id.
        form: As what.
        audio: For a report: with the sound of both sides in it. An archive always has it.

    Raises:
        InputError: There is no such session.
        JournalError: Its journal cannot be read.
        AudioError: Sound is wanted, and there is none or it is damaged.
        StoreError: Something cannot be read.
    """
    if form is Format.ZIP:
        data = _archive(store, session)
    else:
        review = tell_review(store, session)
        if form is Format.HTML:
            sound = mixdown(find_tracks(session_folder(store, session))) if audio else None
            data = as_html(review, sound).encode()
        else:
            data = _PLAIN[form](review)
    return Exported(name=f"call-{session}.{form}", media_type=MEDIA_TYPES[form], data=data)


_PLAIN: Final[Mapping[Format, Callable[[Review], bytes]]] = MappingProxyType(
    {
        Format.JSON: lambda review: msgspec.json.format(msgspec.json.encode(review), indent=2) + b"\n",
        # The mark tells spreadsheets that it is UTF-8.
        Format.CSV: lambda review: as_csv(review).encode("utf-8-sig"),
        Format.VTT: lambda review: as_webvtt(review).encode(),
        Format.SRT: lambda review: as_srt(review).encode(),
    }
)


def _archive(store: Path, session: str) -> bytes:
    with TemporaryDirectory() as place:
        path = Path(place) / "call.zip"
        write_archive(store, [session], path)
        return path.read_bytes()
