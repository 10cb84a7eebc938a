"""The state table, as scripts: which commands each event leads to, state by state."""

import itertools
from unittest.mock import ANY

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playbook import Playbook

from voice_coach.coaching.turn import Cue, Speaker
from voice_coach.conversation import commands as c
from voice_coach.conversation import events as e
from voice_coach.conversation.commands import Phase
from voice_coach.conversation.counterpart_partner import CounterpartPartner
from voice_coach.conversation.events import OverlapSound
from voice_coach.conversation.session import Session
from voice_coach.counterpart.reply import Outcome
from voice_coach.counterpart.scenario import load_scenario
from voice_coach.errors import IllegalEventError
from voice_coach.moves.recognizer import load_recognizer
from voice_coach.settings import TurnSettings

SECOND = 16_000
SETTINGS = TurnSettings()
PATIENCE = round(SETTINGS.patience_seconds * SECOND)
SCENARIO = load_scenario("renewal_in_doubt")
RECOGNIZER = load_recognizer()
LABEL = "It sounds like this isn't only about the increase."


def new_session(seed: int = 7, *, cues: bool = True) -> Session:
    partner = CounterpartPartner.of(SCENARIO, seed)
    return Session(partner=partner, recognizer=RECOGNIZER, settings=SETTINGS, cues=cues)


def say(reply: int) -> c.Say:
    return c.Say(reply=reply, sentences=ANY, delivery=ANY, because=ANY, thats_right=ANY)


def transcribe(job: int, from_sample: int, to_sample: int, *, final: bool) -> c.Transcribe:
    return c.Transcribe(
        job=job, utterance=ANY, from_sample=from_sample, to_sample=to_sample, final=final, prefix=ANY
    )


def final_after_pause(job: int, from_sample: int, speech_to_sample: int) -> c.Transcribe:
    """What rang on after the speech, until the pause was noticed, is heard too."""
    return c.Transcribe(
        job=job,
        utterance=ANY,
        from_sample=from_sample,
        to_sample=speech_to_sample if speech_to_sample is ANY else speech_to_sample + 1536,
        final=True,
        prefix=ANY,
        quiet_samples=1536,
    )


def listening() -> Playbook:
    """A call after the counterpart's first line: the trainee is expected to speak."""
    play = Playbook(new_session())
    (
        play
        >> e.CallStarted(at=0.0)
        << c.ShowRing(segments=ANY)
        << c.ShowPhase(phase=Phase.COUNTERPART_SPEAKING)
        << say(1)
        << c.StartTimer(timer="reply", seconds=ANY)
    )
    assert isinstance(play.session.handle, object)
    play >> e.ReplySpoken(at=0.1, reply=1, seconds=3.0) << c.StartTimer(timer="reply", seconds=7.0)
    play >> e.ReplyStarted(at=0.2, reply=1)
    play >> e.ReplyPlayed(at=3.2, reply=1, text_heard="I'll be honest.", complete=True) << ...
    play << c.ShowPhase(phase=Phase.LISTENING) << ...
    play.finish()
    return play


def test_the_counterpart_speaks_first_and_then_listens() -> None:
    play = listening()
    assert play.session.phase is Phase.LISTENING
    (turn,) = play.session.turns
    assert (turn.speaker, turn.text, turn.start_seconds) == (
        Speaker.COUNTERPART,
        "I'll be honest.",
        0.2,
    )


def test_a_spoken_turn_from_the_first_sample_to_the_answer() -> None:
    play = listening()
    start = 5 * SECOND
    (
        play
        >> e.SpeechStarted(at=5.0, sample=start)
        << ...
        << c.AwaitSample(timer="partial", sample=start + round(0.4 * SECOND))
        << c.StartTimer(timer="stalled", seconds=ANY)
        << c.ShowPhase(phase=Phase.TRAINEE_SPEAKING)
    )
    first_sample = start - round(0.3 * SECOND)
    (
        play
        >> e.SampleReached(at=5.5, timer="partial", sample=start + 8192)
        << transcribe(1, first_sample, start + 8192, final=False)
        << ...
    )
    (
        play
        >> e.TranscriptPartial(at=5.6, job=1, text="It sounds", end_sample=0)
        << c.ShowPartial(utterance=1, settled="", tentative="It sounds", moves=())
    )
    (
        play
        >> e.SpeechPaused(at=7.0, sample=7 * SECOND)
        << ...
        << final_after_pause(2, first_sample, 7 * SECOND)
        << c.JudgeTurnEnd(from_sample=start, to_sample=7 * SECOND + 1536)
        << c.AwaitSample(timer="turn_end", sample=9 * SECOND)
        << ...
    )
    play << c.ShowPhase(phase=Phase.TRAINEE_PAUSING)
    (
        play
        >> e.TranscriptFinal(at=7.2, job=2, text=LABEL, end_sample=7 * SECOND)
        << c.ShowPartial(utterance=1, settled=ANY, tentative=ANY, moves=ANY)
        << c.AwaitSample(timer="turn_end", sample=7 * SECOND + PATIENCE)
    )
    (
        play
        >> e.SampleReached(at=7.5, timer="turn_end", sample=7 * SECOND + 7680)
        << ...
        << c.ShowTurn(utterance=1, turn=ANY)
        << ...
        << c.ShowPhase(phase=Phase.COUNTERPART_SPEAKING)
        << say(2)
        << ...
    )
    turn = play.session.turns[-1]
    assert (turn.text, turn.start_seconds, turn.end_seconds) == (LABEL, 5.0, 7.0)
    assert [move.kind for move in turn.moves] == ["label"]


def test_speech_that_resumes_discards_the_speculative_final() -> None:
    play = listening()
    play >> e.SpeechStarted(at=5.0, sample=5 * SECOND) << ...
    play >> e.SpeechPaused(at=6.0, sample=6 * SECOND) << ... << final_after_pause(1, ANY, ANY) << ...
    (
        play
        >> e.SpeechStarted(at=6.3, sample=6 * SECOND + 4800)
        << ...
        << c.DropTranscription(utterance=1, job=1)
        << ...
        << c.ShowPhase(phase=Phase.TRAINEE_SPEAKING)
    )
    play >> e.TranscriptFinal(at=6.4, job=1, text="too early", end_sample=0)
    (
        play
        >> e.SpeechPaused(at=8.0, sample=8 * SECOND)
        << ...
        << final_after_pause(2, 5 * SECOND - 4800, 8 * SECOND)
        << ...
    )


def test_a_turn_that_is_over_before_its_words_are_known_waits_for_them() -> None:
    play = listening()
    play >> e.SpeechStarted(at=5.0, sample=5 * SECOND) << ...
    play >> e.SpeechPaused(at=6.0, sample=6 * SECOND) << ...
    (
        play
        >> e.SampleReached(at=8.0, timer="turn_end", sample=8 * SECOND)
        << ...
        << c.ShowPhase(phase=Phase.UNDERSTANDING)
        << c.StartTimer(timer="understanding", seconds=ANY)
    )
    play >> e.TranscriptFinal(at=8.4, job=1, text=LABEL, end_sample=0) << ... << say(2) << ...


def test_a_final_that_fails_is_tried_once_more_and_then_the_partial_must_do() -> None:
    play = listening()
    play >> e.SpeechStarted(at=5.0, sample=5 * SECOND) << ...
    play >> e.SampleReached(at=5.5, timer="partial", sample=5 * SECOND + 8192) << ...
    play >> e.TranscriptPartial(at=5.6, job=1, text=LABEL, end_sample=0) << ...
    play >> e.SpeechPaused(at=6.0, sample=6 * SECOND) << ...
    play >> e.TranscriptDropped(at=6.1, job=2, reason="failed") << final_after_pause(3, ANY, ANY)
    play >> e.TranscriptDropped(at=6.2, job=3, reason="failed") << ...
    play >> e.SampleReached(at=8.0, timer="turn_end", sample=8 * SECOND) << ... << say(2) << ...
    assert play.session.turns[-1].text == LABEL


def test_noise_without_words_is_not_a_turn() -> None:
    play = listening()
    play >> e.SpeechStarted(at=5.0, sample=5 * SECOND) << ...
    play >> e.SpeechPaused(at=5.4, sample=5 * SECOND + 6400) << ...
    play >> e.TranscriptFinal(at=5.6, job=1, text="", end_sample=0) << ...
    (
        play
        >> e.SampleReached(at=7.4, timer="turn_end", sample=7 * SECOND)
        << ...
        << c.ShowPhase(phase=Phase.LISTENING)
        << ...
    )
    assert len(play.session.turns) == 1


def talking_over() -> Playbook:
    play = Playbook(new_session())
    play >> e.CallStarted(at=0.0) << ...
    play >> e.ReplyStarted(at=0.1, reply=1)
    play >> e.SpeechStarted(at=1.0, sample=SECOND) << ... << c.ShowPhase(phase=Phase.TALKED_OVER)
    play >> e.SampleReached(at=1.5, timer="partial", sample=SECOND + 8192) << ...
    return play


def test_real_words_over_the_counterpart_stop_it() -> None:
    play = talking_over()
    (
        play
        >> e.TranscriptPartial(at=1.6, job=1, text="Wait, stop there", end_sample=2 * SECOND)
        << c.StopReply(reply=1)
        << ...
        << c.ShowPhase(phase=Phase.TRAINEE_SPEAKING)
        << ...
    )
    (
        play
        >> e.ReplyPlayed(at=1.7, reply=1, text_heard="Look,", complete=False)
        << c.ShowTurn(utterance=1, turn=ANY)
        << ...
    )
    assert play.session.turns[0].text == "Look,"
    assert play.session.turns[0].interrupted
    play >> e.SpeechPaused(at=3.0, sample=3 * SECOND) << ...
    play >> e.TranscriptFinal(at=3.2, job=2, text="Wait, stop there please.", end_sample=0) << ...
    play >> e.SampleReached(at=3.5, timer="turn_end", sample=4 * SECOND) << ... << say(2) << ...
    assert play.session.turns[1].interrupted


def paused_over() -> Playbook:
    """What sounded like speech over the counterpart has paused it; no words yet."""
    play = Playbook(new_session())
    play >> e.CallStarted(at=0.0) << ...
    play >> e.ReplyStarted(at=0.1, reply=1)
    look = SECOND + 1024
    (
        play
        >> e.SpeechStarted(at=1.0, sample=SECOND)
        << ...
        << c.AwaitSample(timer="look", sample=look)
        << c.ShowPhase(phase=Phase.TALKED_OVER)
    )
    (
        play
        >> e.SampleReached(at=1.2, timer="look", sample=look + 100)
        << c.JudgeOverlap(from_sample=SECOND, to_sample=look + 100)
    )
    (
        play
        >> e.OverlapJudged(at=1.2, sound=OverlapSound.SPEECH, sample=look + 100)
        << c.PauseReply(reply=1)
        << c.StartTimer(timer="words", seconds=ANY)
    )
    return play


def test_what_sounds_like_speech_pauses_the_reply_and_words_stop_it() -> None:
    play = paused_over()
    play >> e.SampleReached(at=1.5, timer="partial", sample=SECOND + 8192) << ...
    (
        play
        >> e.TranscriptPartial(at=1.6, job=1, text="Wait, stop there", end_sample=2 * SECOND)
        << c.StopReply(reply=1)
        << ...
        << c.CancelTimer(timer="words")
        << ...
        << c.ShowPhase(phase=Phase.TRAINEE_SPEAKING)
        << ...
    )


def test_a_reply_paused_by_mistake_goes_on() -> None:
    play = paused_over()
    play >> e.SpeechPaused(at=1.4, sample=SECOND + 6000) << ...
    (
        play
        >> e.TranscriptFinal(at=1.6, job=1, text="Uh-huh.", end_sample=0)
        << c.CancelTimer(timer="words")
        << c.ResumeReply(reply=1)
        << ...
        << c.ShowPhase(phase=Phase.COUNTERPART_SPEAKING)
    )
    play >> e.ReplyPlayed(at=4.0, reply=1, text_heard="Look.", complete=True) << ...
    assert not play.session.turns[0].interrupted


def test_a_reply_that_is_paused_and_then_no_words_come_goes_on() -> None:
    play = paused_over()
    (
        play
        >> e.TimerFired(at=2.7, timer="words")
        << c.CancelTimer(timer="words")
        << c.ResumeReply(reply=1)
    )
    assert play.session.phase is Phase.TALKED_OVER


def test_a_sound_that_is_not_speech_is_looked_at_again_until_it_is() -> None:
    play = Playbook(new_session())
    play >> e.CallStarted(at=0.0) << ...
    play >> e.SpeechStarted(at=1.0, sample=SECOND) << ...
    sample = SECOND
    for sound in (OverlapSound.ECHO, OverlapSound.HUM, OverlapSound.BURST, OverlapSound.UNCLEAR):
        sample += 2560
        play >> e.OverlapJudged(at=1.0, sound=sound, sample=sample)
        soon = 1024 if sound is OverlapSound.ECHO else 512
        play << c.AwaitSample(timer="look", sample=sample + soon)
    play >> e.SampleReached(at=1.8, timer="look", sample=sample + 512)
    play << c.JudgeOverlap(from_sample=sample + 512 - 5120, to_sample=sample + 512)
    play >> e.OverlapJudged(at=1.8, sound=OverlapSound.SPEECH, sample=sample) << c.PauseReply(reply=1)
    play << c.StartTimer(timer="words", seconds=ANY)
    play.finish()


def test_an_echo_must_sound_like_speech_twice() -> None:
    play = Playbook(new_session())
    play >> e.CallStarted(at=0.0) << ...
    play >> e.SpeechStarted(at=1.0, sample=SECOND) << ...
    for sample in (SECOND + 2000, SECOND + 4000):
        play >> e.OverlapJudged(at=1.1, sound=OverlapSound.ECHO, sample=sample) << ...
        play >> e.OverlapJudged(at=1.2, sound=OverlapSound.SPEECH, sample=sample + 1024)
        play << c.AwaitSample(timer="look", sample=sample + 1024 + 512)
    play >> e.OverlapJudged(at=1.3, sound=OverlapSound.SPEECH, sample=SECOND + 5536)
    play << c.PauseReply(reply=1) << ...


def test_a_pause_in_the_speech_leaves_its_words_half_a_second() -> None:
    play = paused_over()
    play >> e.SpeechPaused(at=1.4, sample=SECOND + 6000) << ...
    play << c.StartTimer(timer="words", seconds=0.5)
    play >> e.SpeechStarted(at=1.6, sample=SECOND + 9000) << ...
    play << c.StartTimer(timer="words", seconds=1.5)
    play.finish()


@pytest.mark.parametrize("text", ["Beep, beep, beep.", "T-t-t-t", "Buh-huh."])
def test_what_a_recogniser_makes_of_laughter_takes_no_floor(text: str) -> None:
    play = paused_over()
    play >> e.SpeechPaused(at=1.8, sample=SECOND + 12_000) << ...
    play >> e.TranscriptFinal(at=1.9, job=1, text=text, end_sample=0) << ...
    assert play.session.phase is Phase.COUNTERPART_SPEAKING


@pytest.mark.parametrize(
    ("seconds", "after"), [(0.7, Phase.COUNTERPART_SPEAKING), (1.2, Phase.TRAINEE_PAUSING)]
)
def test_words_of_a_short_sound_that_were_found_at_the_second_try_take_no_floor(
    seconds: float, after: Phase
) -> None:
    play = paused_over()
    sample = SECOND + round(seconds * SECOND)
    play >> e.SpeechPaused(at=1.0 + seconds, sample=sample) << ...
    text = "I'm firm."
    play >> e.TranscriptFinal(at=2.5, job=1, text=text, end_sample=0, fallback=True) << ...
    assert play.session.phase is after


def test_misheard_words_of_an_echo_do_not_stop_the_counterpart() -> None:
    play = Playbook(new_session())
    play >> e.CallStarted(at=0.0) << ...
    play >> e.SpeechStarted(at=1.0, sample=SECOND) << ...
    play >> e.OverlapJudged(at=1.2, sound=OverlapSound.ECHO, sample=SECOND + 2560) << ...
    play >> e.SpeechPaused(at=1.6, sample=SECOND + 9000) << ...
    (
        play
        >> e.TranscriptFinal(at=1.8, job=1, text="Don't marinate it.", end_sample=0)
        << ...
        << c.ShowPhase(phase=Phase.COUNTERPART_SPEAKING)
    )


def test_an_echo_that_lasts_as_long_as_the_reply_is_nobodys_turn() -> None:
    play = Playbook(new_session())
    play >> e.CallStarted(at=0.0) << ...
    play >> e.SpeechStarted(at=1.0, sample=SECOND) << ...
    play >> e.OverlapJudged(at=1.2, sound=OverlapSound.ECHO, sample=SECOND + 2560) << ...
    (
        play
        >> e.ReplyPlayed(at=4.0, reply=1, text_heard="Look.", complete=True)
        << ...
        << c.ListenAfresh()
        << c.ShowPhase(phase=Phase.LISTENING)
        << ...
    )


def test_the_first_guess_at_words_does_not_stop_the_counterpart() -> None:
    play = paused_over()
    play >> e.SampleReached(at=1.5, timer="partial", sample=SECOND + 8192) << ...
    play >> e.TranscriptPartial(at=1.6, job=1, text="and then they can be", end_sample=SECOND + 8192)
    play >> e.SpeechPaused(at=1.7, sample=SECOND + 9000) << ...
    play >> e.TranscriptFinal(at=1.9, job=2, text="Mm-hm.", end_sample=0) << ... << c.ResumeReply(reply=1)
    play << ... << c.ShowPhase(phase=Phase.COUNTERPART_SPEAKING)


def answered() -> Playbook:
    """The trainee said something that sounded complete at 6 s, and the counterpart answers."""
    play = listening()
    play >> e.SpeechStarted(at=5.0, sample=5 * SECOND) << ...
    play >> e.SpeechPaused(at=6.0, sample=6 * SECOND) << ...
    play >> e.TranscriptFinal(at=6.2, job=1, text="It sounds like you waited.", end_sample=0) << ...
    play >> e.SampleReached(at=6.3, timer="turn_end", sample=6 * SECOND + 4800) << ... << say(2) << ...
    return play


def test_words_that_follow_at_once_take_the_answer_back_and_the_turn_goes_on() -> None:
    play = answered()
    before = play.session.turns
    begins = 6 * SECOND + 12_000
    play >> e.SpeechStarted(at=6.75, sample=begins) << ...
    play >> e.SampleReached(at=7.2, timer="partial", sample=begins + 8192) << ...
    (
        play
        >> e.TranscriptPartial(at=7.3, job=2, text="for two whole days", end_sample=8 * SECOND)
        << c.StopReply(reply=2)
        << ...
        << c.TakeBackTurn(utterance=1)
        << ...
        << c.ShowPhase(phase=Phase.TRAINEE_SPEAKING)
        << c.ShowPartial(utterance=1, settled=ANY, tentative=ANY, moves=ANY)
    )
    assert play.session.turns == before[:-1]
    play >> e.ReplyPlayed(at=7.4, reply=2, text_heard="No", complete=False)
    whole = "It sounds like you waited for two whole days."
    (
        play
        >> e.SpeechPaused(at=8.0, sample=8 * SECOND)
        << ...
        << c.Transcribe(
            job=3,
            utterance=1,
            from_sample=5 * SECOND - round(SETTINGS.preroll_seconds * SECOND),
            to_sample=8 * SECOND + 1536,
            final=True,
            quiet_samples=1536,
        )
        << ...
    )
    play >> e.TranscriptFinal(at=8.2, job=3, text=whole, end_sample=0) << ...
    (
        play
        >> e.SampleReached(at=8.6, timer="turn_end", sample=8 * SECOND + 9600)
        << ...
        << c.ShowTurn(utterance=1, turn=ANY)
        << ...
        << say(3)
        << ...
    )
    turn = play.session.turns[-1]
    assert turn.text == whole
    assert (turn.start_seconds, turn.end_seconds, turn.interrupted) == (5.0, 8.0, False)
    assert len(play.session.turns) == len(before)


def test_after_a_pause_what_was_heard_up_to_it_is_shown_once_and_heard_again() -> None:
    play = listening()
    play >> e.SpeechStarted(at=5.0, sample=5 * SECOND) << ...
    play >> e.SampleReached(at=5.4, timer="partial", sample=5 * SECOND + 6656) << ...
    play >> e.TranscriptPartial(at=5.5, job=1, text="It sounds", end_sample=5 * SECOND + 6656) << ...
    play >> e.SpeechPaused(at=6.0, sample=6 * SECOND) << ...
    (
        play
        >> e.TranscriptFinal(at=6.1, job=2, text="It sounds like you", end_sample=6 * SECOND)
        << c.ShowPartial(utterance=1, settled="It sounds", tentative=" like you", moves=ANY)
        << ...
    )
    resumed = 6 * SECOND + 4096
    play >> e.SpeechStarted(at=6.3, sample=resumed) << ...
    play >> e.SampleReached(at=6.7, timer="partial", sample=resumed + 6656) << ...
    (
        play
        >> e.TranscriptPartial(at=6.8, job=3, text="It sounds like youth.", end_sample=7 * SECOND)
        << c.ShowPartial(utterance=1, settled="It sounds", tentative=" like youth.", moves=ANY)
        << ...
    )


def test_what_follows_after_a_pause_of_its_own_is_put_behind_the_words_that_were_taken_back() -> None:
    play = answered()
    begins = 6 * SECOND + 12_000
    play >> e.SpeechStarted(at=6.75, sample=begins) << ...
    play >> e.SpeechPaused(at=7.6, sample=begins + SECOND) << ...
    play >> e.TranscriptFinal(at=7.8, job=2, text="for two whole days.", end_sample=0) << ...
    play << ... << c.TakeBackTurn(utterance=1) << ...
    play >> e.SampleReached(at=8.6, timer="turn_end", sample=begins + 2 * SECOND) << ...
    assert play.session.turns[-1].text == "It sounds like you waited. for two whole days."


def test_words_that_follow_later_are_an_interruption() -> None:
    play = answered()
    begins = 6 * SECOND + round((SETTINGS.take_back_seconds + 0.1) * SECOND)
    play >> e.SpeechStarted(at=7.6, sample=begins) << ...
    play >> e.SampleReached(at=8.2, timer="partial", sample=begins + 8192) << ...
    play >> e.TranscriptPartial(at=8.3, job=2, text="But wait a moment", end_sample=9 * SECOND) << ...
    play >> e.ReplyPlayed(at=8.4, reply=2, text_heard="No", complete=False) << ...
    play >> e.SpeechPaused(at=9.0, sample=9 * SECOND) << ...
    play >> e.TranscriptFinal(at=9.2, job=3, text="But wait a moment.", end_sample=0) << ...
    play >> e.SampleReached(at=9.4, timer="turn_end", sample=10 * SECOND) << ... << say(3) << ...
    assert play.session.turns[-1].interrupted


def test_a_short_answer_heard_to_its_end_is_not_taken_back() -> None:
    play = answered()
    play >> e.SpeechStarted(at=6.75, sample=6 * SECOND + 12_000) << ...
    play >> e.ReplyPlayed(at=7.0, reply=2, text_heard="No.", complete=True) << ...
    play >> e.SpeechPaused(at=8.0, sample=8 * SECOND) << ...
    play >> e.TranscriptFinal(at=8.2, job=2, text="I see that.", end_sample=0) << ...
    play >> e.SampleReached(at=8.6, timer="turn_end", sample=9 * SECOND) << ... << say(3) << ...
    assert play.session.turns[-1].text == "I see that."


def test_an_encourager_over_the_counterpart_lets_it_go_on() -> None:
    play = talking_over()
    play >> e.TranscriptPartial(at=1.6, job=1, text="Mm-hm.", end_sample=0)
    play >> e.SpeechPaused(at=1.7, sample=SECOND + 9000) << ...
    (
        play
        >> e.TranscriptFinal(at=1.9, job=2, text="Mm-hm.", end_sample=0)
        << ...
        << c.ShowPhase(phase=Phase.COUNTERPART_SPEAKING)
    )
    assert play.session.turns == ()


def test_speech_that_outlasts_the_reply_is_an_ordinary_turn() -> None:
    play = talking_over()
    (
        play
        >> e.ReplyPlayed(at=3.0, reply=1, text_heard="Look.", complete=True)
        << ...
        << c.ShowPhase(phase=Phase.TRAINEE_SPEAKING)
    )
    play >> e.SpeechPaused(at=4.0, sample=4 * SECOND) << ...
    play >> e.TranscriptFinal(at=4.2, job=2, text=LABEL, end_sample=0) << ...
    play >> e.SampleReached(at=4.5, timer="turn_end", sample=5 * SECOND) << ... << say(2) << ...
    assert not play.session.turns[-1].interrupted


def test_a_reply_that_nobody_reports_as_played_does_not_hang_the_call() -> None:
    play = Playbook(new_session())
    play >> e.CallStarted(at=0.0) << ...
    play >> e.TimerFired(at=9.0, timer="reply") << ... << c.ShowPhase(phase=Phase.LISTENING) << ...


def test_a_voice_that_fails_leaves_time_to_read() -> None:
    play = Playbook(new_session())
    play >> e.CallStarted(at=0.0) << ...
    play >> e.VoiceFailed(at=0.1, reply=1, reason="voice") << c.StartTimer(timer="reply", seconds=ANY)


def test_long_silence_of_the_trainee_is_asked_about() -> None:
    play = listening()
    play >> e.TimerFired(at=20.0, timer="silence") << ... << say(2) << ...


def test_a_long_utterance_is_cut_into_pieces_and_joined() -> None:
    play = listening()
    start = 5 * SECOND
    play >> e.SpeechStarted(at=5.0, sample=start) << ...
    cut = start + 24 * SECOND
    (
        play
        >> e.SampleReached(at=29.0, timer="partial", sample=cut)
        << transcribe(1, start - 4800, cut, final=True)
        << ...
    )
    (
        play
        >> e.SpeechPaused(at=32.0, sample=32 * SECOND)
        << ...
        << final_after_pause(2, cut, 32 * SECOND)
        << ...
    )
    play >> e.TranscriptFinal(at=32.1, job=2, text="the second half.", end_sample=0)
    play >> e.TranscriptFinal(at=32.2, job=1, text="This is", end_sample=0) << ...
    play >> e.SampleReached(at=33.0, timer="turn_end", sample=33 * SECOND) << ... << say(2) << ...
    assert play.session.turns[-1].text == "This is the second half."


def test_a_long_piece_is_sealed_at_a_pause_though_its_words_are_still_on_their_way() -> None:
    play = listening()
    play >> e.SpeechStarted(at=5.0, sample=5 * SECOND) << ...
    pause = 13 * SECOND
    (
        play
        >> e.SpeechPaused(at=13.0, sample=pause)
        << ...
        << final_after_pause(1, 5 * SECOND - 4800, pause)
        << ...
    )
    play >> e.SpeechStarted(at=13.3, sample=pause + 4800) << ...
    (
        play
        >> e.SpeechPaused(at=15.0, sample=15 * SECOND)
        << ...
        << final_after_pause(2, pause, 15 * SECOND)
        << ...
    )
    play >> e.TranscriptFinal(at=15.1, job=2, text="and so on.", end_sample=0)
    play >> e.TranscriptFinal(at=15.2, job=1, text="It went on,", end_sample=0) << ...
    play >> e.SampleReached(at=17.5, timer="turn_end", sample=18 * SECOND) << ... << say(2) << ...
    assert play.session.turns[-1].text == "It went on, and so on."


def test_a_stalled_microphone_ends_the_turn_with_what_was_heard() -> None:
    play = listening()
    play >> e.SpeechStarted(at=5.0, sample=5 * SECOND) << ...
    (
        play
        >> e.TimerFired(at=15.0, timer="stalled")
        << transcribe(1, ANY, ANY, final=True)
        << ...
        << (c.ShowPhase(phase=Phase.UNDERSTANDING))
        << ...
    )


def noise_without_words(play: Playbook, start: int) -> int:
    """Let partial transcripts repeat the same words until the turn is broken off; gives the sample."""
    sample = start
    for _ in range(40):
        sample += SECOND // 2
        at = sample / SECOND
        commands = play.session.handle(e.SampleReached(at=at, timer="partial", sample=sample))
        jobs = [command for command in commands if isinstance(command, c.Transcribe)]
        if not jobs or jobs[0].final:
            return sample
        partial = e.TranscriptPartial(at=at, job=jobs[0].job, text=LABEL, end_sample=sample)
        play.session.handle(partial)
    raise AssertionError("the turn was never broken off")


def test_sound_that_never_stops_ends_the_turn_when_words_stop_coming() -> None:
    play = listening()
    start = 5 * SECOND
    play >> e.SpeechStarted(at=5.0, sample=start) << ...
    ended = noise_without_words(play, start)
    assert SETTINGS.wordless_seconds <= (ended - start) / SECOND <= SETTINGS.wordless_seconds + 2
    assert play.session.phase is Phase.UNDERSTANDING
    job = 1 + (ended - start) // (SECOND // 2) - 1
    (
        play
        >> e.TranscriptFinal(at=15.0, job=job, text=LABEL, end_sample=ended)
        << ...
        << c.ListenAfresh()
        << ...
        << say(2)
        << ...
    )


def test_words_that_keep_coming_are_cut_only_at_the_longest_turn() -> None:
    play = listening()
    play >> e.SpeechStarted(at=5.0, sample=5 * SECOND) << ...
    late = 5 * SECOND + round((SETTINGS.longest_turn_seconds + 1) * SECOND)
    (
        play
        >> e.SampleReached(at=late / SECOND, timer="partial", sample=late)
        << ...
        << transcribe(1, ANY, late, final=True)
        << ...
        << c.ShowPhase(phase=Phase.UNDERSTANDING)
        << ...
    )


def test_endless_noise_over_the_counterpart_lets_it_go_on() -> None:
    play = talking_over()
    sample = SECOND + 8192
    play.session.handle(e.TranscriptPartial(at=1.6, job=1, text="", end_sample=sample + 9 * SECOND))
    (
        play
        >> e.SampleReached(at=10.0, timer="partial", sample=sample + 10 * SECOND)
        << ...
        << c.ShowPhase(phase=Phase.COUNTERPART_SPEAKING)
        << c.ListenAfresh()
    )


def pausing(text: str) -> Playbook:
    """The trainee has spoken from 5 s to 7 s, and these are the words."""
    play = listening()
    play >> e.SpeechStarted(at=5.0, sample=5 * SECOND) << ...
    play >> e.SpeechPaused(at=7.1, sample=7 * SECOND) << ...
    play >> e.TranscriptFinal(at=7.2, job=1, text=text, end_sample=7 * SECOND) << ...
    return play


def test_a_voice_that_goes_on_is_waited_for_and_one_that_has_fallen_is_not() -> None:
    heard_to = 7 * SECOND + 1536
    play = pausing(LABEL)
    play >> e.TurnEndJudged(at=7.25, sample=heard_to, probability=0.1)
    play << c.AwaitSample(timer="turn_end", sample=7 * SECOND + round(0.74 * SECOND))
    play.finish()
    play = pausing("I wanted to say something else")
    play >> e.TurnEndJudged(at=7.25, sample=heard_to, probability=0.9)
    play << c.AwaitSample(timer="turn_end", sample=7 * SECOND + PATIENCE)
    play.finish()


def test_the_melody_may_come_before_the_words() -> None:
    play = listening()
    play >> e.SpeechStarted(at=5.0, sample=5 * SECOND) << ...
    play >> e.SpeechPaused(at=7.1, sample=7 * SECOND) << ...
    play >> e.TurnEndJudged(at=7.15, sample=7 * SECOND + 1536, probability=0.1)
    play.finish()
    play >> e.TranscriptFinal(at=7.2, job=1, text=LABEL, end_sample=7 * SECOND) << ...
    play << c.AwaitSample(timer="turn_end", sample=7 * SECOND + round(0.74 * SECOND))


def test_a_melody_of_an_earlier_pause_or_of_an_overlap_decides_nothing() -> None:
    play = pausing(LABEL)
    play >> e.TurnEndJudged(at=7.25, sample=6 * SECOND, probability=0.1)
    play.finish()
    play >> e.SpeechStarted(at=7.3, sample=7 * SECOND + 4000) << ...
    play >> e.TurnEndJudged(at=7.4, sample=7 * SECOND + 1536, probability=0.1)
    play.finish()
    play >> e.SpeechPaused(at=8.1, sample=8 * SECOND) << ...
    play >> e.TranscriptFinal(at=8.2, job=2, text=LABEL, end_sample=8 * SECOND) << ...
    play << c.AwaitSample(timer="turn_end", sample=8 * SECOND + PATIENCE)


def test_a_trainee_who_pauses_long_inside_turns_is_given_longer_in_doubt() -> None:
    play = listening()
    sample, job = 5 * SECOND, 0
    play >> e.SpeechStarted(at=5.0, sample=sample) << ...
    for _ in range(4):
        play >> e.SpeechPaused(at=0.0, sample=sample + SECOND) << ...
        sample += SECOND + round(0.5 * SECOND)
        play >> e.SpeechStarted(at=0.0, sample=sample) << ...
        job += 1
    end = sample + SECOND
    play >> e.SpeechPaused(at=0.0, sample=end) << ...
    play >> e.TranscriptFinal(at=0.0, job=job + 1, text=LABEL, end_sample=end) << ...
    play << c.AwaitSample(timer="turn_end", sample=end + PATIENCE)
    play >> e.TurnEndJudged(at=0.0, sample=end + 1536, probability=0.25)
    # A quarter of the way is in doubt, and half a second is 5/3 of a usual pause.
    span = SETTINGS.unfinished_patience_seconds - SETTINGS.patience_seconds
    wait = round((SETTINGS.patience_seconds + span * 0.25) * 5 / 3 * SECOND)
    play << c.AwaitSample(timer="turn_end", sample=end + wait)


def test_nothing_is_overdue_while_nobody_is_connected() -> None:
    play = listening()
    play >> e.Disconnected(at=5.0) << ... << c.CancelTimer(timer="silence") << ...
    play >> e.Reconnected(at=30.0) << ... << c.StartTimer(timer="silence", seconds=ANY) << ...


def test_a_line_lost_with_the_connection_is_said_again() -> None:
    play = Playbook(new_session())
    play >> e.CallStarted(at=0.0) << ... << say(1) << ...
    play >> e.Disconnected(at=1.0) << ...
    play >> e.Reconnected(at=3.0) << ... << say(2) << ...


def test_the_trainee_can_end_the_call_and_keeps_what_was_said() -> None:
    play = listening()
    play >> e.SpeechStarted(at=5.0, sample=5 * SECOND) << ...
    play >> e.SampleReached(at=5.5, timer="partial", sample=5 * SECOND + 8192) << ...
    play >> e.TranscriptPartial(at=5.6, job=1, text=LABEL, end_sample=0) << ...
    (
        play
        >> e.CallEnded(at=6.0, reason=e.EndReason.TRAINEE)
        << ...
        << c.EndCall(outcome=Outcome.TRAINEE_LEFT, debrief=ANY)
    )
    assert play.session.turns[-1].text == LABEL
    assert play.session.phase is Phase.ENDED


def test_an_event_that_a_state_has_no_room_for_is_named_with_the_state() -> None:
    session = new_session()
    with pytest.raises(IllegalEventError) as caught:
        session.handle(e.SpeechStarted(at=0.0, sample=0))
    assert str(caught.value) == "A call in the state ready cannot take SpeechStarted."


def test_every_state_has_a_way_out() -> None:
    """In each state but the last some timer, or the end of the call, leads on."""
    for phase, row in Session._TABLE.items():
        if phase is not Phase.ENDED:
            assert row[e.CallEnded] is not Session._ignore
        if phase not in (Phase.READY, Phase.ENDED):
            assert row[e.TimerFired] is not Session._ignore


TIMERS = ("partial", "look", "words", "turn_end", "fill", "silence", "reply", "stalled")
WORDS = st.sampled_from(
    ["", "mm-hm", LABEL, "Take it or leave it.", "Explain us?", "What about this matters to you?", "um"]
)


@st.composite
def happenings(draw: st.DrawFn) -> list[e.Event]:
    """Anything that a shell may report, in an order that a sample clock allows, answers or not."""
    events: list[e.Event] = [e.CallStarted(at=0.0)]
    sample = 0
    for number in range(draw(st.integers(1, 40))):
        sample += draw(st.integers(512, 3 * SECOND))
        at = sample / SECOND
        timer = draw(st.sampled_from(TIMERS))
        sound = draw(st.sampled_from(OverlapSound))
        job, reply, text = draw(st.integers(1, 30)), draw(st.integers(1, 8)), draw(WORDS)
        events.append(
            draw(
                st.sampled_from(
                    [
                        e.SpeechStarted(at=at, sample=sample),
                        e.SpeechPaused(at=at, sample=sample),
                        e.SampleReached(at=at, timer=timer, sample=sample),
                        e.TimerFired(at=at, timer=timer),
                        e.OverlapJudged(at=at, sound=sound, sample=sample),
                        e.TurnEndJudged(at=at, sample=sample + 1536, probability=reply / 8),
                        e.TranscriptPartial(at=at, job=job, text=text, end_sample=sample),
                        e.TranscriptFinal(at=at, job=job, text=text, end_sample=sample),
                        e.TranscriptDropped(at=at, job=job, reason="failed"),
                        e.ReplyStarted(at=at, reply=reply),
                        e.ReplySpoken(at=at, reply=reply, seconds=2.0),
                        e.ReplyPlayed(at=at, reply=reply, text_heard="Look.", complete=number % 2 == 0),
                        e.VoiceFailed(at=at, reply=reply, reason="voice"),
                        e.MicrophoneMuted(at=at, on=True),
                        e.CuesSwitched(at=at, on=number % 2 == 0),
                        e.Disconnected(at=at),
                        e.Reconnected(at=at),
                    ]
                )
            )
        )
    return events


def run(events: list[e.Event]) -> list[list[c.Command]]:
    """Feed events, leaving out those that a real detector cannot send in that state."""
    session, out = new_session(), []
    speaking = False
    for event in events:
        if isinstance(event, e.SpeechStarted | e.SpeechPaused):
            if speaking == isinstance(event, e.SpeechStarted):
                continue
            speaking = not speaking
        out.append(session.handle(event))
    return out


@settings(max_examples=200, deadline=None)
@given(happenings())
def test_whatever_happens_the_same_events_give_the_same_call(events: list[e.Event]) -> None:
    first, second = run(events), run(events)
    assert first == second
    commands = list(itertools.chain.from_iterable(first))
    jobs = [command.job for command in commands if isinstance(command, c.Transcribe)]
    assert jobs == list(range(1, len(jobs) + 1))
    replies = [command.reply for command in commands if isinstance(command, c.Say)]
    assert replies == list(range(1, len(replies) + 1))
    held = 0
    for command in commands:
        match command:
            case c.PauseReply():
                assert not held
                held = command.reply
            case c.ResumeReply():
                assert held == command.reply
                held = 0
            case c.StopReply() | c.Say() | c.EndCall():
                held = 0
            case _:
                pass


def cues_after_a_why(session: Session, *switches: bool) -> list[Cue | None]:
    """What is shown as a cue once a "why" was answered; the trainee switches cues while it is."""
    events: list[e.Event] = [
        e.CallStarted(at=0.0),
        e.ReplyPlayed(at=3.0, reply=1, text_heard="I'll be honest.", complete=True),
        e.SpeechStarted(at=5.0, sample=5 * SECOND),
        e.SpeechPaused(at=6.0, sample=6 * SECOND),
        e.TranscriptFinal(at=6.2, job=1, text="Why did you ask for other quotes?", end_sample=0),
        e.SampleReached(at=6.5, timer="turn_end", sample=6 * SECOND + 8000),
        e.ReplyPlayed(at=9.0, reply=2, text_heard="We had to.", complete=True),
        *(e.CuesSwitched(at=10.0, on=on) for on in switches),
    ]
    commands = [command for event in events for command in session.handle(event)]
    shown = [command.cue for command in commands if isinstance(command, c.ShowCue)]
    assert session.phase is Phase.LISTENING
    return shown


def test_a_cue_is_chosen_only_for_a_trainee_who_wants_one() -> None:
    chosen = cues_after_a_why(new_session())[-1]
    assert chosen is not None
    assert chosen.rule == "how-not-why"
    assert set(cues_after_a_why(new_session(cues=False))) == {None}


def test_a_cue_goes_as_soon_as_it_is_not_wanted_any_more() -> None:
    assert cues_after_a_why(new_session(), False)[-1] is None


def test_cues_that_are_wanted_again_come_at_the_next_silence() -> None:
    session = new_session(cues=False)
    assert set(cues_after_a_why(session, True)) == {None}
    session.handle(e.Disconnected(at=11.0))
    back = session.handle(e.Reconnected(at=12.0))
    assert any(isinstance(command, c.ShowCue) and command.cue for command in back)
