"""Signs of listening: only to somebody who has spoken for long and pauses in mid-sentence."""

import pytest
from conversation.test_session import listening

from voice_coach.conversation import commands as c
from voice_coach.conversation import events as e
from voice_coach.conversation.commands import Phase

RATE = 16_000


def murmurs(*, seconds: float, text: str) -> tuple[list[str], Phase]:
    """Speak for some seconds, pause, be understood."""
    session = listening().session
    session.handle(e.SpeechStarted(at=5.0, sample=5 * RATE))
    end = round((5 + seconds) * RATE)
    paused = session.handle(e.SpeechPaused(at=5 + seconds, sample=end))
    (job,) = [command.job for command in paused if isinstance(command, c.Transcribe)]
    known = session.handle(e.TranscriptFinal(at=5.2 + seconds, job=job, text=text, end_sample=end))
    return [command.text for command in known if isinstance(command, c.Murmur)], session.phase


@pytest.mark.parametrize(
    ("seconds", "text", "given"),
    [
        (8.0, "I looked at what happened in March and", True),
        (3.0, "I looked at what happened in March and", False),
        (8.0, "I looked at what happened in March.", False),
    ],
)
def test_a_sign_is_given_in_mid_sentence_after_long_speech(
    seconds: float,
    text: str,
    given: bool,  # noqa: FBT001 - a parametrised expectation
) -> None:
    said, phase = murmurs(seconds=seconds, text=text)
    assert bool(said) is given
    assert phase is Phase.TRAINEE_PAUSING, "the trainee keeps the floor"
