"""Real ears: a table that is cut off for 30 s is heard as one that is not, word for word."""

import asyncio
from pathlib import Path

import numpy as np
import soundfile
from cable import laid_cable
from room_server import running_room
from spoken import silence, spoken

from voice_coach.room_messages import Consent
from voice_coach.settings import ServerSettings, Settings, StoreSettings
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach_benchmarks.room_cut import LINES, differences
from voice_coach_benchmarks.talker import talk
from voice_coach_server.engines import Engines

CUT_SECONDS = 30.0


def said() -> bytes:
    """About 50 s: the sentences, with a breath between them that ends no turn."""
    parts = [part for text in LINES for part in (spoken(text), silence(2.0))]
    return (np.clip(np.concatenate(parts), -1, 1) * 32767).astype("<i2").tobytes()


async def test_no_word_is_lost_in_half_a_minute_without_a_network(
    real_engines: Engines, tmp_path: Path
) -> None:
    settings = Settings(server=ServerSettings(port=0), store=StoreSettings(folder=str(tmp_path)))
    pcm = said()
    async with running_room(settings, real_engines) as room:
        port = int(room.url.rpartition(":")[2])
        whole = room.host.room.join("Whole", "test", Consent())
        cut = room.host.room.join("Cut", "test", Consent())
        async with laid_cable("127.0.0.1", port) as (cable, near), room.page() as page:
            calls = (
                asyncio.create_task(talk(room.call_url(whole.id), pcm)),
                asyncio.create_task(talk(room.call_url(cut.id).replace(str(port), str(near)), pcm)),
            )
            await page.sees(cut.id, lambda state: len(state.last_words.split()) > 2)
            cable.pull()
            away = await page.sees(cut.id, lambda state: not state.connected)
            await asyncio.sleep(CUT_SECONDS)
            shown = room.host.room.state(cut.id)
            assert shown is not None
            assert CUT_SECONDS - 1 < shown.away_seconds < CUT_SECONDS + 5
            cable.mend()
            back = await page.sees(cut.id, lambda state: state.connected)
            assert back.session == away.session
            heard_whole, heard_cut = await asyncio.gather(*calls)
    assert heard_cut.dropped >= 1
    truth = " ".join(LINES)
    lost, other = differences(truth, heard_cut.words)
    assert not lost, f"lost {lost} in {heard_cut.words!r}"
    # Ears mistake a word now and then. The call that was not cut may have ended before all was said.
    _, other_whole = differences(truth, heard_whole.words)
    assert other <= other_whole + 2, f"{heard_cut.words!r} against {heard_whole.words!r}"

    # Both tracks are of one length at the end: the shorter is filled up with silence.
    kept, _ = soundfile.read(tmp_path / "sessions" / heard_cut.session / "trainee.flac", dtype="int16")
    sent = np.frombuffer(bytes(heard_cut.sent), "<i2")
    both = min(len(kept), len(sent))
    assert len(sent) - both < SAMPLE_RATE_HZ, "all but what came after the end"
    np.testing.assert_array_equal(kept[:both], sent[:both])
