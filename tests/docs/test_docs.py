"""Documentation that fails when it is wrong."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from voice_coach.cli.main import main

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_reference_is_what_the_code_says() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "generate.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), f"{page}: {target}"


def commands() -> list[tuple[str, list[str]]]:
    """Every `voice-coach ...` line in a shell block of a page."""
    found = []
    for page in PAGES:
        for block in re.findall(r"```sh\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
            for line in block.splitlines():
                for part in line.split("&&"):
                    words = shlex.split(part, comments=True)
                    if words and words[0].endswith("voice-coach"):
                        found.append((page.name, words[1:]))
    return found


@pytest.mark.parametrize(("page", "words"), commands(), ids=str)
def test_commands_in_the_docs_can_be_parsed(page: str, words: list[str]) -> None:
    command: click.Command = main
    context = click.Context(main, info_name="voice-coach")
    while isinstance(command, click.Group) and words:
        inner = command.get_command(context, words[0])
        assert inner is not None, f"{page}: {words[0]}"
        command, words = inner, words[1:]
    command.make_parser(context).parse_args(list(words))


@pytest.mark.parametrize(
    ("heading", "must_run"), [("Quick start", "/voice-coach"), ("Run the tests", "/pytest")]
)
def test_the_readme_has_its_two_commands_each_one_line(heading: str, must_run: str) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "readme.py", heading],
        capture_output=True,
        text=True,
        check=True,
    )
    (line,) = done.stdout.strip().splitlines()
    assert line.startswith("python3 -m venv")
    assert line.endswith(must_run)
