"""A short attack on a running server: nobody else is harmed by it."""

from voice_coach_benchmarks.fuzz_wire import measure


def test_an_attack_on_the_wire_harms_nobody_else() -> None:
    report = measure(400, seed=3)
    assert report.messages >= 400
    assert not report.findings
    assert report.closed.get("4400", 0) > 20, "attacks that are never refused reach nothing"
