"""Prints the first shell command under a heading of the README, so that CI runs what people read.

usage: python docs/readme.py "Run the tests"
"""

from __future__ import annotations

import sys
from itertools import dropwhile, takewhile
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def command_under(heading: str, text: str) -> str:
    """Give the first fenced shell block under a heading.

    Raises:
        ValueError: There is no such heading, or no shell block under it.
    """
    after = dropwhile(lambda line: line.lstrip("#").strip() != heading, text.splitlines())
    block = dropwhile(lambda line: line != "```sh", after)
    command = "\n".join(takewhile(lambda line: line != "```", list(block)[1:]))
    if not command:
        raise ValueError(f"README.md has no shell block under a heading {heading!r}.")
    return command


if __name__ == "__main__":
    print(command_under(sys.argv[1], README.read_text("utf-8")))
