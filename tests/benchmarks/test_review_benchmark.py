"""The benchmark's long call is a call: the real rules wrote it, and a review tells it whole."""

from pathlib import Path

from voice_coach.journal.journal import read_journal
from voice_coach.journal.store import named_folder, open_store
from voice_coach.review.tell import tell_review
from voice_coach_benchmarks.review_material import keep_long_call


def test_a_call_that_is_repeated_is_told_as_one(tmp_path: Path) -> None:
    session = keep_long_call(open_store(tmp_path), minutes=8)
    assert read_journal(named_folder(tmp_path, session) / "journal.jsonl").complete
    review = tell_review(tmp_path, session)
    assert [row.turn.index for row in review.turns] == list(range(len(review.turns)))
    assert 300 < review.turns[-1].turn.end_seconds < review.seconds <= 480
    assert all(row.words for row in review.turns)
    assert review.course
    assert review.silences
    assert len(review.tracks) == 2
