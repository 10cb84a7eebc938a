import io

import pytest
from client.scripted_server import welcome
from overlay.made_calls import DRILL
from rich.console import Console

from voice_coach.coaching.turn import Check, Cue, Debrief, Evidence, Speaker, Turn
from voice_coach.conversation.commands import Phase
from voice_coach.counterpart.reply import Delivery, Outcome, RingSegment, SegmentState
from voice_coach.messages import (
    CueShown,
    Ended,
    Notice,
    Partial,
    PhaseChanged,
    Reply,
    Ring,
    TurnSettled,
)
from voice_coach.moves.move import Family, Move
from voice_coach_client.call_view import CallView, Line
from voice_coach_client.connection import Dropped
from voice_coach_client.strokes import caller_name, phase_words
from voice_coach_client.terminal import TerminalOverlay, line_text, live_region, ring_text

TEXT = "It sounds like you were left alone with that. What happened then?"


def _move(kind: str, start: int, end: int, family: Family = Family.REFLECTION) -> Move:
    return Move(
        kind=kind, family=family, start=start, end=end, cue="x", confidence=1, rule=f"test.{kind}"
    )


def _line(text: str = TEXT, **fields: object) -> Line:
    given = {"speaker": Speaker.TRAINEE, "number": 1, "text": text, "firm": len(text)}
    return Line(**(given | fields))


def _settled(number: int, speaker: Speaker, text: str, **fields: object) -> TurnSettled:
    turn = Turn(index=number, speaker=speaker, text=text, start_seconds=0.0, end_seconds=1.0, **fields)
    return TurnSettled(utterance=number, turn=turn)


RING = (
    RingSegment(topic="price", title="the price rise", state=SegmentState.SUMMARISED),
    RingSegment(topic="march", title="two days in March", state=SegmentState.DISCLOSED),
    RingSegment(topic="alone", title="", state=SegmentState.UNSPOKEN),
)


def _drawn(renderable: object, **console: object) -> str:
    out = io.StringIO()
    Console(**({"width": 80, "file": out} | console)).print(renderable)
    return out.getvalue()


def test_a_label_is_seen_by_brackets_and_word_without_any_colour() -> None:
    assert line_text(_line(moves=(_move("label", 0, 45),))).plain == (
        "[It sounds like you were left alone with that.] label What happened then?"
    )


def test_a_label_is_seen_by_colour_and_underline_too() -> None:
    drawn = _drawn(
        line_text(_line(moves=(_move("label", 0, 45),))), force_terminal=True, color_system="standard"
    )
    assert "\x1b[4;32m[It sounds like you were left alone with that.]\x1b[0m" in drawn
    assert "\x1b[1;32m label\x1b[0m" in drawn


def test_no_color_keeps_underline_brackets_and_word() -> None:
    drawn = _drawn(
        line_text(_line(moves=(_move("summary", 0, 45),))),
        force_terminal=True,
        color_system="standard",
        no_color=True,
    )
    assert "\x1b[4m[It sounds" in drawn
    assert " summary" in drawn
    assert "32" not in drawn


def test_highlights_that_overlap_become_one_with_both_names() -> None:
    line = _line(moves=(_move("label", 10, 45), _move("summary", 0, 20), _move("label", 46, 65)))
    assert line_text(line).plain == (
        "[It sounds like you were left alone with that.] summary, label [What happened then?] label"
    )


def test_tentative_words_are_dim_also_inside_a_highlight() -> None:
    line = _line("It sounds like you", firm=9, moves=(_move("label", 0, 18),))
    drawn = _drawn(line_text(line), force_terminal=True, color_system="standard")
    assert "\x1b[4;32m[It sounds\x1b[0m" in drawn
    assert "\x1b[2;4;32m like you\x1b[0m" in drawn


def test_other_moves_are_named_once_when_the_turn_is_over() -> None:
    moves = (
        _move("calibrated_question", 46, 65, Family.QUESTION),
        _move("calibrated_question", 46, 50, Family.QUESTION),
    )
    assert line_text(_line(moves=moves)).plain == TEXT
    assert line_text(_line(moves=moves, settled=True)).plain == f"{TEXT}  (calibrated question)"


@pytest.mark.parametrize("moves", [(), (_move("label", 0, 12),), (_move("label", 3, 5),) * 2])
def test_no_word_is_lost_or_doubled(moves: tuple[Move, ...]) -> None:
    plain = line_text(_line(moves=moves)).plain
    assert plain.replace("[", "").replace("]", "").replace(" label", "") == TEXT


def test_the_ring_differs_by_shape_and_keeps_secrets() -> None:
    plain = ring_text(RING).plain.replace("\N{NO-BREAK SPACE}", " ")
    assert plain == "understood 1 of 3  (#) the price rise (o) two days in March ( )"
    secret = (RingSegment(topic="x", title="the real reason", state=SegmentState.UNSPOKEN),)
    assert "reason" not in ring_text(secret).plain


def test_the_live_region_fits_eighty_columns() -> None:
    view = CallView(
        scenario=welcome().scenario,
        phase=Phase.COUNTERPART_SPEAKING,
        lines=(_line(TEXT * 3), _line("Settled.", number=2, settled=True)),
        ring=RING * 3,
        cue=Cue(rule="x", text="Wait: let them fill the silence."),
    )
    drawn = _drawn(live_region(view))
    assert all(len(row) <= 80 for row in drawn.splitlines())
    assert "    You: It sounds like you" in drawn
    assert "Settled." not in drawn
    assert "cue  Wait: let them fill the silence." in drawn
    assert "-- Dana is speaking" in drawn


def test_a_lost_connection_is_said_in_words() -> None:
    assert "-- coming back, nothing is lost" in _drawn(live_region(CallView(away=True)))


def _a_call(overlay: TerminalOverlay) -> None:
    debrief = Debrief(
        headline="Dana said that's right.",
        checks=(
            Check(
                id="named_feeling",
                question="Did you name a feeling before you asked?",
                passed=True,
                evidence=Evidence(turn=1, quote="left alone", start_seconds=3, end_seconds=4),
            ),
            Check(
                id="no_why",
                question="Did you do without why?",
                passed=False,
                you_could_have_said="What made you look?",
            ),
        ),
        labels=1,
        summaries=0,
        thats_right=True,
        talk_share=0.5,
    )
    for message in (
        welcome(),
        Reply(reply=1, sentences=("Nobody called.",), delivery=Delivery.CALM, sample_rate_hz=16_000),
        _settled(1, Speaker.COUNTERPART, "Nobody", interrupted=True),
        Partial(utterance=1, settled="It sounds", tentative=" like"),
        PhaseChanged(phase=Phase.TRAINEE_SPEAKING),
        _settled(1, Speaker.TRAINEE, TEXT, moves=(_move("label", 0, 45),)),
        Ring(segments=RING, opened=("march",)),
        CueShown(cue=Cue(rule="x", text="Wait.")),
        Dropped(reason="gone"),
        welcome(resumed=True),
        Notice(code="slow", text="This machine is slow."),
        _settled(2, Speaker.COUNTERPART, "That's right.", thats_right=True),
        Ended(session="s-1", outcome=Outcome.AGREEMENT, debrief=debrief),
    ):
        overlay.show(message)


def test_without_a_terminal_the_call_is_plain_lines() -> None:
    out = io.StringIO()
    with TerminalOverlay(Console(file=out, width=80)) as overlay:
        _a_call(overlay)
    lines = [line.rstrip().replace("\N{NO-BREAK SPACE}", " ") for line in out.getvalue().splitlines()]
    assert "\x1b" not in out.getvalue()
    assert lines == [
        "Renewal in doubt: you meet Dana Whitfield, operations at a clinic group. A",
        "renewal.",
        "Dana: Nobody -- (talked over)",
        "    You: [It sounds like you were left alone with that.] label What happened",
        "    then?",
        "understood 1 of 3  (#) the price rise (o) two days in March ( )",
        "cue Wait.",
        "The connection broke; coming back.",
        "The connection is back.",
        "note This machine is slow.",
        "Dana: That's right.  * that's right *",
        "",
        "Dana said that's right.",
        "  yes  Did you name a feeling before you asked?",
        '       "left alone"',
        "  no   Did you do without why?",
        '       you could have said: "What made you look?"',
    ]


def test_in_a_terminal_unfinished_words_are_live_and_finished_turns_stay() -> None:
    out = io.StringIO()
    console = Console(file=out, width=80, force_terminal=True, color_system="standard")
    with TerminalOverlay(console) as overlay:
        overlay.show(welcome())
        overlay.show(Partial(utterance=1, settled="It sounds", tentative=" like"))
        live = out.getvalue()
        overlay.show(_settled(1, Speaker.TRAINEE, TEXT, moves=(_move("label", 0, 45),)))
        finished = out.getvalue()[len(live) :]
    assert "It sounds\x1b[2m like\x1b[0m" in live
    assert finished.count("left alone") == 1


def test_an_unchanged_view_draws_nothing() -> None:
    out = io.StringIO()
    with TerminalOverlay(Console(file=out, width=80, force_terminal=True)) as overlay:
        overlay.show(PhaseChanged(phase=Phase.LISTENING))
        drawn = out.getvalue()
        overlay.show(PhaseChanged(phase=Phase.LISTENING))
        assert out.getvalue() == drawn


def test_a_person_without_a_name_is_they() -> None:
    view = CallView(lines=(_line("No.", speaker=Speaker.COUNTERPART),))
    assert "They: No." in _drawn(live_region(view))


def test_somebody_who_has_no_name_is_they() -> None:
    card = welcome().scenario
    nobody = card.__class__(id="x", title="X", person=" , ", stake="", guardedness="open")
    assert caller_name(CallView(scenario=card)) == "Dana"
    assert caller_name(CallView(scenario=nobody)) == "They"
    assert caller_name(CallView(scenario=card, drill=DRILL)) == "They"


def test_they_are_speaking_in_the_plural() -> None:
    assert phase_words(CallView(phase=Phase.COUNTERPART_SPEAKING)) == "they are speaking"
    assert phase_words(CallView(phase=Phase.TALKED_OVER)) == "you are talking over them"
