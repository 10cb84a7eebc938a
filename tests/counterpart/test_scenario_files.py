"""What a trainer may write, and what is refused with file and line."""

from pathlib import Path

import pytest
from counterpart.calls import dana

from voice_coach.counterpart.scenario import list_scenarios, load_scenario, parse_scenario
from voice_coach.errors import ScenarioError

TEXT = dana().source_text


def refused(text: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, "mine.yaml")
    return str(caught.value)


def test_scenarios_are_listed_by_id_with_what_a_card_shows() -> None:
    scenarios = list_scenarios()
    assert "renewal_in_doubt" in [scenario.id for scenario in scenarios]
    for scenario in scenarios:
        assert scenario.person.startswith(f"{scenario.name}, ")
        assert scenario.title
        assert scenario.stake
        assert scenario.brief
        assert sum(layer.secret for layer in scenario.layers) >= 2


def test_a_scenario_is_its_text() -> None:
    again = parse_scenario(dana().source_text, dana().source)
    assert again == dana()


def test_an_unknown_scenario_is_named_with_those_that_exist() -> None:
    with pytest.raises(
        ScenarioError, match=r"no scenario 'nobody'; choose one of .*renewal_in_doubt"
    ) as caught:
        load_scenario("nobody")
    assert caught.value.stable_code == "unknown-scenario"


def test_a_file_can_be_loaded_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(TEXT, "utf-8")
    assert load_scenario(path).id == "renewal_in_doubt"


def test_all_errors_come_at_once_each_with_its_line() -> None:
    text = TEXT.replace("role: position", "role: opinion").replace("quiet: true", "quiet: maybe")
    sentence = refused(text)
    assert "mine.yaml, line " in sentence
    assert "`opinion` is not one of position, fact, feeling, reason" in sentence
    assert "expected true or false, not `maybe`" in sentence


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("under: price", "under: nowhere", "there is no topic `nowhere`"),
        ("opens: outage", "opens: nowhere", "there is no topic `nowhere`"),
        (
            "    under: price\n    evidence",
            "    under: alone\n    evidence",
            "`explaining` lies under itself",
        ),
        ("guardedness: guarded", "guardedness: shy", "`shy` is not one of open, guarded, closed"),
        ("title: Renewal in doubt\n", "", "`title` is missing"),
        ("lines:\n", "lines:\n  no-such-rule: [x]\n", "`no-such-rule` is not known here"),
        (
            "Nobody from our side called, and then an invoice came.",
            "That was that.",
            "the good summary does not cover nobody_called",
        ),
        (
            "      - It goes back to the spring.",
            "      - In March we were two days without records.",
            "should only point at `outage`, but says it",
        ),
        (
            "      - The board asked for them. I made two calls, that's all.",
            "      - The other quotes are higher.",
            "gives the secret `quotes_higher` away",
        ),
        (
            "  - words: [two other quotes, other quotes, quotes]",
            "  - words: [zebra]",
            "they never say any of “zebra”: nobody can mirror it",
        ),
        ("  - id: outage", "  - id: price", "the topic `price` is given twice"),
        (
            "    secret: true\n    under: price",
            "    under: price",
            "fewer than 2 topics are `secret: true`",
        ),
        (
            "    under: nobody_called\n",
            "    under: quotes_higher\n",
            "`next_time` can never be reached: it lies under the secret `quotes_higher`",
        ),
        (
            "    opens: explaining",
            "    opens: quotes_higher",
            "a mirror cannot open the secret `quotes_higher`",
        ),
        (
            "title: Renewal in doubt",
            "title: 12",
            "line 36: expected a text, not a number; put it in quotes",
        ),
        ("title: Renewal in doubt", "title: [a]", "line 36: expected a text"),
        ("title: Renewal in doubt", "title: one\ntitle: two", "line 37: `title` is given twice"),
        ("id: renewal_in_doubt", "id: Renewal in doubt!", "has to be made of small letters"),
        ("needs_trust: 0.75", "needs_trust: 7", "7 is outside 0 to 1"),
        (
            "    evidence:\n      - [nobody",
            "    evidences:\n      - [nobody",
            "`evidences` is not known here",
        ),
        ("opens: outage}", "opens: outrage}", "there is no topic `outrage`"),
        (
            "{silence: true, rule: silence-filled",
            "{rule: silence-filled",
            "expected either `you: what is said`",
        ),
        ("rule: agreement", "rule: contentment", "`contentment` is not one of"),
    ],
)
def test_a_mistake_is_refused_with_its_reason(old: str, new: str, expected: str) -> None:
    assert old in TEXT
    assert expected in refused(TEXT.replace(old, new))


def test_a_sentence_too_long_to_be_said_is_refused() -> None:
    long = " ".join(["word"] * 31) + "."
    text = TEXT.replace("      - The increase is the part I can put on a slide.", f"      - {long}")
    assert "more than 30 words in one sentence" in refused(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "is empty"),
        ("a: [", "is not YAML"),
        ("a: &x [1]\nb: *x\n", "aliases (`*name`) are not allowed"),
        ("a: " + "[" * 40 + "]" * 40, "is nested too deeply"),
        ("a: [" + "1," * 20_000 + "]", "holds too much"),
        # Composed the usual way, libyaml's recursion would end the process here.
        ("[" * 200_000, "is nested too deeply"),
        ("- " * 100_000, "is nested too deeply"),
        ("a: &a [x]\nb: [*a, *a]\nc: &c [b, b]", "aliases (`*name`) are not allowed"),
        ("a: !!python/object:os.system x", "tags (`tag:yaml.org,2002:python/object:os.system`)"),
        ("a: 1\n---\nb: 2\n", "line 3: is more than one document"),
        ("a:\n\t- b\n", "line 2: is not YAML: a tab stands where spaces are needed"),
        ("a: \x00", "a character that no text holds"),
        ("? [a]\n: b", "`[...]` is not known here"),
        ("[1, 2]", "expected a mapping"),
    ],
)
def test_what_is_no_scenario_at_all_is_refused(text: str, expected: str) -> None:
    assert expected in refused(text)


def test_a_huge_file_and_one_that_is_no_text_are_refused(tmp_path: Path) -> None:
    huge = tmp_path / "huge.yaml"
    huge.write_bytes(b"#" * 300_000)
    with pytest.raises(ScenarioError, match="larger than 256 KB"):
        load_scenario(huge)
    noise = tmp_path / "noise.yaml"
    noise.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ScenarioError, match="not UTF-8"):
        load_scenario(noise)
