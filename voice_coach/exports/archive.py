"""The archive: whole sessions in one zip, to move them or to keep them; and archives taken in.

A zip holds `voice_coach_archive.json` and, for each session, its files under `sessions/ID/`, as they
stand in the store. What comes in is trusted in nothing: names are matched against what a session may
hold, sizes are bounded while they are read, the journal and the sound must be readable, and a session
appears in the store whole or not at all.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import StrEnum
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final

import msgspec
import soundfile

from voice_coach import __version__
from voice_coach.errors import InputError, VoiceCoachError
from voice_coach.journal.heard import read_heard
from voice_coach.journal.journal import JOURNAL_NAME, read_journal
from voice_coach.journal.kind import HEARD_NAME
from voice_coach.journal.store import (
    check_session_id,
    named_folder,
    open_store,
    session_folder,
    store_trouble,
    sync_folder,
)
from voice_coach.review.tell import tell_review

__all__ = ["ARCHIVE_VERSION", "Fate", "Kept", "read_archive", "write_archive"]

ARCHIVE_VERSION: Final = 1
_MANIFEST: Final = "voice_coach_archive.json"
_FILES: Final = (JOURNAL_NAME, HEARD_NAME, "notes.jsonl", "trainee.flac", "counterpart.flac")
"""What a session may hold in an archive: everything that is not derived."""
_MOST_BYTES: Final = 2 * 1024**3
"""Of one file when unpacked: ten hours of sound."""
_MOST_SESSIONS: Final = 10_000
_MANIFEST_BYTES: Final = 1_000_000
_CHUNK_BYTES: Final = 1 << 20
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError)
"""What zipfile raises for bytes that are not what they should be, and for packing it does not know."""
_MOST_RATIO: Final = 200
"""Text packs ten to one, sound not at all; what packs better than this is made to fill a disk."""


class _Manifest(msgspec.Struct, frozen=True, kw_only=True):
    version: int = msgspec.field(name="voice_coach_archive", default=ARCHIVE_VERSION)
    app: str = __version__
    sessions: tuple[str, ...]


class Fate(StrEnum):
    """What can become of a session of an archive."""

    TAKEN = "taken"
    HERE = "here"
    """The store had it already, and keeps its own."""
    REFUSED = "refused"


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one session of an archive."""

    session: str
    fate: Fate
    problem: str = ""
    """Why it was not taken; empty when it was."""


def write_archive(
    store: Path, sessions: Sequence[str], path: Path, progress: Callable[[int], None] | None = None
) -> None:
    """Write sessions into a new zip at `path`; an existing file is replaced when all is written.

    Args:
        store: The store's folder.
        sessions: Their ids.
        path: The zip.
        progress: Called with the number of sessions done after each one.

    Raises:
        InputError: A session does not exist.
        StoreError: Something cannot be read or written.
    """
    folders = [session_folder(store, session) for session in sessions]
    part = path.with_name(f"{path.name}.part")
    with store_trouble(f"The archive {path} cannot be written"):
        try:
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(_MANIFEST, msgspec.json.encode(_Manifest(sessions=tuple(sessions))))
                for done, folder in enumerate(folders, start=1):
                    for name in _FILES:
                        _add(archive, folder, name)
                    if progress is not None:
                        progress(done)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def _add(archive: zipfile.ZipFile, folder: Path, name: str) -> None:
    file = folder / name
    if not file.is_file():
        return
    packing = zipfile.ZIP_STORED if name.endswith(".flac") else zipfile.ZIP_DEFLATED
    archive.write(file, f"sessions/{folder.name}/{name}", compress_type=packing)


def read_archive(path: Path, store: Path) -> tuple[Kept, ...]:
    """Take the sessions of an archive into the store; each whole, or not at all.

    A session that the store has already is left as it is. One bad session harms no other.

    Returns:
        What became of each session, in the archive's order.

    Raises:
        InputError: It is no voice_coach archive, or of a newer version (code `bad-archive`); or names
            in it point outside (nothing is taken then).
        StoreError: The store cannot be written.
    """
    open_store(store)
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive, path)
            _refuse_foreign_names(archive, path)
            kept = tuple(_take(archive, session, store) for session in dict.fromkeys(manifest.sessions))
    except _BROKEN as error:
        raise InputError(
            f"{path.name} is not a zip file that can be read ({error}); nothing was taken from it.",
            code="bad-archive",
        ) from None
    except OSError as error:
        raise InputError(
            f"{path.name} cannot be opened: {(error.strerror or str(error)).lower()}.", code="bad-archive"
        ) from None
    _look_through(store, kept)
    return kept


def _look_through(store: Path, kept: Sequence[Kept]) -> None:
    """Have reviews ready: an hour's sound takes seconds to look through, and is then remembered."""
    for each in kept:
        if each.fate is Fate.TAKEN:
            # What is wrong with one is said when somebody asks for it.
            with suppress(VoiceCoachError):
                tell_review(store, each.session)


def _manifest(archive: zipfile.ZipFile, path: Path) -> _Manifest:
    try:
        raw = _bounded(archive, archive.getinfo(_MANIFEST), _MANIFEST_BYTES)
        version = msgspec.json.decode(raw, type=dict[str, object]).get("voice_coach_archive")
        if isinstance(version, int) and version > ARCHIVE_VERSION:
            raise InputError(
                f"{path.name} was made by a newer voice_coach (archive version {version}; this one reads"
                f" up to {ARCHIVE_VERSION}). Please update voice_coach.",
                code="bad-archive",
            )
        manifest = msgspec.json.decode(raw, type=_Manifest)
    except (KeyError, msgspec.DecodeError, UnicodeDecodeError, *_BROKEN):
        raise InputError(
            f"{path.name} is a zip, but not an archive of voice_coach: it has no readable {_MANIFEST}.",
            code="bad-archive",
        ) from None
    if len(manifest.sessions) > _MOST_SESSIONS:
        raise InputError(
            f"{path.name} names more than {_MOST_SESSIONS:,} sessions; split it.", code="bad-archive"
        )
    for session in manifest.sessions:
        check_session_id(session)
    return manifest


def _refuse_foreign_names(archive: zipfile.ZipFile, path: Path) -> None:
    for entry in archive.infolist():
        parts = PurePosixPath(entry.filename).parts
        ours = entry.filename == _MANIFEST or (
            len(parts) == 3  # noqa: PLR2004 - sessions/ID/FILE
            and parts[0] == "sessions"
            and parts[2] in _FILES
            and entry.filename == "/".join(parts)
        )
        link = stat.S_ISLNK(entry.external_attr >> 16)
        if not (ours or entry.is_dir()) or ".." in parts or link:
            shown = entry.filename[:80].encode("ascii", "backslashreplace").decode()
            raise InputError(
                f"{path.name} holds {shown!r}, which no session has; nothing was taken from it.",
                code="bad-archive",
            )


def _take(archive: zipfile.ZipFile, session: str, store: Path) -> Kept:
    home = named_folder(store, session)
    if home.exists():
        return Kept(session=session, fate=Fate.HERE, problem=f"Session {session} is here already.")
    # Beside the sessions, so that the last step is a rename; a name that no session can have.
    with TemporaryDirectory(prefix=".import-", dir=home.parent) as place:
        arrived = Path(place) / session
        arrived.mkdir(mode=0o700)
        try:
            for name in _FILES:
                _unpack(archive, f"sessions/{session}/{name}", arrived / name)
            _check(arrived, session)
        except (VoiceCoachError, *_BROKEN) as error:
            problem = f"Session {session} was not taken: {error}"
            return Kept(session=session, fate=Fate.REFUSED, problem=problem)
        with store_trouble(f"Session {session} cannot be put into the store"):
            arrived.rename(home)
            sync_folder(home.parent)
    return Kept(session=session, fate=Fate.TAKEN)


def _unpack(archive: zipfile.ZipFile, name: str, target: Path) -> None:
    try:
        entry = archive.getinfo(name)
    except KeyError:
        return
    if entry.file_size > _MOST_BYTES or entry.file_size > _MOST_RATIO * max(1, entry.compress_size):
        raise InputError(f"{target.name} would unpack to {entry.file_size:,} bytes.", code="bad-archive")
    with (
        store_trouble(f"{target.name} cannot be unpacked"),
        archive.open(entry) as packed,
        target.open("xb") as file,
    ):
        target.chmod(0o600)
        # The directory of a zip can lie about sizes: what is written is counted.
        for chunk in iter(lambda: packed.read(_CHUNK_BYTES), b""):
            file.write(chunk)
            if file.tell() > entry.file_size:
                raise InputError(f"{target.name} is larger than it says.", code="bad-archive")


def _bounded(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    with archive.open(entry) as packed:
        data = packed.read(most + 1)
    if len(data) > most:
        raise KeyError(entry.filename)
    return data


def _check(folder: Path, session: str) -> None:
    """Refuse a session whose truth cannot be read.

    Raises:
        InputError: It has no journal, or that of another session, or sound that is none.
        JournalError: The journal is damaged or newer.
    """
    if not any((folder / name).is_file() for name in (JOURNAL_NAME, HEARD_NAME)):
        raise InputError("it has no journal.", code="bad-archive")
    truths = (JOURNAL_NAME, read_journal), (HEARD_NAME, read_heard)
    for name, read in truths:
        if (folder / name).is_file():
            header = read(folder / name).header
            if header.session != session:
                raise InputError(f"its journal is that of session {header.session}.", code="bad-archive")
    for track in folder.glob("*.flac"):
        try:
            soundfile.info(track)
        except soundfile.SoundFileError as error:
            raise InputError(f"{track.name} is no sound file ({error}).", code="bad-archive") from None
