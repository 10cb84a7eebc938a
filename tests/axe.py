"""Accessibility as an engine sees it: axe-core, which npm installs; never part of this repository."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

__all__ = ["find_axe", "violations"]

_ROOT = Path(__file__).parents[1]
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def find_axe() -> str:
    """Give axe-core's source: the file that `VOICE_COACH_AXE` names, or the one in `node_modules`."""
    named = os.environ.get("VOICE_COACH_AXE")
    file = Path(named) if named else _ROOT / "node_modules" / "axe-core" / "axe.min.js"
    if file.is_file():
        return file.read_text("utf-8")
    reason = (
        f"axe-core is not there ({file}), so accessibility cannot be checked; run "
        "`npm install --no-save axe-core@4.14.1`, or let VOICE_COACH_AXE name its axe.min.js."
    )
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def violations(page: Page, axe: str) -> list[str]:
    """Run the engine on the page as it is now; one line for each thing that is wrong."""
    page.evaluate(axe)
    found: dict[str, Any] = page.evaluate(
        "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", _TAGS
    )
    return [
        f"{rule['id']}: {node['target']} {node['html'][:140]} {node['failureSummary'][:240]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
