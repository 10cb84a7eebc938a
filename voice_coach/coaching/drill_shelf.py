"""All drills there are: those that ship, and those in a folder of one's own."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec

from voice_coach.coaching.drill_book import Drill
from voice_coach.coaching.drill_file import load_drill
from voice_coach.counterpart.shelf import BadFile
from voice_coach.errors import ScenarioError

__all__ = ["DRILL_FOLDER", "DrillShelf", "read_drill_shelf"]

DRILL_FOLDER = Path(__file__).with_name("drills")
_MOST_FILES = 200


class DrillShelf(msgspec.Struct, frozen=True, kw_only=True):
    """Drills to choose from."""

    drills: tuple[Drill, ...]
    """Those that ship, by id, then one's own, by id. No id twice."""
    bad_files: tuple[BadFile, ...] = ()

    def find(self, id_: str) -> Drill:
        """The drill of an id.

        Raises:
            ScenarioError: `unknown-drill`; the sentence names those there are.
        """
        for drill in self.drills:
            if drill.id == id_:
                return drill
        known = ", ".join(drill.id for drill in self.drills)
        raise ScenarioError(
            f"There is no drill of that name; choose one of {known}.", code="unknown-drill"
        )


def read_drill_shelf(folder: Path) -> DrillShelf:
    """Load the drills that ship, and every one in a folder that can be used.

    A bad file of one's own is noted and left out; a folder that is not there holds nothing.
    """
    shipped = {drill.id: drill for drill in _shipped()}
    own: dict[str, Drill] = {}
    bad: list[BadFile] = []
    files = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
    for path in files[:_MOST_FILES]:
        try:
            drill = load_drill(path)
        except ScenarioError as error:
            bad.append(BadFile(path=str(path), problems=tuple(str(error).splitlines())))
            continue
        if drill.id in shipped:
            problem = (
                f"the id `{drill.id}` is that of a drill that ships with voice_coach; choose another"
            )
        elif drill.id != path.stem:
            problem = f"the file is called `{path.stem}`, but its id is `{drill.id}`: give them one name"
        else:
            own[drill.id] = drill
            continue
        bad.append(BadFile(path=str(path), problems=(f"{path.name}: {problem}",)))
    if len(files) > _MOST_FILES:
        said = f"{folder} holds more than {_MOST_FILES} drills; the rest is left out."
        bad.append(BadFile(path=str(folder), problems=(said,)))
    return DrillShelf(drills=(*shipped.values(), *own.values()), bad_files=tuple(bad))


@lru_cache(maxsize=1)
def _shipped() -> tuple[Drill, ...]:
    """The files lie beside this module for as long as the process runs."""
    return tuple(load_drill(path) for path in sorted(DRILL_FOLDER.glob("*.yaml")))
