"""What simulated trainees say: sentences that fit any scenario, by the move each one makes."""

from __future__ import annotations

from collections.abc import Mapping

from voice_coach.counterpart.story import Scenario

__all__ = ["LINES", "PLAIN", "PRESSURE", "lines_about"]

PRESSURE: Mapping[str, tuple[str, ...]] = {
    "leverage": (
        "Take it or leave it.",
        "That's our final offer.",
        "We have other options, you know.",
        "You need us more than we need you.",
    ),
    "threat": (
        "Otherwise I'll escalate this to your boss.",
        "Do as I say, or else.",
    ),
    "deadline_pressure": (
        "I need your answer by Friday or the offer is gone.",
        "This is for today only.",
    ),
    "bargaining": (
        "Let's meet in the middle at five thousand.",
        "I could go down by five percent, how about that?",
    ),
}
"""Moves that cost the most: the bully's."""

LINES: Mapping[str, tuple[str, ...]] = {
    **PRESSURE,
    "arguing": ("No, but that's not true.", "That's not true."),
    "premature_solution": (
        "You should just take our standard package.",
        "Here's what we'll do, we send you a new plan.",
        "The best thing would be to start over with a new plan.",
    ),
    "yes_fishing": (
        "Would you agree that's fair?",
        "Wouldn't you say that's reasonable?",
        "Does that make sense?",
    ),
    "why_question": ("Why didn't you say so before?", "Why are you doing this?"),
    "question": ("When does this start?", "How long has it been like that?"),
    "calibrated_question": (
        "What about this matters most to you?",
        "How am I supposed to do that?",
    ),
    "no_oriented_question": (
        "Would you be against telling me more?",
        "Have you given up on working with us?",
    ),
    "restart_request": ("Would you be offended if we started that part over?",),
    "open_invitation": ("Tell me more about that.",),
    "accusation_audit": (
        "You're probably going to think that I don't care and that I only want your money.",
    ),
    "missing_piece_label": ("It seems like there's something I'm missing here.",),
    "encourager": ("mm-hm", "I see."),
}
"""Lines by the kind of move that the recogniser finds in them; a test holds them to it."""

PLAIN = (
    "We have a new product.",
    "I see what you mean.",
    "We have been busy this month.",
    "Well, I don't know.",
)
"""Lines without a move."""


def lines_about(scenario: Scenario) -> tuple[str, ...]:
    """Lines on a scenario's own matters, in its own words."""
    echoed = (phrase for echo in scenario.echoes for phrase in echo.phrase.evidence[0][:2])
    guessed = (guess.guess.evidence[0][0] for guess in scenario.corrections)
    return (
        *(layer.you_could_say for layer in scenario.layers),
        *(f"You were {phrase}." for layer in scenario.layers for phrase in layer.topic.evidence[0][:1]),
        *(f"{phrase.capitalize()}?" for phrase in echoed),
        *(f"It seems like you're {phrase}." for phrase in guessed),
        *(f"{phrase.capitalize()}." for phrase in scenario.terms.accepted_by.evidence[0][:3]),
        scenario.good_summary,
        "I'm sorry about that.",
        "No, that's not possible.",
    )
