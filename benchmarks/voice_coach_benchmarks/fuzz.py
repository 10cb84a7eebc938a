"""Fuzzing every reader of what strangers write: how much was tried, refused, and what was found.

usage: python -m voice_coach_benchmarks.fuzz [--inputs 20000] [--only NAME] [--keep FOLDER] [--guided]

Each reader (`fuzz_targets.py`) is given mutations of valid inputs in a process of its own, so that even a
crash of a decoder written in C is a finding and not the end. Taken or refused with a sentence is right;
any other exception, a dead process, or one input that takes longer than ten seconds is a finding. Heavy
readers get a hundredth of the inputs. `--guided` lets atheris choose the inputs by the branches that they
reach (install it by hand; it is large and for Linux).

The same inputs come again with the same seed; each finding is kept as a file to be read again.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Final

import msgspec

from voice_coach.errors import VoiceCoachError
from voice_coach_benchmarks.fuzz_targets import Target, targets

__all__ = ["Finding", "Tried", "fuzz", "inputs_of", "try_inputs"]

SLOWEST_SECONDS: Final = 10.0
HEAVY: Final = 100
_TOKENS: Final = (
    b"null", b"true", b"-1", b"0", b"1e999", b"NaN", b"9" * 40, b'""', b"[]", b"{}", b"\\u0000", b"\xff",
    b"\x00", b"\xed\xa0\x80", b"../../x", b"\n", b"\r\n", b"\t", b"- ", b": ", b"&a ", b"*a",
    b"!!python/name:os", b'"type":"hello"', b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff",
)  # fmt: skip
"""What readers trip over: other kinds of value, numbers without bounds, broken text, other folders."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """An input that a reader neither took nor refused."""

    target: str
    what: str
    data: bytes


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one reader."""

    target: str
    inputs: int
    refused: int
    """With an error of ours; the others were taken."""
    slowest_seconds: float
    findings: tuple[Finding, ...] = ()


def inputs_of(target: Target, seed: int) -> Iterator[bytes]:
    """Give the seeds, then mutations of them without end; the same for the same seed."""
    random = Random(f"{seed} {target.name}")  # noqa: S311 - inputs to be repeated, not secrets
    yield from target.seeds
    while True:
        data = random.choice(target.seeds)
        for _ in range(random.choice((1, 1, 1, 2, 4, 16))):
            data = _mutated(data, target.seeds, random)
        yield data


def _mutated(data: bytes, seeds: tuple[bytes, ...], random: Random) -> bytes:  # noqa: PLR0911 - one a way
    at = random.randrange(len(data) + 1)
    to = min(len(data), at + random.choice((1, 2, 4, 16, 256)))
    match random.randrange(8):
        case 0:
            return data[:at] + bytes([random.randrange(256)]) + data[at + 1 :]
        case 1:
            flipped = bytes(byte ^ 1 << random.randrange(8) for byte in data[at : at + 1])
            return data[:at] + flipped + data[at + 1 :]
        case 2:
            return data[:at] + data[to:]
        case 3:
            return data[:to] + data[at:]
        case 4:
            return data[:at] + random.choice(_TOKENS) + data[at:]
        case 5:
            return data[:at] + random.choice(_TOKENS) + data[to:]
        case 6:
            return data[:at]
        case _:
            other = random.choice(seeds)
            return data[:at] + other[random.randrange(len(other) + 1) :]


def try_inputs(target: Target, inputs: Iterator[bytes], count: int, now: Path | None = None) -> Tried:
    """Give a reader so many inputs.

    Args:
        target: The reader.
        inputs: What to give it.
        count: How many.
        now: Where each input is written before it is tried, for whoever watches over a crash.
    """
    refused, slowest, findings = 0, 0.0, []
    tried = 0
    for data in inputs:
        if tried == count:
            break
        tried += 1
        if now is not None:
            now.write_bytes(data)
        began = time.perf_counter()
        try:
            target.read(data)
        except VoiceCoachError:
            refused += 1
        except Exception as error:  # noqa: BLE001 - which they are is what is looked for
            what = f"{type(error).__name__}: {str(error)[:200]}"
            findings.append(Finding(target=target.name, what=what, data=data))
        slowest = max(slowest, time.perf_counter() - began)
    return Tried(
        target=target.name,
        inputs=tried,
        refused=refused,
        slowest_seconds=slowest,
        findings=tuple(findings),
    )


def fuzz(name: str, count: int, seed: int, folder: Path) -> Tried:
    """Try a reader in a process of its own, which may die or hang: that is a finding then."""
    now, result = folder / "now", folder / "result"
    target = _find(name, folder)
    total = max(1, count // HEAVY) if target.heavy else count
    process = multiprocessing.get_context("spawn").Process(
        target=_in_child, args=(name, total, seed, folder), daemon=True
    )
    process.start()
    last = b""
    while process.is_alive():
        process.join(SLOWEST_SECONDS)
        current = now.read_bytes() if now.exists() else b""
        if process.is_alive() and current == last and current:
            process.kill()
            process.join()
            return _lost(name, f"took longer than {SLOWEST_SECONDS:.0f} s", current)
        last = current
    if process.exitcode or not result.exists():
        return _lost(name, f"the process died ({process.exitcode})", last)
    return msgspec.json.decode(result.read_bytes(), type=Tried)


def _lost(name: str, what: str, data: bytes) -> Tried:
    finding = Finding(target=name, what=what, data=data)
    return Tried(target=name, inputs=0, refused=0, slowest_seconds=0.0, findings=(finding,))


def _in_child(name: str, count: int, seed: int, folder: Path) -> None:
    target = _find(name, folder)
    tried = try_inputs(target, inputs_of(target, seed), count, folder / "now")
    (folder / "result").write_bytes(msgspec.json.encode(tried))


def _find(name: str, folder: Path) -> Target:
    return next(target for target in targets(folder) if target.name == name)


def _guided(name: str, count: int, folder: Path) -> None:
    """Let atheris choose the inputs; it ends the process itself."""
    import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]  # noqa: PLC0415 - only when asked for

    target = _find(name, folder)
    corpus = folder / "corpus"
    corpus.mkdir(exist_ok=True)
    for number, seed in enumerate(target.seeds):
        (corpus / str(number)).write_bytes(seed)

    def read(data: bytes) -> None:
        with suppress(VoiceCoachError):
            target.read(data)

    atheris.instrument_all()
    atheris.Setup([sys.argv[0], f"-runs={count}", f"-artifact_prefix={folder}/", str(corpus)], read)
    atheris.Fuzz()


def main() -> None:
    """Try, print, keep what was found; exit 1 when something was."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--inputs", type=int, default=20_000, help="for each reader")
    parser.add_argument("--only", help="one reader, by name")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="write findings into this folder")
    parser.add_argument("--guided", action="store_true", help="coverage-guided, with --only")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        names = [options.only] if options.only else [target.name for target in targets(folder)]
        if options.guided:
            _guided(names[0], options.inputs, folder)
        tried = []
        for each in names:
            own = folder / each.replace(" ", "-")
            own.mkdir()
            tried.append(fuzz(each, options.inputs, options.seed, own))
    print(f"{'reader':18} {'inputs':>8} {'refused':>8} {'taken':>8} {'slowest':>10}  findings")
    for one in tried:
        taken = one.inputs - one.refused - len(one.findings)
        print(
            f"{one.target:18} {one.inputs:8} {one.refused:8} {taken:8} "
            f"{1000 * one.slowest_seconds:7.0f} ms  {len(one.findings)}"
        )
    findings = [finding for one in tried for finding in one.findings]
    for number, finding in enumerate(findings):
        print(f"\n{finding.target}: {finding.what}\n  {finding.data[:160]!r}")
        if options.keep is not None:
            options.keep.mkdir(parents=True, exist_ok=True)
            (options.keep / f"{finding.target.replace(' ', '-')}-{number}").write_bytes(finding.data)
    sys.exit(bool(findings))


if __name__ == "__main__":
    main()
