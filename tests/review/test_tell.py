"""A call retold from real journals: whole, torn, cut off, branched, running and without sound."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
import soundfile
from journal.played_calls import PlayedCall, begun, header_of
from journal.samples import SESSION, write_session

from voice_coach.coaching.turn import Speaker
from voice_coach.conversation import events as e
from voice_coach.counterpart.scenario import load_scenario
from voice_coach.errors import InputError, JournalError
from voice_coach.journal.format import JournalHeader, Parent
from voice_coach.journal.journal import JOURNAL_NAME, JournalWriter, read_journal
from voice_coach.journal.library import Library
from voice_coach.journal.recording import Recorder
from voice_coach.journal.store import named_folder, open_store
from voice_coach.moves.recognizer import load_recognizer
from voice_coach.review.notes import (
    CommentAdded,
    Note,
    Overruled,
    SpeakerMarked,
    decode_note,
)
from voice_coach.review.review import Review
from voice_coach.review.tell import add_note, tell_review

RECOGNIZER = load_recognizer()
SCENARIO = load_scenario("renewal_in_doubt")
LABEL_TEXT = "It sounds like this isn't only about the increase."
CHILD = "20261124-080000-c2d3"


def played(header: JournalHeader | None = None) -> tuple[PlayedCall, JournalHeader]:
    header = header or header_of(SCENARIO, seed=7)
    call = begun(header, RECOGNIZER)
    call.start()
    return call, header


def kept(store: Path, call: PlayedCall, header: JournalHeader) -> Review:
    call.end()
    open_store(store)
    call.keep(store, header)
    return tell_review(store, header.session)


def test_a_small_call_is_told_whole(tmp_path: Path) -> None:
    write_session(tmp_path)
    review = tell_review(tmp_path, SESSION)
    assert (review.title, review.person, review.seconds) == ("The lease runs out", "Mara Lindqvist", 6.0)
    assert [row.turn.speaker for row in review.turns] == [Speaker.COUNTERPART, Speaker.TRAINEE]
    assert [row.can_branch for row in review.turns] == [True, False]
    assert [(c.turn, c.trust, c.tension) for c in review.course] == [(0, 0.4, 0.4)]
    assert review.debrief is not None
    assert review.tracks == ()
    assert "The sound of the trainee is missing; what was said can only be read." in review.remarks
    assert msgspec.json.decode(msgspec.json.encode(review), type=Review) == review


def test_trust_tension_and_the_ring_follow_every_answer(tmp_path: Path) -> None:
    call, header = played()
    call.hear_reply()
    call.wait(1.0)
    call.speak(LABEL_TEXT)
    call.wait(3.0)
    call.hear_reply()
    review = kept(tmp_path, call, header)
    theirs = [row.turn for row in review.turns if row.turn.speaker is Speaker.COUNTERPART]
    assert [c.turn for c in review.course] == [turn.index for turn in theirs]
    assert review.course[1].trust > review.course[0].trust
    states = [[segment.state.value for segment in course.ring] for course in review.course]
    assert len(states[0]) == len(SCENARIO.layers)
    assert states[0] != states[1]


def test_silences_are_found_and_those_after_a_label_are_known(tmp_path: Path) -> None:
    call, header = played()
    call.hear_reply()
    call.wait(3.5)
    call.speak(LABEL_TEXT)
    call.wait(4.0)
    call.hear_reply()
    review = kept(tmp_path, call, header)
    first, label = review.turns[0].turn, review.turns[1].turn
    assert label.moves[-1].kind == "label"
    before = review.silences[0]
    assert (before.start_seconds, before.end_seconds) == pytest.approx(
        (first.end_seconds, label.start_seconds), abs=0.02
    )
    assert (before.after_turn, before.after_label) == (0, False)
    after = review.silences[1]
    assert (after.after_turn, after.after_label) == (1, True)
    assert after.start_seconds == pytest.approx(label.end_seconds, abs=0.02)


def test_talking_over_the_counterpart_is_an_interruption_of_its_turn(tmp_path: Path) -> None:
    call, header = played()
    call.hear_reply(0.3)
    call.speak("No, wait, that is not what we agreed.", seconds=2.5)
    call.wait(3.0)
    review = kept(tmp_path, call, header)
    assert [(i.by, i.turn) for i in review.interruptions] == [(Speaker.TRAINEE, 0)]
    assert review.interruptions[0].at_seconds == review.turns[1].turn.start_seconds
    assert review.turns[1].turn.interrupted


def test_a_turn_that_was_taken_back_is_told_once_as_it_ended(tmp_path: Path) -> None:
    """The counterpart answered too soon and was heard: that is an interruption by it, and no turn."""
    call, header = played()
    call.hear_reply()
    call.wait(1.0)
    call.speak("It sounds like you were left alone with it")
    while call.saying is None:
        call.wait(0.1)
    said = call.saying
    call.feed(e.ReplySpoken(at=call.at, reply=said.reply, seconds=3.0))
    call.feed(e.ReplyStarted(at=call.at, reply=said.reply))
    started = call.at
    call.speak("and nobody called you back after that.", seconds=2.0)
    call.wait(4.0)
    call.hear_reply()
    review = kept(tmp_path, call, header)
    mine = [row.turn.text for row in review.turns if row.turn.speaker is Speaker.TRAINEE]
    assert mine == ["It sounds like you were left alone with it and nobody called you back after that."]
    assert [(i.by, i.turn, i.at_seconds) for i in review.interruptions] == [
        (Speaker.COUNTERPART, 1, pytest.approx(started))
    ]
    assert [row.turn.index for row in review.turns] == list(range(len(review.turns)))


def test_a_branch_knows_its_origin_and_the_parent_its_branches(tmp_path: Path) -> None:
    call, header = played()
    call.hear_reply()
    call.wait(1.0)
    call.speak(LABEL_TEXT)
    call.wait(3.0)
    call.hear_reply()
    parent = kept(tmp_path, call, header)
    answer = next(
        x.seq for x in read_journal(named_folder(tmp_path, SESSION) / JOURNAL_NAME).exchanges()
        if any(getattr(command, "reply", 0) == 2 for command in x.commands)
    )  # fmt: skip
    child = msgspec.structs.replace(header, session=CHILD, parent=Parent(session=SESSION, seq=answer))
    call.keep(tmp_path, child)
    review = tell_review(tmp_path, CHILD)
    assert review.origin is not None
    assert (review.origin.session, review.origin.turn) == (SESSION, 2)
    assert review.origin.at_seconds == review.turns[2].turn.start_seconds
    assert parent.branches == ()
    assert tell_review(tmp_path, SESSION).branches == (CHILD,)
    assert review.branches == ()
    with Library(tmp_path) as library:
        library.delete(SESSION)
    assert tell_review(tmp_path, CHILD).origin == review.origin


def test_a_call_that_was_cut_off_is_told_as_far_as_it_came(tmp_path: Path) -> None:
    folder = write_session(tmp_path, exchanges=4)
    path = folder / JOURNAL_NAME
    path.write_bytes(path.read_bytes() + b'[9,"event",{"event":"call_en')
    review = tell_review(tmp_path, SESSION)
    assert (review.complete, review.outcome, review.debrief) == (False, None, None)
    assert len(review.turns) == 2
    assert any("its last line was incomplete" in remark for remark in review.remarks)
    assert any("This call was cut off" in remark for remark in review.remarks)


def test_a_running_call_is_told_and_its_sound_left_alone(tmp_path: Path) -> None:
    folder = write_session(tmp_path, exchanges=4)
    recorder = Recorder(folder)
    recorder.hear(bytes(32_000))
    writer, _ = JournalWriter.reopen(folder)
    review = tell_review(tmp_path, SESSION)
    assert review.remarks[0] == "This call is still going on; this is how far it has come."
    assert (review.tracks, (folder / "trainee.wav").exists()) == ((), True)
    recorder.hear(bytes(32_000))
    writer.close()
    recorder.close()
    assert tell_review(tmp_path, SESSION).tracks[0].seconds == 2.0


def test_a_recording_that_a_crash_cut_off_is_finished(tmp_path: Path) -> None:
    folder = write_session(tmp_path)
    recorder = Recorder(folder)
    recorder.hear(b"\1\2" * 160_000)
    for track in recorder._tracks.values():
        track.close()
    review = tell_review(tmp_path, SESSION)
    assert [(track.side, track.seconds) for track in review.tracks] == [(Speaker.TRAINEE, 10.0)]
    assert review.seconds == 10.0
    assert (folder / "trainee.flac").is_file()


def test_sound_that_cannot_be_read_is_said_and_the_rest_is_told(tmp_path: Path) -> None:
    folder = write_session(tmp_path)
    (folder / "trainee.flac").write_bytes(b"fLaC and nothing more")
    soundfile.write(folder / "counterpart.flac", np.zeros(22_050 * 6), 22_050)
    review = tell_review(tmp_path, SESSION)
    assert [track.side for track in review.tracks] == [Speaker.COUNTERPART]
    assert any("trainee.flac cannot be read" in remark for remark in review.remarks)
    assert len(review.turns) == 2
    assert review.figures


def test_a_track_at_another_rate_is_heard_but_not_measured(tmp_path: Path) -> None:
    folder = write_session(tmp_path)
    soundfile.write(folder / "trainee.flac", np.zeros(8_000 * 6), 8_000)
    review = tell_review(tmp_path, SESSION)
    assert [track.seconds for track in review.tracks] == [6.0]
    assert any("How you sounded is not measured" in remark for remark in review.remarks)


def test_what_the_sound_tells_is_told_again_when_turns_or_sound_change(tmp_path: Path) -> None:
    folder = write_session(tmp_path)
    soundfile.write(folder / "trainee.flac", np.full(16_000 * 6, 0.1), 16_000)

    def loudness() -> float | None:
        return next(f.value for f in tell_review(tmp_path, SESSION).figures if f.id == "loudness")

    first = loudness()
    assert loudness() == first == -20
    soundfile.write(folder / "trainee.flac", np.full(16_000 * 7, 0.01), 16_000)
    assert loudness() == -40


def test_a_journal_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    path = write_session(tmp_path) / JOURNAL_NAME
    path.write_bytes(path.read_bytes().replace(b'[3,"command"', b'[3,"rumour"'))
    with pytest.raises(JournalError, match="line 4 is damaged"):
        tell_review(tmp_path, SESSION)
    named_folder(tmp_path, CHILD).mkdir()
    with pytest.raises(JournalError, match="There is no journal"):
        tell_review(tmp_path, CHILD)


@pytest.mark.parametrize("session", ["../../etc", "..", "", "20200101-000000-aaaa", "x" * 999, "a/b"])
def test_no_id_leads_anywhere_else(tmp_path: Path, session: str) -> None:
    open_store(tmp_path)
    with pytest.raises(InputError) as refused:
        tell_review(tmp_path, session)
    assert refused.value.stable_code == "unknown-session"


def test_notes_stand_beside_the_verdicts(tmp_path: Path) -> None:
    folder = write_session(tmp_path)
    add_note(tmp_path, SESSION, CommentAdded(at_seconds=2.0, text="Here."))
    review = add_note(tmp_path, SESSION, Overruled(check="summary", passed=True, reason="They nodded."))
    assert [(o.check, o.passed, o.reason) for o in review.overrules] == [
        ("summary", True, "They nodded.")
    ]
    assert [c.text for c in review.comments] == ["Here."]
    assert review.debrief is not None
    assert [(check.id, check.passed) for check in review.debrief.checks][1] == ("summary", False)
    assert tell_review(tmp_path, SESSION) == review
    (folder / "notes.jsonl").write_bytes(b"{}\n" + (folder / "notes.jsonl").read_bytes()[:-20])
    told = tell_review(tmp_path, SESSION)
    assert [c.text for c in told.comments] == ["Here."]
    assert told.overrules == ()
    assert "Not all notes can be read: the file of notes is damaged in line 1." in told.remarks


@pytest.mark.parametrize(
    ("note", "code"),
    [
        (CommentAdded(at_seconds=99.0, text="Never."), "unknown-moment"),
        (Overruled(check="charm", passed=True), "unknown-check"),
        (decode_note(b'{"note":"overrule_removed","check":"charm"}'), "unknown-check"),
        (decode_note(b'{"note":"comment_removed","comment":"c9"}'), "unknown-comment"),
        (SpeakerMarked(turn=1, speaker=Speaker.TRAINEE), "speakers-known"),
    ],
)
def test_a_note_to_what_is_not_there_is_refused(tmp_path: Path, note: Note, code: str) -> None:
    folder = write_session(tmp_path)
    with pytest.raises(InputError) as refused:
        add_note(tmp_path, SESSION, note)
    assert refused.value.stable_code == code
    assert not (folder / "notes.jsonl").exists() or not (folder / "notes.jsonl").read_bytes()
