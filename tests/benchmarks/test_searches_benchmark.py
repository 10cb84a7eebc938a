"""The curve of cost against error: every search is a point, dear ones to the right."""

from voice_coach.speech.search import Search
from voice_coach_benchmarks.ears import Score
from voice_coach_benchmarks.searches import curves, spelt


def score(cpu_seconds: float, errors: float) -> Score:
    return Score(cpu_seconds_per_clip=cpu_seconds, word_error_percent={"all": errors})


def test_a_search_is_named_by_its_numbers() -> None:
    search = Search(tail_seconds=0.5, remembered_seconds=8.0, beam_size=5, timestamps=True)
    assert spelt(search) == "0.5 + 8 s, beam 5, times"


def test_ours_and_the_usual_ways_are_two_curves_from_cheap_to_dear() -> None:
    scores = {"b": score(0.2, 11), "a": score(0.1, 12), "plain beam 5": score(0.5, 13)}
    ours, usual = curves("tiny.en", scores)
    assert (ours.name, ours.points) == ("tiny.en, ours", ((100.0, 12), (200.0, 11)))
    assert usual.points == ((500.0, 13),)
