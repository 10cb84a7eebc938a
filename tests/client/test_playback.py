from voice_coach.counterpart.reply import Delivery
from voice_coach.messages import (
    AudioFrame,
    AudioKind,
    Notice,
    PausePlayback,
    PlaybackEnded,
    PlaybackStarted,
    Reply,
    ReplyEnd,
    ResumePlayback,
    StopPlayback,
)
from voice_coach_client.playback import SimulatedPlayback


def _reply(number: int) -> Reply:
    return Reply(reply=number, sentences=("No.",), delivery=Delivery.CALM, sample_rate_hz=1000)


def _voice(number: int, offset: int, samples: int) -> AudioFrame:
    return AudioFrame(kind=AudioKind.VOICE, stream=number, offset=offset, pcm=b"\1\0" * samples)


def test_plays_for_exactly_as_long_as_the_reply_sounds() -> None:
    playback = SimulatedPlayback()
    playback.announce(_reply(1))
    assert playback.busy
    assert playback.tick(0.02) == ()
    assert playback.receive(_voice(1, 0, 30)) == (PlaybackStarted(reply=1),)
    assert playback.receive(_voice(1, 30, 20)) == ()
    assert playback.finish(ReplyEnd(reply=1, samples=50)) == ()
    assert playback.tick(0.02) == ()
    assert playback.tick(0.02) == ()
    assert playback.tick(0.02) == (PlaybackEnded(reply=1, heard_samples=50, complete=True),)
    assert not playback.busy


def test_waits_for_sound_that_is_late() -> None:
    playback = SimulatedPlayback()
    playback.announce(_reply(1))
    playback.receive(_voice(1, 0, 20))
    assert playback.tick(0.5) == ()
    playback.receive(_voice(1, 20, 20))
    assert playback.stop(1) == (PlaybackEnded(reply=1, heard_samples=20, complete=False),)


def test_stop_says_how_far_it_was_heard_and_drops_what_still_comes() -> None:
    playback = SimulatedPlayback()
    playback.announce(_reply(1))
    playback.receive(_voice(1, 0, 100))
    playback.tick(0.02)
    assert playback.stop(1) == (PlaybackEnded(reply=1, heard_samples=20, complete=False),)
    assert playback.stop(1) == ()
    assert playback.receive(_voice(1, 100, 100)) == ()
    assert playback.finish(ReplyEnd(reply=1, samples=200)) == ()
    assert not playback.busy


def test_a_follow_up_waits_for_the_reply_before_it() -> None:
    playback = SimulatedPlayback()
    playback.announce(_reply(1))
    assert playback.receive(_voice(1, 0, 20)) == (PlaybackStarted(reply=1),)
    playback.finish(ReplyEnd(reply=1, samples=20))
    playback.announce(_reply(2))
    assert playback.receive(_voice(2, 0, 20)) == ()
    assert playback.tick(0.02) == (
        PlaybackEnded(reply=1, heard_samples=20, complete=True),
        PlaybackStarted(reply=2),
    )


def test_a_reply_without_sound_is_over_at_once() -> None:
    playback = SimulatedPlayback()
    playback.announce(_reply(1))
    assert playback.finish(ReplyEnd(reply=1, samples=0)) == ()
    assert not playback.busy


def test_sound_lost_with_the_connection_counts_as_silence() -> None:
    playback = SimulatedPlayback()
    playback.announce(_reply(1))
    playback.receive(_voice(1, 0, 10))
    playback.finish(ReplyEnd(reply=1, samples=40))
    assert playback.tick(0.04) == (PlaybackEnded(reply=1, heard_samples=40, complete=True),)


def test_a_reply_whose_sound_never_ends_is_given_up() -> None:
    playback = SimulatedPlayback()
    playback.announce(_reply(1))
    playback.receive(_voice(1, 0, 20))
    assert playback.tick(0.02) == ()
    assert playback.tick(9.0) == ()
    assert playback.tick(1.5) == (PlaybackEnded(reply=1, heard_samples=20, complete=False),)
    assert not playback.busy


def test_a_sign_of_listening_is_none_of_the_replies() -> None:
    playback = SimulatedPlayback()
    playback.announce(_reply(1))
    assert playback.hear(AudioFrame(kind=AudioKind.MURMUR, stream=1, offset=0, pcm=b"\1\0" * 50)) == ()
    assert playback.tick(0.02) == ()


def test_a_reply_that_the_server_abandons_for_another_is_forgotten() -> None:
    playback = SimulatedPlayback()
    playback.announce(_reply(1))
    playback.receive(_voice(1, 0, 20))
    playback.announce(_reply(2))
    assert playback.receive(_voice(1, 20, 20)) == ()
    assert playback.receive(_voice(2, 0, 20)) == (PlaybackStarted(reply=2),)


def test_a_held_reply_stands_still_and_goes_on_where_it_was() -> None:
    playback = SimulatedPlayback()
    playback.announce(_reply(1))
    playback.receive(_voice(1, 0, 50))
    playback.finish(ReplyEnd(reply=1, samples=50))
    playback.tick(0.02)
    playback.hold(1)
    assert playback.tick(60.0) == ()
    playback.go_on(1)
    assert playback.tick(0.02) == ()
    assert playback.tick(0.02) == (PlaybackEnded(reply=1, heard_samples=50, complete=True),)


def test_a_held_reply_that_is_stopped_says_how_far_it_was_heard() -> None:
    playback = SimulatedPlayback()
    playback.announce(_reply(1))
    playback.receive(_voice(1, 0, 100))
    playback.tick(0.03)
    playback.hold(1)
    playback.tick(0.5)
    assert playback.stop(1) == (PlaybackEnded(reply=1, heard_samples=30, complete=False),)


def test_whatever_is_about_sound_is_heard_and_nothing_else_changes_it() -> None:
    playback = SimulatedPlayback()
    assert playback.hear(_reply(1)) == ()
    assert playback.hear(_voice(1, 0, 50)) == (PlaybackStarted(reply=1),)
    assert playback.hear(Notice(code="voice", text="Said to a person.")) == ()
    assert playback.hear(ReplyEnd(reply=1, samples=50)) == ()
    playback.tick(0.02)
    assert playback.hear(PausePlayback(reply=1)) == ()
    assert playback.tick(60.0) == ()
    assert playback.hear(ResumePlayback(reply=1)) == ()
    playback.tick(0.01)
    heard_of_it = (PlaybackEnded(reply=1, heard_samples=30, complete=False),)
    assert playback.hear(StopPlayback(reply=1)) == heard_of_it
