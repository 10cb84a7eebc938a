"""A table whose link goes down for half a minute: is a word lost?

usage: sudo python -m voice_coach_benchmarks.room_cut [--seconds S] [--json]

A real room with the real ears runs in this process. One table sits behind a link of its own, in a network
namespace (Linux, root), which is taken down for `--seconds` while it speaks; nobody is told, as when
somebody walks out of the wireless. The baseline is a table that says the same at the same time with no
link in between. Both are compared with what was said.
"""

from __future__ import annotations

import argparse
import asyncio
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from difflib import SequenceMatcher
from typing import Final

import msgspec

from voice_coach.cli.engines import open_engines
from voice_coach.counterpart.reply import Delivery
from voice_coach.room_messages import Consent, Join, Joined, TableState
from voice_coach.settings import Settings
from voice_coach.speech.transcriber import SAMPLE_RATE_HZ
from voice_coach.speech.voice import Voice
from voice_coach_benchmarks.talker import talk
from voice_coach_client.credentials import Credentials
from voice_coach_client.resampling import resample
from voice_coach_client.web import web_folder
from voice_coach_server.app import running_server
from voice_coach_server.engines import Engines
from voice_coach_server.room.opened import OpenedRoom

__all__ = ["LINES", "Heard", "Report", "differences", "table"]

_NAMESPACE: Final = "voice-coach-cut"
_NEAR, _FAR = "vc-cut-near", "vc-cut-far"
_NEAR_ADDRESS: Final = "10.203.77.1"
_FAR_ADDRESS: Final = "10.203.77.2"
_FIRST_WORDS: Final = 3
_BREATH_SECONDS: Final = 2.0
_LOOK_SECONDS: Final = 0.02
_LONGEST_SECONDS: Final = 180.0

LINES: Final = (
    "It sounds like you were left alone with this.",
    "You expected somebody to call, and nobody did.",
    "Your own people had to explain it to the board.",
    "It seems like the money is not what worries you most.",
    "You want to know who picks up the phone at night.",
    "What would have to happen for you to trust us again?",
    "I would like to hear what the last outage was like for your team.",
    "How am I supposed to do that without a budget for it?",
    "It looks like this year has been hard on everybody there.",
)


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What was heard of one table."""

    words: int
    """That were said."""
    lost: tuple[str, ...]
    """Words that are missing."""
    mistaken: int
    """Words that were taken for others."""
    came_back: int
    """How often the connection broke and came back."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The table that was cut off, and the one that was not."""

    model: str
    seconds: float
    """How long the link was down."""
    noticed_after_seconds: float
    """From the cut to the moment the room knew."""
    back_after_seconds: float
    """From the mended link to the moment the table was back."""
    same_call: bool
    cut: Heard
    whole: Heard


class _Task(msgspec.Struct, frozen=True, kw_only=True):
    """What the table behind the link is told."""

    authority: str
    token: str
    pcm: bytes


class _Sent(msgspec.Struct, frozen=True, kw_only=True):
    """What the table behind the link tells this process at the end."""

    session: str
    words: str
    dropped: int


def differences(said: str, heard: str) -> tuple[tuple[str, ...], int]:
    """Give the words that are missing, and how many were taken for others."""
    truth, found = _words(said), _words(heard)
    changes = SequenceMatcher(a=truth, b=found, autojunk=False).get_opcodes()
    lost = tuple(
        word for kind, start, end, _, _ in changes if kind == "delete" for word in truth[start:end]
    )
    return lost, sum(end - start for kind, start, end, _, _ in changes if kind == "replace")


def _words(text: str) -> list[str]:
    return ["".join(c for c in word if c.isalnum()) for word in text.lower().split()]


@contextmanager
def _link() -> Iterator[None]:
    """Lay a link into a namespace of its own.

    Raises:
        SystemExit: This machine does not let us.
    """
    try:
        _ip("netns", "add", _NAMESPACE)
    except (OSError, subprocess.CalledProcessError):
        raise SystemExit("This needs Linux, the program ip, and root.") from None
    try:
        _ip("link", "add", _NEAR, "type", "veth", "peer", "name", _FAR, "netns", _NAMESPACE)
        _ip("addr", "add", f"{_NEAR_ADDRESS}/24", "dev", _NEAR)
        _ip("link", "set", _NEAR, "up")
        _ip("-n", _NAMESPACE, "addr", "add", f"{_FAR_ADDRESS}/24", "dev", _FAR)
        _ip("-n", _NAMESPACE, "link", "set", _FAR, "up")
        yield
    finally:
        _ip("netns", "delete", _NAMESPACE)


def _ip(*words: str) -> None:
    subprocess.run(("ip", *words), check=True, capture_output=True)  # noqa: S603, S607 - our own words


async def _cut_off(settings: Settings, engines: Engines, pcm: bytes, seconds: float) -> Report:
    room = OpenedRoom(settings, "Benchmark", (_NEAR_ADDRESS,))
    authority = room.certificate.authority_pem.decode()
    async with running_server(settings, engines, web_folder(), room) as address:
        whole, cut = (
            room.door.join(Join(code=room.door.code, name=name, consent=Consent()), _FAR_ADDRESS)
            for name in ("Whole", "Cut")
        )
        credentials = Credentials(tls=ssl.create_default_context(cadata=authority), token=whole.token)
        uncut = asyncio.create_task(talk(address.websocket_url, pcm, credentials=credentials))
        child = await _table_behind_the_link(address.websocket_url, authority, cut, pcm)
        speaking = asyncio.create_task(child.communicate())
        await _until(lambda: len(_state(room, cut).last_words.split()) >= _FIRST_WORDS)
        session = _state(room, cut).session
        cut_at = time.monotonic()
        _ip("-n", _NAMESPACE, "link", "set", _FAR, "down")
        noticed = asyncio.create_task(_until(lambda: not _state(room, cut).connected))
        await asyncio.sleep(seconds)
        _ip("-n", _NAMESPACE, "link", "set", _FAR, "up")
        mended_at = time.monotonic()
        noticed_after = await noticed - cut_at
        back_after = await _until(lambda: _state(room, cut).connected) - mended_at
        output, _ = await speaking
        told = await uncut
    room.close()
    sent = msgspec.json.decode(output, type=_Sent)
    return Report(
        model=engines.transcriber.name,
        seconds=seconds,
        noticed_after_seconds=round(noticed_after, 1),
        back_after_seconds=round(back_after, 1),
        same_call=sent.session == session,
        cut=_heard(sent.words, sent.dropped),
        whole=_heard(told.words, told.dropped),
    )


def _state(room: OpenedRoom, joined: Joined) -> TableState:
    state = room.room.state(joined.table)
    if state is None:
        raise SystemExit("The table is not in the room any more.")
    return state


async def _until(true: Callable[[], bool]) -> float:
    """Wait until something holds; give the moment."""
    async with asyncio.timeout(_LONGEST_SECONDS):
        while not true():  # noqa: ASYNC110 - it is looked at from outside, as a person would
            await asyncio.sleep(_LOOK_SECONDS)
    return time.monotonic()


async def _table_behind_the_link(
    url: str, authority: str, joined: Joined, pcm: bytes
) -> asyncio.subprocess.Process:
    """Start this module as a table in the namespace; it says at its end what came of its call."""
    module = ("-m", "voice_coach_benchmarks.room_cut", "--table", url)
    child = await asyncio.create_subprocess_exec(
        *("ip", "netns", "exec", _NAMESPACE, sys.executable, *module),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    task = _Task(authority=authority, token=joined.token, pcm=pcm)
    if child.stdin is None:
        raise SystemExit("The table cannot be told what to say.")
    child.stdin.write(msgspec.msgpack.encode(task))
    await child.stdin.drain()
    child.stdin.close()
    return child


def _be_a_table(url: str) -> None:
    task = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=_Task)
    tls = ssl.create_default_context(cadata=task.authority)
    told = asyncio.run(talk(url, task.pcm, credentials=Credentials(tls=tls, token=task.token)))
    sent = _Sent(session=told.session, words=told.words, dropped=told.dropped)
    sys.stdout.write(msgspec.json.encode(sent).decode())


def _heard(words: str, dropped: int) -> Heard:
    said = " ".join(LINES)
    lost, mistaken = differences(said, words)
    return Heard(words=len(said.split()), lost=lost, mistaken=mistaken, came_back=dropped)


def _spoken(voice: Voice) -> bytes:
    """Say the lines, with a breath after each; 16-bit mono at 16 kHz."""
    parts = []
    for line in LINES:
        spoken = voice.speak(line, Delivery.CALM)
        parts.append(resample(spoken.pcm, spoken.sample_rate_hz, SAMPLE_RATE_HZ))
        parts.append(bytes(2 * round(_BREATH_SECONDS * SAMPLE_RATE_HZ)))
    return b"".join(parts)


def table(report: Report) -> str:
    """Say the report as a table."""
    rows = [
        ("words said", *(str(one.words) for one in (report.cut, report.whole))),
        ("words lost", *(" ".join(one.lost) or "none" for one in (report.cut, report.whole))),
        ("words mistaken", *(str(one.mistaken) for one in (report.cut, report.whole))),
        ("connection came back", *(str(one.came_back) for one in (report.cut, report.whole))),
    ]
    back = "to the same call" if report.same_call else "to ANOTHER call"
    return "\n".join(
        (
            f"A table's link was down for {report.seconds:.0f} s; {report.model}",
            f"the room noticed after {report.noticed_after_seconds:.1f} s",
            f"the table was back {report.back_after_seconds:.1f} s after the link was, {back}",
            f"{'':24}{'cut off':>28}{'not cut (baseline)':>28}",
            *(f"{what:24}{cut:>28}{whole:>28}" for what, cut, whole in rows),
        )
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run, print."""
    parser = argparse.ArgumentParser(
        prog="python -m voice_coach_benchmarks.room_cut",
        description=(__doc__ or "").splitlines()[0],
    )
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--table", metavar="URL", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.table:
        _be_a_table(options.table)
        return
    with ExitStack() as stack:
        stack.enter_context(_link())
        store = stack.enter_context(tempfile.TemporaryDirectory())
        settings = Settings()
        over = msgspec.structs.replace
        settings = over(
            settings,
            server=over(settings.server, port=0, refuse_when_busy=False),
            store=over(settings.store, folder=store),
        )
        engines = stack.enter_context(open_engines(settings))
        found = asyncio.run(_cut_off(settings, engines, _spoken(engines.voice), options.seconds))
    print(msgspec.json.encode(found).decode() if options.json else table(found))


if __name__ == "__main__":
    main()
