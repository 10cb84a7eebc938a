"""The scenario's text in a journal may be a stranger's (an imported archive): it is read in bounds."""

import pytest

from voice_coach.journal.account import title_and_person

LAUGHS = "\n".join(
    ["a0: &a0 {x: 1}", *(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, 12))]
)


@pytest.mark.parametrize(
    "source",
    [
        f"title: bomb\n{LAUGHS}",
        "title: x\nwhen: 2001-99-99",
        "title: !!python/object/apply:os.getcwd []",
        "[" * 5_000,
        "title: [a list]\nperson: {a: mapping}",
        "? [a, list]\n: is a key",
        "",
        "just text",
        "\x00",
    ],
)
def test_a_strange_scenario_costs_nothing_and_breaks_nothing(source: str) -> None:
    title, person = title_and_person(source)
    assert title in {"", "x"}
    assert person == ""


def test_a_plain_scenario_has_its_title_and_person() -> None:
    assert title_and_person("title: The renewal\nperson: Anna\n") == ("The renewal", "Anna")
