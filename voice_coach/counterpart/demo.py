"""What the trainee of a demo call says: lines, and the silence left before each."""

from __future__ import annotations

import msgspec
import yaml

from voice_coach.counterpart.scenario import SCENARIO_FOLDER
from voice_coach.errors import ScenarioError

__all__ = ["DemoLine", "load_demo"]


class DemoLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of the scripted trainee."""

    text: str
    silence_before_seconds: float
    """Silence left after the counterpart's last word; where a follow-up is due, long enough for it."""


def load_demo(scenario_id: str) -> tuple[DemoLine, ...]:
    """Read the demo lines that ship with a scenario.

    Raises:
        ScenarioError: There are none for this scenario, or the file is wrong.
    """
    path = SCENARIO_FOLDER / f"{scenario_id}.demo.yaml"
    known = sorted(p.name.removesuffix(".demo.yaml") for p in SCENARIO_FOLDER.glob("*.demo.yaml"))
    if scenario_id not in known:
        raise ScenarioError(
            f"There are no demo lines for {scenario_id!r}; there are for {', '.join(known)}.",
            code="unknown-scenario",
        )
    try:
        tree = yaml.safe_load(path.read_text("utf-8"))
        return msgspec.convert(tree, tuple[DemoLine, ...])
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise ScenarioError(f"{path} is not a list of demo lines: {error}.") from None
