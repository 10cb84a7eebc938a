"""Documentation that fails when it is wrong."""

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

from voice_coach.cli.drills import failed_examples
from voice_coach.cli.main import main
from voice_coach.coaching.drill_file import parse_drill
from voice_coach.moves.move import Heard
from voice_coach.moves.recognizer import Recognizer
from voice_coach.moves.rulebook import load_rulebook
from voice_coach.settings import load_settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a language, without their indentation."""
    found = re.findall(
        rf"^( *)```{language}\n(.*?)^ *```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    return [re.sub(rf"^{indent}", "", body, flags=re.MULTILINE) for indent, body in found]


def all_blocks(language: str) -> list[object]:
    return [
        pytest.param(block, id=f"{page.name}-{number}")
        for page in PAGES
        for number, block in enumerate(blocks(page, language), start=1)
    ]


def commands() -> list[tuple[str, str]]:
    """Every command line of ours in a shell block, with the page it stands on."""
    return [
        (page.name, part.strip())
        for page in PAGES
        for block in blocks(page, "sh")
        for line in block.splitlines()
        for part in re.split(r"&&|\|", line)
        if "voice-coach" in (words := shlex.split(part, comments=True)) or _is_ours(words)
    ]


def _is_ours(words: list[str]) -> bool:
    return any(word.endswith("/voice-coach") for word in words)


def slugs(page: Path) -> set[str]:
    """The anchors that a page's headings get."""
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_reference_is_what_the_code_says() -> None:
    done = subprocess.run(
        [sys.executable, DOCS / "generate.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@PAGE
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", page.read_text("utf-8")):
        name, _, anchor = target.partition("#")
        file = page.parent / name if name else page
        assert file.exists(), target
        if anchor:
            assert anchor in slugs(file), target


@PAGE
def test_paths_that_are_named_exist(page: Path) -> None:
    named = r"`((?:voice_coach|server|client|tests|docs|benchmarks)/[\w./*-]+)`"
    for path in re.findall(named, page.read_text("utf-8")):
        assert list(ROOT.glob(path.rstrip("/"))), path


def test_every_page_is_in_the_index() -> None:
    linked = set(re.findall(r"\]\(([^):#]+\.md)\)", (DOCS / "README.md").read_text("utf-8")))
    linked = {name for name in linked if not name.startswith("..")}
    assert linked == {p.relative_to(DOCS).as_posix() for p in DOCS.rglob("*.md")} - {"README.md"}


@pytest.mark.parametrize(("page", "line"), commands(), ids=str)
def test_commands_in_the_docs_can_be_parsed(page: str, line: str) -> None:
    words = shlex.split(line, comments=True)
    start = next(i for i, word in enumerate(words) if word.split("/")[-1] == "voice-coach")
    variables = [word.partition("=") for word in words[:start] if word.startswith("VOICE_COACH_")]
    load_settings(environment={name: value for name, _, value in variables} or {"unrelated": ""})
    command: click.Command = main
    context = click.Context(main, info_name="voice-coach")
    rest = words[start + 1 :]
    while True:
        _, rest, _ = command.make_parser(context).parse_args(rest)
        if not isinstance(command, click.Group) or not rest:
            break
        name, *rest = rest
        inner = command.get_command(context, name)
        assert inner is not None, f"{page}: there is no command {name}"
        command, context = inner, click.Context(inner, info_name=name, parent=context)


@pytest.mark.parametrize("block", all_blocks("toml"))
def test_settings_in_the_docs_can_be_used(block: str, tmp_path: Path) -> None:
    assert tomllib.loads(block)
    file = tmp_path / "settings.toml"
    file.write_text(block, "utf-8")
    load_settings(file, environment={"unrelated": ""})


def _drills() -> list[object]:
    return [block for block in all_blocks("yaml") if block.values[0].startswith("drill: ")]


@pytest.mark.parametrize("block", _drills())
def test_drills_in_the_docs_judge_what_they_say(block: str) -> None:
    drill = parse_drill(block, "of_ones_own.yaml")
    assert list(failed_examples(drill, Recognizer(load_rulebook()))) == []


@pytest.mark.parametrize("block", [block for block in all_blocks("yaml") if block not in _drills()])
def test_rule_files_in_the_docs_find_what_they_say(block: str, tmp_path: Path) -> None:
    file = tmp_path / "of_ones_own.yaml"
    file.write_text(block, "utf-8")
    book = load_rulebook([file])
    recognizer = Recognizer(book)
    move = next(move for move in book.moves if f"move: {move.kind}\n" in block)
    own = [example for example in move.examples if example.text in block]
    assert {example.match for example in own} == {True, False}
    for example in own:
        kinds = {found.kind for found in recognizer.recognize(Heard(text=example.text))}
        assert (move.kind in kinds) == example.match, example.text


@pytest.mark.parametrize("page", ["trouble", "training-room", "headset"])
def test_sentences_of_trouble_are_those_of_the_program(page: str) -> None:
    """What the page quotes in its first column is really said: `...` stands for what varies."""
    sources = [
        p for room in ("voice_coach", "server", "client") for p in (ROOT / room).rglob("*.[pj][ys]")
    ]
    said = _without_joints("\n".join(path.read_text("utf-8") for path in sources))
    rows = re.findall(r"^\| “(.+?)” \|", (DOCS / f"how-to/{page}.md").read_text("utf-8"), re.MULTILINE)
    assert len(rows) > 5
    for row in rows:
        for part in row.split("..."):
            assert part.strip() in said, row


def _without_joints(source: str) -> str:
    """Source text in which a sentence that is cut into several literals is whole again."""
    return re.sub(r"\"\s*\n\s*f?\"", "", source)


@pytest.mark.parametrize(
    ("heading", "must_run"), [("Quick start", "/voice-coach"), ("Run the tests", "/pytest -n 2")]
)
def test_the_readme_has_its_two_commands_each_one_line(heading: str, must_run: str) -> None:
    done = subprocess.run(
        [sys.executable, DOCS / "readme.py", heading], capture_output=True, text=True, check=True
    )
    (line,) = done.stdout.strip().splitlines()
    assert line.startswith("python3 -m venv")
    assert line.endswith(must_run)
