from voice_coach.counterpart.expected_words import expected_words
from voice_coach.counterpart.scenario import SCENARIO_FOLDER, load_scenario, parse_scenario

SHIPPED = (SCENARIO_FOLDER / "renewal_in_doubt.yaml").read_text("utf-8")


def words_with(change: tuple[str, str]) -> tuple[str, ...]:
    assert change[0] in SHIPPED
    return expected_words(parse_scenario(SHIPPED.replace(*change, 1), "changed.yaml"))


def test_the_person_is_expected_and_weekdays_are_not() -> None:
    words = expected_words(load_scenario("renewal_in_doubt"))
    assert "Dana Whitfield" in words
    assert not {"March", "I'll", "Friday"} & set(words)


def test_names_inside_sentences_are_found_without_their_s() -> None:
    change = ("you do not know what", "they use Meridex's records in Halden Ridge; you do not know what")
    words = words_with(change)
    assert {"Meridex", "Halden Ridge"} <= set(words)


def test_the_beginning_of_a_sentence_is_no_name() -> None:
    assert "Hello" not in expected_words(load_scenario("renewal_in_doubt"))


def test_the_authors_own_words_come_first() -> None:
    words = words_with(("id: renewal_in_doubt", "words: [Tressler, Zorvian]\nid: renewal_in_doubt"))
    assert words[:3] == ("Tressler", "Zorvian", "Dana Whitfield")


def test_no_word_is_given_twice() -> None:
    words = words_with(("id: renewal_in_doubt", "words: [dana whitfield]\nid: renewal_in_doubt"))
    assert [word for word in words if word.lower() == "dana whitfield"] == ["dana whitfield"]
