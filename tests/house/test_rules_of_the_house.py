"""The three rules and the direction of imports, checked on the source itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PURE_ROOMS = ("conversation", "moves", "counterpart", "coaching", "simulation")
IMPURE = {"asyncio", "concurrent", "multiprocessing", "random", "secrets", "select", "selectors",
          "socket", "ssl", "subprocess", "threading", "time", "datetime", "uuid"}  # fmt: skip
MAY_IMPORT = {
    "conversation": {"conversation", "moves", "counterpart", "coaching", "settings", "errors"},
    "moves": {"moves", "errors"},
    "counterpart": {"counterpart", "moves", "errors"},
    "coaching": {"coaching", "counterpart", "moves", "errors"},
    "simulation": {"simulation", "counterpart", "moves", "errors"},
    "speech": {"speech", "conversation", "counterpart", "settings", "errors"},
    "recorded": {
        "recorded",
        "review",
        "journal",
        "speech",
        "conversation",
        "counterpart",
        "coaching",
        "moves",
        "settings",
        "errors",
    },
    "journal": {"journal", "conversation", "counterpart", "coaching", "moves", "settings", "errors"},
    "review": {
        "review",
        "journal",
        "speech",
        "conversation",
        "counterpart",
        "coaching",
        "moves",
        "recorded",
        "settings",
        "errors",
    },
    "exports": {"exports", "review", "journal", "counterpart", "coaching", "moves", "errors"},
}


def modules(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are absolute in this house"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("room", PURE_ROOMS)
def test_the_pure_rooms_know_no_clock_socket_thread_or_chance(room: str) -> None:
    found = {
        f"{file.name}: {name}"
        for file in modules(ROOT / "voice_coach" / room)
        for name in imports(file)
        if name.split(".")[0] in IMPURE
    }
    assert not found


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_rooms_import_one_way(room: str) -> None:
    files = modules(ROOT / "voice_coach" / room)
    assert files
    found = {
        f"{file.name}: {name}"
        for file in files
        for name in imports(file)
        if name.startswith("voice_coach.")
        and name.split(".")[1] not in MAY_IMPORT[room] | {"__version__"}
    }
    assert not found


def test_server_and_client_do_not_know_each_other_or_the_command_line() -> None:
    for package, other in (
        ("server/voice_coach_server", "voice_coach_client"),
        ("client/voice_coach_client", "voice_coach_server"),
    ):
        for file in modules(ROOT / package):
            for name in imports(file):
                assert not name.startswith((other, "voice_coach.cli")), f"{file}: {name}"


def test_only_the_command_line_knows_server_and_client() -> None:
    for file in modules(ROOT / "voice_coach"):
        if file.is_relative_to(ROOT / "voice_coach" / "cli"):
            continue
        for name in imports(file):
            assert not name.startswith(("voice_coach_server", "voice_coach_client")), file


def test_the_package_says_its_three_rules() -> None:
    text = ast.get_docstring(ast.parse((ROOT / "voice_coach/__init__.py").read_text("utf-8")))
    assert text is not None
    for rule in ("pure function of its journal", "small protocol", "is data"):
        assert rule in text
