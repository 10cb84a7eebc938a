"""The published JSON Schema and the loader are one: what ships is valid, and what is refused is not."""

import jsonschema
import pytest
import yaml
from drills.files import drill_text

from voice_coach.coaching.drill_shape import drill_schema
from voice_coach.coaching.drill_shelf import DRILL_FOLDER

FILES = sorted(DRILL_FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_shipped_files_are_valid(file: object) -> None:
    jsonschema.Draft202012Validator.check_schema(drill_schema())
    jsonschema.validate(yaml.safe_load(file.read_text("utf-8")), drill_schema())


@pytest.mark.parametrize(
    "change",
    [{"task": "shout"}, {"rounds": 0}, {"prompts": []}, {"reasons": {"rude": "No."}}, {"shout": "yes"}],
)
def test_what_the_loader_refuses_by_its_shape_is_invalid(change: dict[str, object]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(drill_text(**change)), drill_schema())
