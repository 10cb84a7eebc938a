"""The reference page is written by hand, so it is read here by the code that it describes."""

import re
from pathlib import Path
from typing import get_args

import msgspec

from voice_coach.conversation.commands import Command
from voice_coach.conversation.events import Event
from voice_coach.journal.format import JournalHeader, parse
from voice_coach.journal.upgrade import JOURNAL_VERSION

PAGE = (Path(__file__).parents[2] / "docs/reference/journal.md").read_text("utf-8")


def test_the_example_is_a_journal() -> None:
    example = re.search(r"```jsonl\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None

    journal = parse(example[1].encode(), Path("journal.md"))

    assert len(journal.entries) == 3
    assert not journal.torn


def test_every_event_and_command_is_named() -> None:
    for union, heading in ((Event, "Events"), (Command, "Commands")):
        listed = re.search(rf"^{heading}: (.*?)\.\s", PAGE, re.DOTALL | re.MULTILINE)
        assert listed is not None
        tags = [str(member.__struct_config__.tag) for member in get_args(union)]
        assert re.findall(r"`(\w+)`", listed[1]) == tags


def test_every_header_field_is_explained() -> None:
    explained = re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE)))

    assert explained == [field.encode_name for field in msgspec.structs.fields(JournalHeader)]
    assert f"## Journal, version {JOURNAL_VERSION}\n" in PAGE
