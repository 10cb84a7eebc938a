"""The room's rules, with no socket: what is told to it, and what it wants done."""

from dataclasses import dataclass, field

import pytest

from voice_coach.coaching.drill import DrillRound, Verdict
from voice_coach.coaching.turn import Speaker, Turn
from voice_coach.conversation.commands import Phase
from voice_coach.counterpart.reply import Delivery, RingSegment, SegmentState
from voice_coach.errors import InputError
from voice_coach.messages import (
    Latency,
    Partial,
    PhaseChanged,
    Reply,
    Ring,
    RoundStarted,
    ServerMessage,
    TurnSettled,
    TurnTakenBack,
    VerdictShown,
)
from voice_coach.moves.move import Family, Move
from voice_coach.room_messages import (
    Activity,
    AskToListen,
    Assigned,
    Consent,
    Listening,
    NoteShown,
    Removed,
    StartActivity,
    StopActivity,
    ToTable,
)
from voice_coach_server.room.deeds import (
    CallMustEnd,
    Deed,
    LobbyChanged,
    RoomChanged,
    Said,
    TableLeft,
    Told,
    Touched,
)
from voice_coach_server.room.room import Room
from voice_coach_server.room.table import Table

RENEWAL = Activity(scenario="renewal_in_doubt")


@dataclass
class Played:
    """A room, the time in it, and all that it wanted done."""

    at: float = 100.0
    deeds: list[Deed] = field(default_factory=list)
    room: Room = field(init=False)

    def __post_init__(self) -> None:
        self.room = Room("Tuesday", now=lambda: self.at, titled=titled, tables_limit=3)
        self.room.on_deed = self.deeds.append

    def join(self, name: str, *, share: bool = True, present: bool = True) -> Table:
        table = self.room.join(name, "headset 0.1", Consent(share=share))
        if present:
            self.room.lobby_opened(table.id)
        self.deeds.clear()
        return table

    def told(self, table: Table) -> list[ToTable]:
        return [deed.message for deed in self.deeds if isinstance(deed, Told) and deed.table == table.id]

    def all_of(self, kind: type[Deed]) -> list[Deed]:
        return [deed for deed in self.deeds if isinstance(deed, kind)]


def titled(activity: Activity) -> str:
    if activity.scenario == "nowhere":
        raise InputError("There is no scenario nowhere.", code="unknown-scenario")
    return f"The title of {activity.scenario or activity.drill}"


@pytest.fixture
def played() -> Played:
    return Played()


def refused(error: pytest.ExceptionInfo[InputError]) -> str:
    assert str(error.value).endswith((".", "!"))
    return error.value.stable_code


def settled(utterance: int, text: str, *kinds: str, speaker: Speaker = Speaker.TRAINEE) -> TurnSettled:
    moves = tuple(
        Move(kind=kind, family=Family.REFLECTION, start=0, end=1, cue="c", rule="r", confidence=1.0)
        for kind in kinds
    )
    turn = Turn(index=0, speaker=speaker, text=text, start_seconds=0.0, end_seconds=1.0, moves=moves)
    return TurnSettled(utterance=utterance, turn=turn)


# ---------------------------------------------------------------- joining


@pytest.mark.parametrize("name", ["", "   ", "!?", "a" * 41, "left\u202eright", "two\x00"])
def test_a_name_that_cannot_be_read_is_refused(played: Played, name: str) -> None:
    with pytest.raises(InputError) as error:
        played.room.join(name, "", Consent())
    assert refused(error) == "bad-name"
    assert not played.room.tables


@pytest.mark.parametrize("other", ["Zoë", "zoë", "  Zoe\u0308 ", "\uff3aoë"])
def test_two_tables_of_one_name_are_not_told_apart_so_the_second_is_refused(
    played: Played, other: str
) -> None:
    played.join("Zoë")
    with pytest.raises(InputError) as error:
        played.room.join(other, "", Consent())
    assert refused(error) == "name-taken"


def test_a_name_is_free_again_when_its_table_has_left(played: Played) -> None:
    first = played.join("Anna")
    played.room.leave(first.id)
    assert played.join("Anna").id != first.id


def test_a_full_room_and_a_locked_one_take_nobody(played: Played) -> None:
    for name in "abc":
        played.join(name)
    with pytest.raises(InputError) as error:
        played.room.join("d", "", Consent())
    assert refused(error) == "room-full"
    played.room.leave(played.room.tables[0].id)
    played.room.lock(on=True)
    with pytest.raises(InputError) as error:
        played.room.join("d", "", Consent())
    assert refused(error) == "room-locked"
    played.room.lobby_closed(played.room.tables[0].id)
    played.room.lobby_opened(played.room.tables[0].id)
    assert played.room.states()[0].connected, "who was in may come back"


def test_locking_is_shown_to_all_once(played: Played) -> None:
    table = played.join("Anna")
    played.room.lock(on=True)
    played.room.lock(on=True)
    assert played.all_of(RoomChanged) == [RoomChanged()]
    assert played.all_of(LobbyChanged) == [LobbyChanged(table=table.id)]
    assert played.room.lobby(table.id).locked


# ---------------------------------------------------------------- activities


def test_what_everybody_is_to_do_is_for_those_too_who_join_later(played: Played) -> None:
    early = played.join("Anna")
    played.room.send_activity(RENEWAL, None)
    whole = Activity(scenario="renewal_in_doubt", title="The title of renewal_in_doubt")
    assert played.told(early) == [Assigned(activity=whole)]
    late = played.join("Ben")
    assert played.room.lobby(late.id).activity == whole


def test_what_one_table_is_to_do_is_for_nobody_else(played: Played) -> None:
    anna, ben = played.join("Anna"), played.join("Ben")
    played.room.send_activity(Activity(drill="label_it"), (ben.id,))
    assert played.told(anna) == []
    assert played.room.lobby(anna.id).activity is None
    assert played.join("Cleo").activity is None


@pytest.mark.parametrize(
    ("activity", "code"),
    [
        (Activity(), "bad-activity"),
        (Activity(scenario="a", drill="b"), "bad-activity"),
        (Activity(scenario="nowhere"), "unknown-scenario"),
    ],
)
def test_only_what_can_be_done_is_sent(played: Played, activity: Activity, code: str) -> None:
    played.join("Anna")
    with pytest.raises(InputError) as error:
        played.room.send_activity(activity, None)
    assert refused(error) == code
    assert not played.deeds


def test_only_those_with_something_to_do_start_and_who_is_away_is_named(played: Played) -> None:
    anna, ben, cleo = played.join("Anna"), played.join("Ben"), played.join("Cleo", present=False)
    with pytest.raises(InputError) as error:
        played.room.start(None)
    assert refused(error) == "nothing-to-do"
    played.room.send_activity(RENEWAL, (anna.id, cleo.id))
    played.deeds.clear()
    played.room.start(None)
    assert [type(message) for message in played.told(anna)] == [StartActivity]
    assert played.told(ben) == []
    (said,) = played.all_of(Said)
    assert isinstance(said, Said)
    assert "Cleo" in said.text
    assert "Anna" not in said.text


def test_stopping_ends_only_calls_that_go_on(played: Played) -> None:
    anna, ben = played.join("Anna"), played.join("Ben")
    played.room.call_opened(anna.id, "one")
    played.deeds.clear()
    played.room.stop(None)
    assert played.told(anna) == played.told(ben) == [StopActivity()]
    assert played.all_of(CallMustEnd) == [CallMustEnd(session="one", within_seconds=3.0)]


# ---------------------------------------------------------------- calls


def test_a_call_is_seen_as_its_client_sees_it(played: Played) -> None:
    table = played.join("Anna")
    played.room.call_opened(table.id, "one")
    ring = (RingSegment(topic="t", title="The crash", state=SegmentState.HINTED),)
    messages: list[ServerMessage] = [
        PhaseChanged(phase=Phase.TRAINEE_SPEAKING),
        Ring(segments=ring),
        settled(1, "It sounds like you were left alone.", "label", "label"),
        settled(2, "What happened?", "calibrated_question"),
        Reply(
            reply=1,
            sentences=("That's right.", "Nobody called."),
            delivery=Delivery.WARM,
            sample_rate_hz=1,
            thats_right=True,
        ),
        settled(3, "Well", "mirror"),
        TurnTakenBack(utterance=3),
        Partial(utterance=3, settled="Well you ", tentative="see"),
    ]
    for message in messages:
        played.room.call_said(table.id, "one", message)
    played.at += 30
    state = played.room.state(table.id)
    assert state is not None
    assert (state.session, state.phase, state.call_seconds) == ("one", Phase.TRAINEE_SPEAKING, 30.0)
    assert (state.last_words, state.last_reply) == ("Well you see", "That's right. Nobody called.")
    assert state.moves == (("label", 2), ("calibrated_question", 1))
    assert (state.ring, state.thats_right) == (ring, True)
    assert played.room.lobby(table.id).session == "one"

    played.room.call_ended(table.id, "one")
    played.at += 5
    state = played.room.state(table.id)
    assert state is not None
    assert (state.session, state.phase, state.calls, state.call_seconds) == ("", None, 1, 30.0)
    assert state.last_reply, "how it ended stays to be seen"


def test_what_concerns_only_the_client_is_not_news(played: Played) -> None:
    table = played.join("Anna")
    played.room.call_opened(table.id, "one")
    played.deeds.clear()
    latency = Latency(utterance=1, final_text_ms=1, turn_decided_ms=1, reply_ready_ms=1)
    played.room.call_said(table.id, "one", latency)
    assert not played.deeds


def test_a_drill_is_seen_by_its_rounds(played: Played) -> None:
    table = played.join("Anna")
    played.room.call_opened(table.id, "one")
    assert played.room.states()[0].rounds is None
    first = DrillRound(number=1, rounds=8, streak=0, passed=0, prompt="p", task="Label it", why="w")
    played.room.call_said(table.id, "one", RoundStarted(round=first))
    assert played.room.states()[0].rounds == (0, 0)
    for number, (passed, streak) in enumerate([(True, 1), (False, 0), (True, 1), (True, 2)], start=1):
        verdict = Verdict(
            round=number, utterance=number, prompt="p", passed=passed, reason="r", streak=streak
        )
        played.room.call_said(table.id, "one", VerdictShown(verdict=verdict))
    state = played.room.state(table.id)
    assert state is not None
    assert (state.rounds, state.streak) == ((3, 4), 2)
    played.room.call_said(table.id, "one", TurnTakenBack(utterance=4))
    state = played.room.state(table.id)
    assert state is not None
    assert (state.rounds, state.streak) == ((2, 3), 1)


def test_a_table_that_does_not_share_shows_no_word(played: Played) -> None:
    table = played.join("Anna", share=False)
    played.room.call_opened(table.id, "one")
    ring = (RingSegment(topic="t", title="The crash", state=SegmentState.HINTED),)
    for message in (
        Ring(segments=ring),
        settled(1, "Mine.", "label"),
        PhaseChanged(phase=Phase.LISTENING),
    ):
        played.room.call_said(table.id, "one", message)
    state = played.room.state(table.id)
    assert state is not None
    assert (state.last_words, state.last_reply, state.ring[0].title) == ("", "", "")
    assert state.last_moves == ()
    assert (state.moves, state.phase, state.ring[0].state) == (
        (("label", 1),),
        Phase.LISTENING,
        SegmentState.HINTED,
    )
    played.room.change_consent(table.id, Consent(share=True))
    state = played.room.state(table.id)
    assert state is not None
    assert (state.last_words, state.ring[0].title) == ("Mine.", "The crash")
    assert [move.kind for move in state.last_moves] == ["label"]


def test_a_table_is_away_when_both_its_sockets_are(played: Played) -> None:
    table = played.join("Anna")
    played.room.call_opened(table.id, "one")
    played.room.call_attached(table.id, "one", on=True)
    played.room.lobby_closed(table.id)
    played.at += 10
    assert played.room.states()[0].connected
    played.room.call_attached(table.id, "one", on=False)
    played.at += 7
    state = played.room.states()[0]
    assert (state.connected, state.away_seconds) == (False, 7.0)
    played.room.call_attached(table.id, "one", on=True)
    assert played.room.states()[0].away_seconds == 0.0


# ---------------------------------------------------------------- notes, listening, leaving


def test_a_note_is_one_plain_line_and_waits_for_a_table_that_is_away(played: Played) -> None:
    table = played.join("Anna", present=False)
    played.room.send_note(table.id, "  Name\nthe  feeling. ")
    played.deeds.clear()
    played.room.lobby_opened(table.id)
    assert played.told(table) == [NoteShown(text="Name the feeling.")]
    for bad in ("x" * 201, "bell\x07", "left\u202eright"):
        with pytest.raises(InputError) as error:
            played.room.send_note(table.id, bad)
        assert refused(error) == "bad-note"
    played.room.send_note(table.id, "")
    played.deeds.clear()
    played.room.lobby_opened(table.id)
    assert played.told(table) == []


def test_nobody_is_listened_to_who_has_not_said_yes(played: Played) -> None:
    anna, ben = played.join("Anna"), played.join("Ben")
    with pytest.raises(InputError) as error:
        played.room.answer_listening(anna.id, allow=True)
    assert refused(error) == "nobody-asked"
    played.room.listen(anna.id, on=True)
    assert anna.listening is Listening.ASKED
    assert played.told(anna) == [AskToListen()]
    played.room.answer_listening(anna.id, allow=True)
    assert played.room.lobby(anna.id).listening is Listening.YES
    played.room.listen(ben.id, on=True)
    assert (anna.listening, ben.listening) == (Listening.NO, Listening.ASKED)
    played.deeds.clear()
    played.room.answer_listening(ben.id, allow=False)
    assert ben.listening is Listening.NO
    assert played.all_of(Said)


def test_listening_ends_with_a_no_with_the_trainer_and_with_sharing(played: Played) -> None:
    table = played.join("Anna")

    def say_yes() -> None:
        played.room.listen(table.id, on=True)
        played.room.answer_listening(table.id, allow=True)
        assert table.listening is Listening.YES

    say_yes()
    played.room.answer_listening(table.id, allow=False)
    assert table.listening is Listening.NO
    say_yes()
    played.room.listen(table.id, on=False)
    assert table.listening is Listening.NO
    say_yes()
    played.room.stop_listening()
    assert table.listening is Listening.NO
    say_yes()
    played.room.change_consent(table.id, Consent(share=False))
    assert table.listening is Listening.NO


def test_a_table_that_returns_while_it_is_asked_is_asked_again(played: Played) -> None:
    table = played.join("Anna")
    played.room.listen(table.id, on=True)
    played.room.lobby_closed(table.id)
    played.deeds.clear()
    played.room.lobby_opened(table.id)
    assert played.told(table) == [AskToListen()]


def test_a_table_taken_out_is_told_and_is_gone_with_its_call(played: Played) -> None:
    table = played.join("Anna")
    played.room.call_opened(table.id, "one")
    played.deeds.clear()
    played.room.remove(table.id)
    (message,) = played.told(table)
    assert isinstance(message, Removed)
    assert played.all_of(TableLeft) == [TableLeft(table=table.id, session="one")]
    assert played.room.table(table.id) is None
    with pytest.raises(InputError) as error:
        played.room.send_note(table.id, "Hello")
    assert refused(error) == "unknown-table"
    played.deeds.clear()
    played.room.call_said(table.id, "one", PhaseChanged(phase=Phase.ENDED))
    played.room.call_ended(table.id, "one")
    assert not played.deeds
    assert table.past == ["one"], "its calls are remembered for the report"


def test_the_trainer_is_there_while_a_page_is(played: Played) -> None:
    table = played.join("Anna")
    played.room.trainer_came()
    played.room.trainer_came()
    played.room.trainer_went()
    assert played.room.lobby(table.id).trainer_present
    played.room.trainer_went()
    assert not played.room.lobby(table.id).trainer_present
    assert len(played.all_of(LobbyChanged)) == 2
    assert not played.all_of(Touched)
