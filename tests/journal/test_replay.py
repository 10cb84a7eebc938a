from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from journal.samples import DEBRIEF, EXCHANGES, header, write_session

from voice_coach import __version__
from voice_coach.conversation import commands as c
from voice_coach.conversation import events as e
from voice_coach.counterpart.reply import Outcome
from voice_coach.counterpart.scenario import load_scenario
from voice_coach.counterpart.story import Guardedness
from voice_coach.errors import IllegalEventError
from voice_coach.journal.format import JournalHeader, encode_header
from voice_coach.journal.journal import JOURNAL_NAME, Journal, read_journal
from voice_coach.journal.played import played_scenario
from voice_coach.journal.replay import replay


class Prepared:
    """A session that answers as `EXCHANGES` says, except where it was told otherwise."""

    def __init__(self, **changes: Any) -> None:
        self.changes = {int(key.removeprefix("event_")): value for key, value in changes.items()}
        self.seen: list[e.Event] = []
        self.headers: list[JournalHeader] = []

    def make(self, header: JournalHeader) -> Prepared:
        self.headers.append(header)
        return self

    def handle(self, event: e.Event) -> Sequence[c.Command]:
        self.seen.append(event)
        answer = self.changes.get(len(self.seen), EXCHANGES[len(self.seen) - 1][1])
        if isinstance(answer, Exception):
            raise answer
        return list(answer)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return read_journal(write_session(tmp_path) / JOURNAL_NAME)


def test_the_same_rules_give_the_same_call(journal: Journal) -> None:
    session = Prepared()

    result = replay(journal, session.make)

    assert result.identical
    assert result.divergence is None
    assert result.events == len(EXCHANGES)
    assert session.seen == [event for event, _ in EXCHANGES]
    assert session.headers == [journal.header]


def test_a_whole_number_and_a_list_are_what_they_become_in_a_journal(journal: Journal) -> None:
    say = EXCHANGES[0][1][1]
    assert isinstance(say, c.Say)
    as_list = msgspec.structs.replace(say, sentences=list(say.sentences))

    assert replay(journal, Prepared(event_1=[EXCHANGES[0][1][0], as_list]).make).identical


@pytest.mark.parametrize(
    ("changes", "number", "sentence"),
    [
        (
            {"event_1": [c.ShowPhase(phase=c.Phase.LISTENING), EXCHANGES[0][1][1]]},
            1,
            (
                "Event 1 (call_started at 0.00 s) leads to something else: command 1 (show_phase) differs"
                " in phase: was counterpart_speaking, now listening. Turn taking (how a pause or a"
                " talk-over is decided) has changed"
            ),
        ),
        (
            {"event_2": [c.StopReply(reply=1)]},
            2,
            (
                "Event 2 (reply_started at 0.50 s) leads to something else: command 1 was nothing, now"
                " stop_reply. Turn taking (how a pause or a talk-over is decided) has changed"
            ),
        ),
        (
            {"event_3": EXCHANGES[2][1][:1]},
            3,
            (
                "Event 3 (reply_played at 2.50 s) leads to something else: command 2 was show_phase, now"
                " nothing. Turn taking (how a pause or a talk-over is decided) has changed"
            ),
        ),
        (
            {"event_4": [c.ShowCue(cue=None)]},
            4,
            (
                "Event 4 (transcript_final at 5.40 s) leads to something else: command 1 was show_turn,"
                " now show_cue. The way a turn is shown has changed"
            ),
        ),
        (
            {"event_5": IllegalEventError("A call that is ended cannot take CallEnded.")},
            5,
            (
                "Event 5 (call_ended at 6.00 s) leads to something else: A call that is ended cannot take"
                " CallEnded. Today's session does not allow this event in that state"
            ),
        ),
        (
            {"event_5": [c.EndCall(outcome=Outcome.AGREEMENT, debrief=DEBRIEF)]},
            5,
            (
                "Event 5 (call_ended at 6.00 s) leads to something else: command 1 (end_call) differs in"
                " outcome: was trainee_left, now agreement. A rule of the counterpart has changed"
            ),
        ),
    ],
)
def test_the_first_divergence_is_named(
    journal: Journal, changes: dict[str, Any], number: int, sentence: str
) -> None:
    result = replay(journal, Prepared(**changes).make)

    assert not result.identical
    assert result.events == number
    divergence = result.divergence
    assert divergence is not None
    assert divergence.event_number == number
    assert divergence.event == EXCHANGES[number - 1][0]
    assert divergence.expected == tuple(EXCHANGES[number - 1][1])
    version = f"(the journal was made by version {__version__}, this is {__version__})."
    assert str(divergence) == f"{sentence} {version}"


def test_a_call_that_was_cut_off_may_lack_its_last_commands(tmp_path: Path) -> None:
    path = write_session(tmp_path, exchanges=3) / JOURNAL_NAME
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]) + lines[-1][:20])
    journal = read_journal(path)
    assert journal.torn

    assert replay(journal, Prepared().make).identical
    refused = replay(journal, Prepared(event_3=[c.StopReply(reply=1)]).make)
    assert refused.divergence is not None
    assert refused.divergence.event_number == 3


def test_a_complete_call_may_not_lack_commands(journal: Journal) -> None:
    more = [*EXCHANGES[4][1], c.StopReply(reply=1)]

    assert not replay(journal, Prepared(event_5=more).make).identical


def test_a_call_played_at_another_level_is_replayed_at_that_level(tmp_path: Path) -> None:
    written = load_scenario("renewal_in_doubt")
    kept = header(scenario_source=written.source_text, guardedness=Guardedness.CLOSED)
    path = tmp_path / "journal.jsonl"
    path.write_bytes(encode_header(kept))
    read = read_journal(path).header
    assert played_scenario(read).guardedness is Guardedness.CLOSED
    assert played_scenario(read).layers == written.layers
    as_written = msgspec.structs.replace(read, guardedness=None)
    assert played_scenario(as_written).guardedness is written.guardedness


def test_a_journal_from_before_cues_could_be_switched_off_had_them(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    for line, cues in (
        (encode_header(header(cues=False)), False),
        (encode_header(header()).replace(b'"cues":true,', b""), True),
    ):
        path.write_bytes(line)
        assert read_journal(path).header.cues is cues


def changed_turn(**changes: Any) -> list[c.Command]:
    shown = EXCHANGES[3][1][0]
    assert isinstance(shown, c.ShowTurn)
    (move,) = shown.turn.moves
    turn = msgspec.structs.replace(shown.turn, moves=(msgspec.structs.replace(move, **changes),))
    return [msgspec.structs.replace(shown, turn=turn)]


def test_the_cause_names_the_rule_then_and_now(journal: Journal) -> None:
    divergence = replay(journal, Prepared(event_4=changed_turn(rule="labels.seems_like")).make).divergence
    assert divergence is not None
    assert divergence.cause == "A rule that finds moves has changed"
    assert (
        "differs in turn.moves[0].rule: was labels.sounds_like, now labels.seems_like. A rule that finds"
        in str(divergence)
    )


def test_a_move_that_is_not_found_any_more_is_named_by_its_rule(journal: Journal) -> None:
    shown = EXCHANGES[3][1][0]
    assert isinstance(shown, c.ShowTurn)
    without = msgspec.structs.replace(shown, turn=msgspec.structs.replace(shown.turn, moves=()))
    divergence = replay(journal, Prepared(event_4=[without]).make).divergence
    assert "differs in turn.moves[0]: was labels.sounds_like, now nothing." in str(divergence)


def test_not_a_word_of_what_was_said_is_told(journal: Journal) -> None:
    said = EXCHANGES[0][1][1]
    assert isinstance(said, c.Say)
    for changed in (
        msgspec.structs.replace(said, sentences=("You never called.",)),
        msgspec.structs.replace(said, sentences=(*said.sentences, "And more.")),
    ):
        divergence = replay(journal, Prepared(event_1=[EXCHANGES[0][1][0], changed]).make).divergence
        assert divergence is not None
        assert divergence.cause == "What the counterpart says has changed"
        for word in ("waiting", "called", "And more"):
            assert word not in str(divergence)
    changed_cue = changed_turn(cue="I guess")
    assert "guess" not in str(replay(journal, Prepared(event_4=changed_cue).make).divergence)
