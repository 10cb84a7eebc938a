"""How the trainee spoke, added to a review. What the sound tells is kept until the sound changes."""

from __future__ import annotations

from pathlib import Path

import msgspec

from voice_coach.coaching.turn import Speaker
from voice_coach.errors import AudioError
from voice_coach.journal.recording import find_tracks
from voice_coach.review.cache import Kept
from voice_coach.review.delivery import figures
from voice_coach.review.label_pitch import label_pitches
from voice_coach.review.review import Figure, LabelPitch, Review
from voice_coach.review.sound import TrackSound
from voice_coach.speech.pitch import SwiftPitchTracker

__all__ = ["with_delivery"]

_pitch = SwiftPitchTracker()


class _Delivery(msgspec.Struct, frozen=True, kw_only=True):
    figures: tuple[Figure, ...]
    label_pitches: tuple[LabelPitch, ...]


def with_delivery(review: Review, folder: Path) -> Review:
    """Add the figures and how labels ended; what only the sound tells is left open without it.

    Args:
        review: The call.
        folder: The session's folder.

    Raises:
        StoreError: The trainee's track cannot be looked at.
    """
    heard = Speaker.TRAINEE in {track.side for track in review.tracks}
    track = find_tracks(folder).get(Speaker.TRAINEE) if heard else None
    if track is None:
        return _unheard(review)
    kept = Kept(folder / "trainee.delivery", track, review.turns)
    data = kept.read()
    if data is None:
        try:
            delivery = _hear(review, track)
        except AudioError as error:
            return _unheard(review, f"How you sounded is not measured: {error}")
        kept.write(msgspec.json.encode(delivery))
    else:
        delivery = msgspec.json.decode(data, type=_Delivery)
    return msgspec.structs.replace(review, figures=delivery.figures, label_pitches=delivery.label_pitches)


def _hear(review: Review, track: Path) -> _Delivery:
    with TrackSound(track) as sound:
        return _Delivery(
            figures=figures(review.turns, sound),
            label_pitches=label_pitches(review.turns, sound, _pitch),
        )


def _unheard(review: Review, *remarks: str) -> Review:
    return msgspec.structs.replace(
        review, figures=figures(review.turns, None), remarks=(*review.remarks, *remarks)
    )
