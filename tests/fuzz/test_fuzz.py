"""A short run of the fuzz suite: whatever a stranger writes is taken, or refused with a sentence."""

from pathlib import Path

import pytest

from voice_coach.errors import InputError
from voice_coach_benchmarks.fuzz import fuzz, inputs_of, try_inputs
from voice_coach_benchmarks.fuzz_targets import Target, targets

NAMES = (
    "client messages",
    "server messages",
    "audio frames",
    "journals",
    "scenarios",
    "drills",
    "rule files",
    "settings",
    "archives",
    "sound files",
)


def test_every_reader_is_tried(tmp_path: Path) -> None:
    assert tuple(target.name for target in targets(tmp_path)) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_reader_takes_its_seeds(name: str, tmp_path: Path) -> None:
    (target,) = (target for target in targets(tmp_path) if target.name == name)
    for seed in target.seeds:
        target.read(seed)


@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_stranger_writes_is_taken_or_refused(name: str, tmp_path: Path) -> None:
    (target,) = (target for target in targets(tmp_path) if target.name == name)
    tried = try_inputs(target, inputs_of(target, seed=2), 40 if target.heavy else 2_000)
    assert not tried.findings
    assert 0 < tried.refused < tried.inputs, "inputs that are all refused, or all taken, reach nothing"


def test_an_error_that_is_not_ours_is_a_finding() -> None:
    def read(data: bytes) -> object:
        if data == b"seed":
            raise InputError("No.")
        return data[9999]

    tried = try_inputs(Target(name="bad", read=read, seeds=(b"seed",)), iter([b"seed", b"x"]), 2)
    assert tried.refused == 1
    assert [finding.what for finding in tried.findings] == ["IndexError: index out of range"]


def test_the_process_of_its_own_brings_back_what_it_tried(tmp_path: Path) -> None:
    tried = fuzz("audio frames", 200, 1, tmp_path)
    assert (tried.inputs, tried.findings) == (200, ())
