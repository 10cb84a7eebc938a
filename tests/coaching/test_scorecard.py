"""The scorecard of whole calls, played in text."""

from counterpart.calls import Call, dana, recognizer

from voice_coach.coaching.scorecard import debrief
from voice_coach.coaching.turn import Check, Debrief, Speaker, Turn
from voice_coach.counterpart.demo import load_demo
from voice_coach.counterpart.reply import Outcome, Reply
from voice_coach.moves.move import Heard

SECONDS_PER_CHARACTER = 0.05


class Kept:
    """A call in text whose turns are kept as the session keeps them."""

    def __init__(self) -> None:
        self.call = Call(seed=7)
        self.turns: list[Turn] = []
        self._now = 0.0
        self._hear(self.call.reply)

    def says(self, text: str, *, over: bool = False) -> None:
        heard = Heard(text=text, previous=self.call.reply.text, topics=dana().topics)
        moves = recognizer().recognize(heard)
        covers = tuple({k.topic: k for move in moves for k in move.covers}.values())
        self._keep(text, speaker=Speaker.TRAINEE, moves=moves, covers=covers, interrupted=over)
        self._hear(self.call.says(text, over=over))

    def leaves_silence(self) -> None:
        self._hear(self.call.leaves_silence())

    def _hear(self, reply: Reply) -> None:
        if reply.sentences:
            self._keep(
                reply.text,
                speaker=Speaker.COUNTERPART,
                delivery=reply.delivery,
                because=reply.because,
                thats_right=reply.thats_right,
            )

    def _keep(self, text: str, **rest: object) -> None:
        start, self._now = self._now, self._now + SECONDS_PER_CHARACTER * len(text)
        self.turns.append(
            Turn(index=len(self.turns), text=text, start_seconds=start, end_seconds=self._now, **rest)
        )


def checks_of(taken_home: Debrief) -> dict[str, Check]:
    return {check.id: check for check in taken_home.checks}


def good_call() -> Kept:
    kept = Kept()
    for line in load_demo("renewal_in_doubt"):
        if kept.call.reply.follow_up is not None:
            kept.leaves_silence()
        kept.says(line.text)
    return kept


def bad_call() -> Kept:
    kept = Kept()
    kept.says("You need us more than we need you. Take it or leave it.")
    kept.says("I can do five percent off if you sign by Friday. Would you agree that's fair?", over=True)
    kept.says("Why are you even talking to other vendors?")
    return kept


def test_a_good_call_passes_what_it_did_well_and_proves_it() -> None:
    kept = good_call()
    taken_home = debrief(kept.turns, Outcome.AGREEMENT, dana())
    checks = checks_of(taken_home)
    assert taken_home.thats_right
    assert taken_home.labels == 3
    assert taken_home.summaries == 1
    assert "own terms" in taken_home.headline
    assert all(check.passed for check in checks.values()), [c.id for c in checks.values() if not c.passed]
    proof = checks["thats-right"].evidence
    assert proof is not None
    assert "That's right." in proof.quote


def test_evidence_lies_inside_the_turn_it_names() -> None:
    for kept, outcome in ((good_call(), Outcome.AGREEMENT), (bad_call(), Outcome.HUNG_UP)):
        for check in debrief(kept.turns, outcome, dana()).checks:
            if check.evidence is None:
                continue
            turn = kept.turns[check.evidence.turn]
            assert check.evidence.quote
            assert check.evidence.quote in turn.text
            assert turn.start_seconds <= check.evidence.start_seconds <= check.evidence.end_seconds
            assert check.evidence.end_seconds <= turn.end_seconds + 1e-6


def test_a_bad_call_says_what_could_have_been_said() -> None:
    taken_home = debrief(bad_call().turns, Outcome.HUNG_UP, dana())
    checks = checks_of(taken_home)
    for name in ("thats-right", "feeling-first", "why-they-came", "no-pressure", "let-them-finish"):
        assert not checks[name].passed, name
        assert checks[name].you_could_have_said, name
    assert checks["no-pressure"].you_said in bad_call().turns[1].text
    assert "hung up" in taken_home.headline


def test_there_are_six_to_eight_checks_however_the_call_went() -> None:
    for turns in ([], bad_call().turns, good_call().turns):
        for outcome in set(Outcome) - {Outcome.DRILLED}:
            taken_home = debrief(turns, outcome, dana())
            assert 6 <= len(taken_home.checks) <= 8
            assert len(checks_of(taken_home)) == len(taken_home.checks)
            assert taken_home.headline.endswith((".", "”"))
            assert 0 <= taken_home.talk_share <= 1


def test_a_silence_that_was_stepped_on_is_named() -> None:
    kept = Kept()
    for text in (
        "It sounds like this is not only about the price.",
        "The second time?",
        "It seems like you were left alone with that.",
        "We have a new product for you.",
    ):
        kept.says(text)
    check = checks_of(debrief(kept.turns, Outcome.TRAINEE_LEFT, dana()))["silence"]
    assert not check.passed
    assert check.you_said == "We have a new product for you."
    assert "Dana was about to go on" in check.you_could_have_said


def test_every_check_has_its_proof_and_every_failed_one_its_advice() -> None:
    for kept, outcome in ((good_call(), Outcome.AGREEMENT), (bad_call(), Outcome.HUNG_UP)):
        for check in debrief(kept.turns, outcome, dana()).checks:
            assert check.evidence is not None, check.id
            assert bool(check.you_could_have_said) is not check.passed, check.id


def test_the_advice_is_written_in_the_scenario() -> None:
    written = dana().source_text.replace("\n", " ")
    checks = checks_of(debrief(bad_call().turns, Outcome.HUNG_UP, dana()))
    for name in ("feeling-first", "why-they-came", "no-pressure"):
        assert checks[name].you_could_have_said in written, name
