"""`voice-coach doctor`: says line by line what works on this machine, and how to mend the rest."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.text import Text

from voice_coach.cli.health import engines, machine, sound
from voice_coach.cli.health.bundle import write_bundle
from voice_coach.cli.health.finding import Check, Finding, Verdict, ok
from voice_coach.settings import Settings, default_settings_file, load_settings

__all__ = ["command", "examine"]

_LOOKS = {Verdict.OK: ("✓", "green"), Verdict.WARN: ("!", "yellow"), Verdict.FAIL: ("✗", "red")}
"""Sign and colour beside the word."""
_CHECKS: tuple[Check, ...] = (
    machine.python,
    engines.model,
    engines.voice_activity,
    engines.turn_end,
    engines.voice,
    engines.natural_voice,
    sound.microphone,
    sound.speaker,
    machine.browser,
    machine.port,
    machine.sessions,
    machine.disk,
    machine.clock,
    machine.scenarios,
)


def _settings_file(file: Path) -> Finding:
    found = str(file) if file.is_file() else f"defaults (no file at {file})"
    return ok("settings", found)


def examine(settings: Settings, told: Callable[[Finding], None]) -> bool:
    """Run every check, telling each finding as it comes; say whether a call in the browser works."""
    works = True
    for check in _CHECKS:
        finding = check(settings)
        works = works and finding.verdict is not Verdict.FAIL
        told(finding)
    return works


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, one line a check.")
@click.option(
    "--bundle",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a report for somebody who helps into this zip file: no words, no names.",
)
@click.option(
    "--settings", "file", type=click.Path(dir_okay=False, path_type=Path), help="Settings file."
)
def command(*, as_json: bool, bundle: Path | None, file: Path | None) -> None:
    """Say line by line what works on this machine, and how to mend the rest.

    Exit code 0 when a call in the browser is possible, 1 when it is not.

    \b
    Examples:
      voice-coach doctor
      voice-coach doctor --json
      voice-coach doctor --bundle report.zip
    """  # noqa: D301 - click reads the \b
    console = Console(highlight=False, soft_wrap=True)
    findings: list[Finding] = []

    def tell(finding: Finding) -> None:
        findings.append(finding)
        if as_json:
            click.echo(msgspec.json.encode(finding))
            return
        sign, colour = _LOOKS[finding.verdict]
        verdict = (f"{sign} {finding.verdict.value:4}", colour)
        console.print(Text.assemble(verdict, f" {finding.check:15}{finding.found}"))
        if finding.mend:
            console.print(Text(f"{'':22}{finding.mend}"))

    # Loading the model takes seconds. Rich shows the spinner only where a person looks.
    with nullcontext() if as_json else console.status("Looking at this machine ..."):
        settings = load_settings(file)
        tell(_settings_file(file or default_settings_file()))
        works = examine(settings, tell)
    if bundle is not None:
        write_bundle(bundle, settings, findings)
        click.echo(f"The report is in {bundle}: look into it before you send it.", err=True)
    if not works:
        sys.exit(1)
