"""What a trainee asks for in a drill instead of answering."""

import pytest

from voice_coach.coaching.drill_words import Request, request_in


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("Say that again.", Request.REPEAT),
        ("Say that again...", Request.REPEAT),
        ("Once more\u2026", Request.REPEAT),
        ("Skip.", Request.SKIP),
        ("Next one...", Request.SKIP),
        ("It sounds like you were let down again.", None),
        ("", None),
        ("...", None),
    ],
)
def test_a_request_is_all_that_was_said(text: str, request_: Request | None) -> None:
    assert request_in(text) is request_
