"""Weights are data, so they are pinned by SHA-256: are these files what this version was made for?

Hashing 75 MB costs a tenth of a second; a stamp of size and modification time in the cache folder makes
the next start free.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec
import platformdirs

from voice_coach.errors import ModelError

__all__ = ["cache_folder", "remember", "verify", "verify_fresh"]


class _Stamp(msgspec.Struct, frozen=True, kw_only=True):
    """What a file looked like when its digest was last computed."""

    size_bytes: int
    modified_ns: int
    sha256: str

    @classmethod
    def of(cls, path: Path, sha256: str) -> _Stamp:
        found = path.stat()
        return cls(size_bytes=found.st_size, modified_ns=found.st_mtime_ns, sha256=sha256)


def cache_folder() -> Path:
    """Give the folder for stamps, and for models that had to be put together."""
    return platformdirs.user_cache_path("voice_coach") / "models"


def verify(what: str, folder: Path, wanted: Mapping[str, str]) -> None:
    """Compare files with their digests, computing only those that are not known yet.

    Args:
        what: How an error begins, such as "The speech model 'base'".
        folder: Where the files are.
        wanted: File name to SHA-256.

    Raises:
        ModelError: A file cannot be read, or is another one.
    """
    known = _remembered()
    fresh: dict[str, _Stamp] = {}
    digests: dict[str, str] = {}
    for file in wanted:
        path = folder / file
        try:
            stamp = known.get(str(path))
            if stamp is None or stamp != _Stamp.of(path, stamp.sha256):
                stamp = fresh[str(path)] = _Stamp.of(path, _sha256(path))
        except OSError as error:
            raise ModelError(
                f"{what} is incomplete: {path} cannot be read ({error.strerror}); "
                "install its package again."
            ) from error
        digests[file] = stamp.sha256
    _compare(what, folder, digests, wanted)
    if fresh:
        _write(fresh)


def verify_fresh(what: str, folder: Path, wanted: Mapping[str, str]) -> None:
    """Compare files that were just made, whatever is known.

    Raises:
        ModelError: A file is another one.
        OSError: A file cannot be read.
    """
    _compare(what, folder, {file: _sha256(folder / file) for file in wanted}, wanted)


def remember(folder: Path, digests: Mapping[str, str]) -> None:
    """Take these digests as known for the files as they are now."""
    _write({str(folder / file): _Stamp.of(folder / file, digest) for file, digest in digests.items()})


def _compare(what: str, folder: Path, digests: Mapping[str, str], wanted: Mapping[str, str]) -> None:
    for file, digest in wanted.items():
        if digests[file] != digest:
            raise ModelError(
                f"{what} is damaged: {folder / file} is not the file this version "
                "was made for (its SHA-256 differs); install its package again."
            )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _remembered() -> dict[str, _Stamp]:
    try:
        return msgspec.json.decode(
            (cache_folder() / "verified.json").read_bytes(), type=dict[str, _Stamp]
        )
    except (OSError, msgspec.DecodeError):
        # No stamps, or unreadable ones, only mean that the digests are computed again.
        return {}


def _write(fresh: Mapping[str, _Stamp]) -> None:
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".verified-") as scratch:
            made = Path(scratch) / "verified.json"
            made.write_bytes(msgspec.json.encode({**_remembered(), **fresh}))
            made.replace(folder / made.name)
    except OSError:
        # A cache that cannot be written costs a tenth of a second at each start, nothing else.
        return
