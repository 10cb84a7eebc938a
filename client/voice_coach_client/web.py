"""Where the files of the browser overlay are."""

from __future__ import annotations

from pathlib import Path

from voice_coach.errors import VoiceCoachError

__all__ = ["web_folder"]


def web_folder(package_folder: Path | None = None) -> Path:
    """Give the folder that holds `index.html`.

    In a wheel the page travels inside this package; in an editable install it stands beside it, as
    `client/web`.

    Raises:
        VoiceCoachError: The page is in neither place, so the installation is damaged.
    """
    package = package_folder or Path(__file__).parent
    for folder in (package / "web", package.parent / "web"):
        if folder.is_dir():
            return folder
    raise VoiceCoachError(
        f"The browser overlay is missing: there is no folder {package / 'web'}; "
        "install voice-coach again.",
        code="no-web-folder",
    )
