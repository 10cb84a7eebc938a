"""The benchmark of a class: how far the trainer's page is behind is reckoned right."""

import pytest

from voice_coach_benchmarks.room_tables import Watch


def test_a_change_is_shown_when_it_or_something_newer_is() -> None:
    watch = Watch()
    watch.said("a", "It", at=1.0)
    watch.said("a", "It sounds", at=1.1)
    watch.said("b", "What", at=1.2)
    watch.said("a", "It sounds like", at=1.3)
    watch.shown("a", "It sounds", at=1.5)
    assert watch.updates == pytest.approx([0.5, 0.4])
    assert watch.unshown(before=2.0) == 2
    assert watch.unshown(before=1.25) == 1
    watch.shown("a", "It sounds like", at=1.9)
    watch.shown("b", "What", at=1.9)
    assert watch.updates == pytest.approx([0.5, 0.4, 0.6, 0.7])
    assert watch.unshown(before=2.0) == 0


def test_a_page_that_has_it_first_is_not_late_and_a_repetition_is_no_change() -> None:
    watch = Watch()
    watch.shown("a", "It sounds", at=1.0)
    watch.said("a", "It sounds", at=1.1)
    watch.said("a", "It sounds", at=1.2)
    assert watch.updates == [0.0]


def test_what_the_page_shows_of_before_settles_nothing() -> None:
    watch = Watch()
    watch.said("a", "new", at=1.0)
    watch.shown("a", "old", at=1.1)
    assert watch.updates == []
    assert watch.unshown(before=2.0) == 1
