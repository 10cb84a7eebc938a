"""The published JSON Schema and the loader are one: what loads is valid, and the other way around."""

import jsonschema
import pytest
import yaml

from voice_coach.counterpart.scenario import SCENARIO_FOLDER, STARTER
from voice_coach.counterpart.scenario_shape import scenario_schema

FILES = [*sorted(p for p in SCENARIO_FOLDER.glob("*.yaml") if not p.name.endswith(".demo.yaml")), STARTER]


def as_an_editor_reads(text: str) -> object:
    """YAML 1.2, in which `yes` is a text: what editors read, other than PyYAML."""

    class Loader(yaml.SafeLoader):
        pass

    Loader.yaml_implicit_resolvers = {
        first: [
            (tag, pattern) for tag, pattern in found if not (tag.endswith(":bool") and first in "yYnNoO")
        ]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    return yaml.load(text, Loader)  # noqa: S506 - a safe loader with fewer resolvers


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_shipped_files_are_valid(file: object) -> None:
    jsonschema.Draft202012Validator.check_schema(scenario_schema())
    jsonschema.validate(as_an_editor_reads(file.read_text("utf-8")), scenario_schema())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("guardedness: guarded", "guardedness: shy"),
        ("role: position", "role: opinion"),
        ("id: starter", "id: Not an id"),
        ("needs_trust: 0.75", "needs_trust: 7"),
        ("  leverage:", "  no-such-rule:"),
        ("rule: why}", "rule: contentment}"),
        ("title: Half the parcels", "title: 12"),
        ("secret: true", "secret: perhaps"),
    ],
)
def test_what_the_loader_refuses_by_its_shape_is_invalid(old: str, new: str) -> None:
    text = STARTER.read_text("utf-8")
    assert old in text
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(as_an_editor_reads(text.replace(old, new)), scenario_schema())
