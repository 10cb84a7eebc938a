"""Deletes calls that are older than the settings keep them, while the server runs."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime

from voice_coach.errors import VoiceCoachError
from voice_coach.journal.retention import forget_old
from voice_coach.settings import StoreSettings

__all__ = ["keep_forgetting"]

_log = logging.getLogger(__name__)

_EVERY_SECONDS = 3600.0


async def keep_forgetting(settings: StoreSettings) -> None:
    """Look at once and then every hour, until cancelled; a store that refuses is tried again."""
    while settings.keep_days:
        try:
            deleted, failed = await asyncio.to_thread(
                forget_old, settings.path, settings.keep_days, datetime.now(UTC)
            )
        except VoiceCoachError as error:
            _log.warning("old calls could not be deleted: %s", error)
        else:
            if deleted or failed:
                _log.warning(
                    "%d calls older than %d days were deleted, %d could not be",
                    *(deleted, settings.keep_days, failed),
                )
        await asyncio.sleep(_EVERY_SECONDS)
