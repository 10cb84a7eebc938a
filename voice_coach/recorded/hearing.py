"""Listens to a recorded call: reads it, finds the utterances, understands several at once, keeps it all.

One thread reads and cuts, two understand. What has been cut waits in a small pool, out of which pieces of
like length (`joining`) are taken together: the decoder goes through its weights once for all of them, and
little of the work is padding. Nothing here grows with the call: two hours take the memory of two minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from voice_coach.coaching.turn import Speaker
from voice_coach.counterpart.story import Scenario
from voice_coach.journal.heard import Ended, HeardHeader, HeardWriter, Side, Utterance
from voice_coach.journal.recording import recover
from voice_coach.journal.store import named_folder, new_session_id, open_store
from voice_coach.journal.track import Track
from voice_coach.recorded.call_file import Block, CallFile, open_call
from voice_coach.recorded.cutting import Cut, Cutter
from voice_coach.recorded.joining import Piece, join
from voice_coach.recorded.survey import Survey, survey
from voice_coach.recorded.tell import count_moves
from voice_coach.speech.audio import float_to_pcm
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ, BatchTranscriber
from voice_coach.speech.voice_activity import VoiceActivity

__all__ = ["Ears", "Progress", "Wishes", "hear_call"]

_POOL_SAMPLES: Final = 160 * SAMPLE_RATE_HZ
"""Speech among which pieces of like length are looked for."""
_TOGETHER: Final = 4
"""Pieces for one run of the decoder; more save nothing."""
_WAITING: Final = 4
"""Batches under way or waiting for a thread, past which reading waits for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ears:
    """What a call is heard with."""

    transcriber: BatchTranscriber
    activity: VoiceActivity
    threads: int = 2
    """Batches understood at the same time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the person who brings a call says about it."""

    name: str
    """What the file is called."""
    mine: Side = Side.LEFT
    """The trainee's channel, when there are two."""
    scenario: Scenario | None = None
    """What the call was about, if it is one of the scenarios."""
    language: str = "en"
    """What the ears were told is spoken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the ears have come."""

    seconds_done: float
    seconds_total: float
    session: str
    """Empty while the file is looked through."""


GoesOn = Callable[[Progress], bool]
"""Told of progress about once a second of the call; False ends the hearing and keeps what is done."""


def hear_call(path: Path, store: Path, ears: Ears, wishes: Wishes, goes_on: GoesOn) -> str | None:
    """Hear a file and keep what was heard in the store.

    Args:
        path: The file.
        store: The store's folder; created if need be.
        ears: What to hear with.
        wishes: What is known about the call.
        goes_on: Asked whether to go on.

    Returns:
        The new session's id; None when it was ended before anything was heard.

    Raises:
        AudioError: The file cannot be heard at all; nothing is kept then.
        ModelError: The speech model failed; what was heard before is kept.
        StoreError: The disk refused; what was written before is kept.
    """
    call = open_call(path)
    session = new_session_id(datetime.now(UTC))
    guess = call.seconds or 0.0
    found = survey(call, lambda _: goes_on(Progress(seconds_done=0.0, seconds_total=guess, session="")))
    if found is None:
        return None
    header = HeardHeader(
        session=session,
        created=datetime.now(UTC),
        source=wishes.name,
        channels=call.channels,
        sides=found.sides,
        rate_hz=call.rate_hz,
        seconds=round(found.seconds, 3),
        model=ears.transcriber.name,
        language=wishes.language,
        mine=wishes.mine if len(found.sides) > 1 else Side.BOTH,
        scenario_id=wishes.scenario.id if wishes.scenario else "",
        scenario_source=wishes.scenario.source_text if wishes.scenario else "",
        remarks=found.remarks,
    )
    _Hearing(call, found, header, ears, named_folder(open_store(store), session)).run(goes_on)
    return session


class _Hearing:
    """One call on its way from the file into the session's folder."""

    def __init__(
        self, call: CallFile, found: Survey, header: HeardHeader, ears: Ears, folder: Path
    ) -> None:
        self._call = call
        self._survey = found
        self._header = header
        self._ears = ears
        self._folder = folder
        self._writer: HeardWriter
        self._threads: ThreadPoolExecutor
        self._pool: list[Cut] = []
        self._batches: dict[Future[list[Utterance]], list[Piece]] = {}
        self._read_samples = 0

    def run(self, goes_on: GoesOn) -> None:
        with ExitStack() as stack:
            self._writer = HeardWriter.create(self._folder, self._header)
            stack.callback(self._writer.close)
            stack.callback(recover, self._folder)
            tracks = self._open_tracks(stack)
            self._threads = ThreadPoolExecutor(self._ears.threads, thread_name_prefix="hearing")
            # A failure must not wait for what nobody will read.
            stack.callback(self._threads.shutdown, cancel_futures=True)
            cutter = Cutter(self._header.sides, self._ears.activity)
            complete = True
            for block in self._call.blocks():
                sound = self._survey.to_hear(block)
                self._keep(tracks, sound)
                for cut in cutter.feed(sound):
                    self._take(cut)
                if not goes_on(self._progress(cutter)):
                    complete = False
                    break
            seconds = (self._read_samples if complete else cutter.settled_sample) / SAMPLE_RATE_HZ
            for cut in cutter.rest() if complete else ():
                self._take(cut)
            self._understand_rest()
            self._end(seconds, complete=complete, echoes=cutter.echoes)

    def _open_tracks(self, stack: ExitStack) -> list[Track]:
        tracks = []
        for side in self._header.sides:
            mine = side is self._header.mine
            speaker = Speaker.TRAINEE if mine else Speaker.COUNTERPART
            track = Track.create(self._folder / f"{speaker.value}.wav", SAMPLE_RATE_HZ)
            stack.callback(track.close)
            tracks.append(track)
        return tracks

    def _keep(self, tracks: list[Track], sound: Block) -> None:
        for track, channel in zip(tracks, sound, strict=True):
            track.write(self._read_samples, float_to_pcm(channel))
        self._read_samples += sound.shape[1]

    # ------------------------------------------------------------ understanding

    def _take(self, cut: Cut) -> None:
        self._pool.append(cut)
        if sum(len(waiting.audio) for waiting in self._pool) >= _POOL_SAMPLES:
            self._submit_pool()
            while len(self._batches) > _WAITING:
                self._write_done()

    def _submit_pool(self) -> None:
        pieces = join(self._pool)
        for first in range(0, len(pieces), _TOGETHER):
            batch = pieces[first : first + _TOGETHER]
            self._batches[self._threads.submit(self._understand, batch)] = batch
        self._pool = []

    def _understand(self, pieces: list[Piece]) -> list[Utterance]:
        """In a thread of its own."""
        hear = self._ears.transcriber.transcribe_batch
        found: list[Utterance] = []
        heard = hear([piece.audio for piece in pieces], final=True, word_times=True)
        for piece, transcript in zip(pieces, heard, strict=True):
            if transcript.text and not transcript.words and len(piece.cuts) > 1:
                # Nobody can tell which utterance the words belong to: each is heard on its own.
                found += self._understand([piece for cut in piece.cuts for piece in join([cut])])
            else:
                found += piece.share_out(transcript)
        return found

    def _understand_rest(self) -> None:
        self._submit_pool()
        while self._batches:
            self._write_done()

    def _write_done(self) -> None:
        """Wait until some batch is understood, and write down what it says."""
        done, _ = wait(self._batches, return_when=FIRST_COMPLETED)
        for future in done:
            del self._batches[future]
            for utterance in future.result():
                self._writer.append(utterance)

    def _progress(self, cutter: Cutter) -> Progress:
        waiting = [cut.start_sample for cut in self._pool]
        for batch in self._batches.values():
            waiting += [cut.start_sample for piece in batch for cut in piece.cuts]
        return Progress(
            seconds_done=min([cutter.settled_sample, *waiting]) / SAMPLE_RATE_HZ,
            seconds_total=self._survey.seconds,
            session=self._header.session,
        )

    def _end(self, seconds: float, *, complete: bool, echoes: int) -> None:
        remarks: list[str] = []
        if not complete:
            remarks.append(
                f"The hearing was stopped at {_clock(seconds)} of {_clock(self._survey.seconds)}."
            )
        if self._survey.damaged:
            remarks.append("The file is damaged or breaks off: what could not be decoded was left out.")
        if echoes:
            remarks.append("One channel is heard faintly on the other; that was left out.")
        counts = count_moves(self._folder)
        self._writer.append(
            Ended(
                seconds=round(seconds, 3),
                complete=complete,
                echoes=echoes,
                turns=counts.turns,
                labels=counts.labels,
                summaries=counts.summaries,
                thats_right=counts.thats_right,
                moves=counts.moves,
                checks=counts.checks,
                remarks=tuple(remarks),
            )
        )


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"
