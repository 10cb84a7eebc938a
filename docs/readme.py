"""Prints the first shell command under a heading of the README, so that CI runs what people read.

usage: python docs/readme.py "Run the tests"
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def command_under(heading: str, text: str) -> str:
    """Give the first fenced shell block under a heading.

    Raises:
        ValueError: There is no such heading, or no block under it.
    """
    match = re.search(
        rf"^#+ {re.escape(heading)}\n(?:(?!^#).*\n)*?```(?:sh|bash|console)\n(.*?)^```",
        text,
        re.MULTILINE | re.DOTALL,
    )
    if match is None:
        raise ValueError(f"README.md has no shell block under a heading {heading!r}.")
    return match[1].strip()


if __name__ == "__main__":
    print(command_under(sys.argv[1], README.read_text("utf-8")))
