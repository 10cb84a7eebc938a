"""The reference page of the moves, made from the rule files.

Run `python -m voice_coach.moves.reference docs/reference/moves.md` after a rule file has changed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from voice_coach.moves.rulebook import Example, MoveRules, Rulebook, load_rulebook

__all__ = ["moves_page"]

_MADE = (
    "<!-- Made by voice_coach/moves/reference.py from the rule files: change those and run it again. -->"
)
_ELSEWHERE = """\
Three more moves are not read off the words and have no rule file: an *effective pause* (silence after
a label, mirror or summary) and *interrupting* are decided by the session, which knows the time; a
*mislabel* (a label whose content does not fit) by the counterpart, which knows the facts."""
_INTRODUCTION = """\
What `voice-coach` recognises in what you say. Each move is one file in `voice_coach/moves/rules/`; the
examples below are its tests. `voice-coach moves explain "..."` says which rule fired on a sentence and
which nearly did; `voice-coach moves --rules FILE` adds rules of your own."""


def moves_page(rulebook: Rulebook) -> str:
    """The whole page as Markdown, ending in a newline."""
    lines = [
        "# Moves",
        "",
        _MADE,
        "",
        _INTRODUCTION,
        "",
        "| move | family | while you speak | what it is |",
        "|---|---|---|---|",
    ]
    for move in rulebook.moves:
        live = "yes" if move.partial else "no"
        lines.append(
            f"| [{_name(move)}](#{_anchor(move)}) | {move.family} | {live} | {_line(move.about)} |"
        )
    lines += ["", _ELSEWHERE, ""]
    for move in rulebook.moves:
        lines += _section(move)
    return "\n".join(lines)


def _section(move: MoveRules) -> Iterator[str]:
    yield f"## {_name(move)}"
    yield ""
    yield f"`{move.kind}`, family {move.family}. {_line(move.about)}"
    yield ""
    readings = dict.fromkeys(unless.reading for rule in move.rules for unless in rule.unless)
    if readings:
        yield f"It is not this when it is {'; '.join(readings)}."
        yield ""
    if move.yields_to:
        kinds = ", ".join(kind.replace("_", " ") for kind in sorted(move.yields_to))
        yield f"Inside one of these it is part of that move: {kinds}."
        yield ""
    if move.evidence:
        yield f"The evidence is weighed; {move.threshold:g} is enough."
        yield ""
        yield "| weight | because |"
        yield "|---|---|"
        rows = dict.fromkeys((e.weight, e.because) for e in move.evidence)
        for weight, because in sorted(rows, key=lambda row: -row[0]):
            yield f"| {weight:+.1f} | {because} |"
        yield ""
    for title, match in (("This is one", True), ("This is not", False)):
        yield f"{title}:"
        yield ""
        for example in move.examples:
            if example.match is match:
                yield f"- {_example(example)}"
        yield ""


def _example(example: Example) -> str:
    said = f"\u201c{_line(example.text)}\u201d"
    after = f", after \u201c{_line(example.previous)}\u201d" if example.previous else ""
    topics = ", ".join(topic.id for topic in example.topics)
    return said + after + (f" (topics: {topics})" if topics else "")


def _name(move: MoveRules) -> str:
    return move.kind.replace("_", " ").capitalize()


def _anchor(move: MoveRules) -> str:
    return move.kind.replace("_", "-")


def _line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(moves_page(load_rulebook()), encoding="utf-8")
