"""Answers requests with an engine of this process: everything about a replica but Ray."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import numpy as np

from voice_coach.errors import AudioError, VoiceCoachError
from voice_coach.speech.transcriber import Audio, BatchTranscriber, Transcriber
from voice_coach.speech.voice import Voice
from voice_coach_cluster.wire import (
    Answer,
    Failed,
    Hear,
    Heard,
    Named,
    NameYourself,
    Refused,
    Request,
    Say,
    Sound,
    Stamp,
    Timed,
    TimeWords,
    read_request,
    read_stamp,
)

__all__ = ["admitted", "hear_together", "recognised", "said"]


def admitted(mine: Stamp, stamp: bytes, request: bytes) -> Request | Refused | Failed:
    """Read a request whose stamp fits; gives the answer instead where there is none to read."""
    try:
        if not mine.fits(read_stamp(stamp)):
            return Refused(stamp=mine)
        return read_request(request)
    except msgspec.DecodeError as error:
        return Failed(sentence=f"A request could not be read: {error}.", of_audio=False)


def recognised(transcriber: Transcriber, request: Request) -> Answer:
    """Answer a request to a recogniser. Blocking."""
    return _answered(lambda: _recognised(transcriber, request))


def hear_together(transcriber: BatchTranscriber, partials: list[Hear]) -> list[Answer]:
    """Answer partials of several fronts with one run of the decoder. Blocking.

    Each must have one clip and no prefix. If one spoils it for all, each is answered alone.
    """
    clips = [_audio(partial.clips[0]) for partial in partials]
    together = _answered(
        lambda: Heard(transcripts=tuple(transcriber.transcribe_batch(clips, final=False)))
    )
    if isinstance(together, Heard):
        return [Heard(transcripts=(transcript,)) for transcript in together.transcripts]
    return [recognised(transcriber, partial) for partial in partials]


def said(voice: Voice, request: Request) -> Answer:
    """Answer a request to a voice. Blocking."""
    return _answered(lambda: _said(voice, request))


def _answered(work: Callable[[], Answer]) -> Answer:
    try:
        return work()
    except VoiceCoachError as error:
        return Failed(sentence=str(error), of_audio=isinstance(error, AudioError))


def _recognised(transcriber: Transcriber, request: Request) -> Answer:
    match request:
        case TimeWords():
            return Timed(words=transcriber.time_words(_audio(request.clip), request.text))
        case Hear(clips=(clip,)):
            transcript = transcriber.transcribe(
                _audio(clip),
                final=request.final,
                prefix=request.prefix,
                words=request.words,
                word_times=request.word_times,
            )
            return Heard(transcripts=(transcript,))
        case Hear() if isinstance(transcriber, BatchTranscriber):
            clips = [_audio(clip) for clip in request.clips]
            heard = transcriber.transcribe_batch(
                clips, final=request.final, word_times=request.word_times
            )
            return Heard(transcripts=tuple(heard))
        case NameYourself():
            return Named(name=transcriber.name)
    return _not_mine("recogniser", request)


def _said(voice: Voice, request: Request) -> Answer:
    match request:
        case Say():
            spoken = voice.speak(request.sentence, request.delivery, request.style)
            return Sound(pcm=spoken.pcm, sample_rate_hz=spoken.sample_rate_hz)
        case NameYourself():
            return Named(name=voice.name)
    return _not_mine("voice", request)


def _not_mine(who: str, request: Request) -> Failed:
    return Failed(sentence=f"A {who} cannot do {type(request).__name__}.", of_audio=False)


def _audio(clip: bytes) -> Audio:
    if len(clip) % 4:
        raise AudioError(f"float32 audio needs a multiple of 4 bytes, not {len(clip)}.")
    return np.frombuffer(clip, dtype="<f4")
