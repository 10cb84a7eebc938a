"""The store: one private folder that keeps sessions, each a folder named by its id.

An id such as `20261123-184501-k3f9` sorts by time and is safe in a path. Ids that come from outside
(a command line, a URL, a client that resumes) pass through `check_session_id` or `session_folder`
before they touch the disk, so that no id can name anything but a session's own folder.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from voice_coach.errors import InputError, StoreError

__all__ = [
    "check_session_id",
    "finish_removals",
    "named_folder",
    "new_session_id",
    "open_store",
    "remove_session",
    "session_created",
    "session_folder",
    "session_ids",
    "store_trouble",
    "sync_folder",
    "unknown_session",
]

_SESSIONS = "sessions"
_DOOMED = ".deleted-"
_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[a-z0-9]{4}")
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""No 0 or o, 1, i or l: ids are read aloud in a training room."""


def new_session_id(now: datetime) -> str:
    """Give a new id for a session that is created `now` (an aware time; it is written in UTC)."""
    tail = "".join(secrets.choice(_ALPHABET) for _ in range(4))
    return f"{now.astimezone(UTC):%Y%m%d-%H%M%S}-{tail}"


def check_session_id(text: str) -> str:
    """Give `text` back if it has the form of a session id.

    Raises:
        InputError: It has not (code `unknown-session`).
    """
    if _ID.fullmatch(text) is None:
        shown = text if len(text) <= 40 else f"{text[:40]}..."  # noqa: PLR2004 - one terminal line
        raise InputError(
            f"{shown!r} is not a session id; one looks like 20261123-184501-k3f9.",
            code="unknown-session",
        )
    return text


def session_created(session: str) -> datetime | None:
    """Give the time that stands in an id; None when its digits are no date."""
    try:
        return datetime.strptime(session[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def named_folder(store: Path, session: str) -> Path:
    """Where a session of this id is kept, whether or not it exists yet.

    Raises:
        InputError: The id is malformed (code `unknown-session`).
    """
    return store / _SESSIONS / check_session_id(session)


def session_folder(store: Path, session: str) -> Path:
    """Give the folder of a session that exists.

    Raises:
        InputError: The id is malformed, or there is no such session (code `unknown-session`).
    """
    folder = named_folder(store, session)
    if not folder.is_dir() or folder.is_symlink():
        raise unknown_session(session)
    return folder


def unknown_session(session: str) -> InputError:
    """Give the error for a session that is not there, or that somebody may not know of."""
    return InputError(
        f"There is no session {session}; `voice-coach sessions list` shows those there are.",
        code="unknown-session",
    )


def open_store(store: Path) -> Path:
    """Make the store ready: what does not exist yet is created so that only its owner can read it.

    Raises:
        StoreError: The folder cannot be created, or is not a folder.
    """
    with store_trouble(f"The store folder {store} cannot be used"):
        store.mkdir(mode=0o700, parents=True, exist_ok=True)
        (store / _SESSIONS).mkdir(mode=0o700, exist_ok=True)
    return store


def session_ids(store: Path) -> list[str]:
    """Give the ids of all session folders, oldest first. Anything else in there is left alone."""
    with store_trouble(f"The sessions in {store} cannot be listed"):
        return sorted(
            entry.name
            for entry in os.scandir(store / _SESSIONS)
            if _ID.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False)
        )


def remove_session(store: Path, session: str) -> None:
    """Remove a session's folder with all that is in it, for good.

    Raises:
        InputError: There is no such session (code `unknown-session`).
        StoreError: Something in it cannot be removed.
    """
    folder = session_folder(store, session)
    with store_trouble(f"Session {session} cannot be deleted"):
        # Renamed first: from here on the session is gone, and a crash leaves work to finish later.
        doomed = folder.rename(folder.with_name(_DOOMED + session))
        sync_folder(folder.parent)
        _remove_tree(doomed)
        sync_folder(folder.parent)


def finish_removals(store: Path) -> None:
    """Remove what a crash left of sessions that were being removed.

    Raises:
        StoreError: Something in it cannot be removed.
    """
    with store_trouble(f"What is left of deleted sessions in {store} cannot be removed"):
        for doomed in (store / _SESSIONS).glob(f"{_DOOMED}*"):
            _remove_tree(doomed)


def _remove_tree(folder: Path) -> None:
    """Remove a folder; another program may be doing the same at the same time."""
    while folder.exists():
        with suppress(FileNotFoundError):
            shutil.rmtree(folder)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut (file systems that cannot are left alone)."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        # Some network file systems refuse to sync a folder; the files in it are synced all the same.
        with suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def store_trouble(sentence: str) -> Iterator[None]:
    """Turn an `OSError` inside the block into a `StoreError` that begins with `sentence`."""
    try:
        yield
    except OSError as error:
        in_place = isinstance(error, FileExistsError)
        reason = "a file stands in its place" if in_place else (error.strerror or str(error)).lower()
        raise StoreError(
            f"{sentence}: {reason}. Make room or mend the folder, or choose another with --store"
            " or the setting store.folder."
        ) from error
