"""The named rules of the counterpart: what each does to trust, tension and patience, and why.

Everything that moves a number in the mind stands in this one table, so that the answer to "why did
they say that?" can be looked up. Which rule applies is decided in `counterpart.py` and the modules it
calls; how it is worded is the scenario's.

Trust, tension and patience run from 0 to 1. A rule with `costs` closes what had been opened.
"""

from __future__ import annotations

import msgspec

from voice_coach.counterpart.reply import Delivery

__all__ = ["RULES", "TURNING_POINTS", "Rule"]


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What one named reaction does to the mind."""

    trust: float = 0.0
    tension: float = 0.0
    patience: float = 0.0
    reason: str
    """One sentence for the person who asks why."""
    delivery: Delivery | None = None
    """None: as the mind feels after the rule."""
    costs: bool = False
    """It closes what had been opened, and is remembered."""


def _rule(
    trust: float, tension: float, patience: float, reason: str, delivery: Delivery | None = None
) -> Rule:
    return Rule(trust=trust, tension=tension, patience=patience, reason=reason, delivery=delivery)


def _pressure(trust: float, tension: float, patience: float, reason: str) -> Rule:
    return Rule(trust=trust, tension=tension, patience=patience, reason=reason, costs=True)


RULES: dict[str, Rule] = {
    "opening": _rule(0, 0, 0, "The counterpart called, so it speaks first."),
    # ---- being understood
    "label-opens": _rule(0.1, -0.1, 0.06, "The label fits, so one layer opens."),
    "label-into-silence": _rule(
        0.08,
        -0.1,
        0.06,
        "The label fits something deep; the rest comes if the silence is left alone.",
        Delivery.CALM,
    ),
    "silence-filled": _rule(
        0.06,
        -0.05,
        0.06,
        "The silence was left alone, so the counterpart filled it itself.",
        Delivery.CALM,
    ),
    "label-confirmed": _rule(0.04, -0.05, 0.04, "The label fits; nothing more lies under it."),
    "label-again": _rule(
        0, 0.01, -0.03, "What the label names has been named before; nothing new stands behind it."
    ),
    "label-of-the-surface": _rule(
        0.03, -0.02, 0.02, "The label fits what is said openly anyway; there is more under it."
    ),
    "label-too-early": _rule(
        0.01, 0.02, 0, "The label touches something held back, and there is not enough trust for it yet."
    ),
    "label-softens": _rule(
        0.06, -0.1, 0.05, "The label fits, but pressure from before is not forgotten yet: it softens."
    ),
    "i-label": _rule(0.05, -0.05, 0.03, "A label about the speaker: half the gain, and only a hint."),
    "mislabel": _rule(0, 0, 0, "The label does not fit; a first wrong guess is corrected, no more."),
    "mislabel-again": _rule(-0.03, 0.03, -0.05, "Wrong guesses in a row: nothing stands behind them."),
    "same-stem": _rule(-0.02, 0.02, -0.04, "The same opening words three times sound learnt by heart."),
    "missing-piece": _rule(0.05, -0.06, 0.04, "Asked what is missing, it admits that something is."),
    "mirror-elaborates": _rule(0.04, -0.03, 0.02, "Its own words were given back, so it goes on."),
    "mirror-empty": _rule(0, 0, -0.03, "The words that were repeated have nothing more behind them."),
    "mirror-parroted": _rule(-0.03, 0.03, -0.06, "Only its own words come back, again and again."),
    "paraphrase-fits": _rule(0.05, -0.04, 0.03, "Its point was given back in other words, and rightly."),
    "paraphrase-off": _rule(0.01, 0, 0, "Its point was given back, but not quite."),
    "thats-right": _rule(
        0.3, -0.4, 0.4, "The summary covers all that was disclosed and why they came.", Delivery.DELIGHTED
    ),
    "summary-partial": _rule(0.06, -0.05, 0.03, "The summary leaves something out, and it points there."),
    "summary-under-pressure": _rule(
        0.08, -0.1, 0.05, "The summary is complete, but the pressure before it stands between them."
    ),
    "accusation-audit": _rule(0.08, -0.14, 0.06, "The harsh thing was said, so it need not say it."),
    "accusation-audit-worn": _rule(0.01, -0.02, 0, "Once more the same opening: it has worn off."),
    "apology": _rule(0.05, -0.08, 0.05, "An apology without a 'but'."),
    "calibrated-question": _rule(0.03, -0.02, 0.02, "An open question makes it think aloud."),
    "questions-in-series": _rule(
        -0.02, 0.03, -0.04, "Question after question feels like an interview.", Delivery.GUARDED
    ),
    "no-oriented-question": _rule(0.04, -0.04, 0.03, "Saying no is safe, so it goes on."),
    "restart": _rule(0.1, -0.2, 0.15, "Asked whether that part may be begun again: it may, once."),
    "restart-again": _rule(-0.01, 0.02, -0.03, "That part has been begun again once already."),
    "open-invitation": _rule(0.03, -0.02, 0.02, "It was invited to go on."),
    "question": _rule(0, 0, 0, "A plain question gets a plain answer."),
    "encourager": _rule(0, 0, 0, "A short sign of listening: not a turn."),
    "goes-on": _rule(0.02, -0.02, 0.01, "A sign of listening left it the floor, so it goes on."),
    "stacked": _rule(
        0.05, -0.04, 0.02, "Named and asked in one breath: half counts, only the last part is answered."
    ),
    "acknowledged": _rule(0.03, -0.03, 0.02, "Something that matters to it was mentioned."),
    "concern-repeated": _rule(0, 0, -0.03, "Nothing in this turn moved it, so it says its concern."),
    "concern-third-time": _rule(
        -0.02, 0.05, -0.05, "It has said its concern three times now: that part should be begun again."
    ),
    # ---- pressure
    "threat": _pressure(-0.25, 0.3, -0.3, "A threat: it hardens and closes what it had opened."),
    "leverage": _pressure(-0.18, 0.2, -0.14, "Leverage: it can feel it, and closes what it had opened."),
    "deadline": _pressure(-0.12, 0.15, -0.1, "A deadline: it resists, and asks what the rush is for."),
    "bargaining": _pressure(-0.06, 0.06, -0.06, "A number for a number: position against position."),
    "counterfeit-yes": _pressure(-0.1, 0.08, -0.08, "Pushed to agree, it gives an empty yes."),
    "arguing": _pressure(-0.08, 0.12, -0.12, "It was told that it is wrong, so it hardens."),
    "why": _rule(-0.05, 0.08, -0.05, "A why sounds like blame, so it defends itself."),
    "yes-fishing": _rule(-0.04, 0.03, -0.04, "Fishing for a yes gets a yes without weight."),
    "premature-solution": _rule(
        -0.05, 0.04, -0.08, "A solution before the concern was understood: a polite yes that means no."
    ),
    "solution-considered": _rule(
        0.02, -0.02, 0.02, "It feels understood, so a solution is welcome now.", Delivery.CALM
    ),
    "interruption": _rule(-0.04, 0.08, -0.06, "It was talked over."),
    "interruption-named": _rule(-0.05, 0.1, -0.12, "Talked over again, it says so.", Delivery.IRRITATED),
    # ---- silence
    "asks-after-silence": _rule(0, 0, -0.05, "A long silence: it asks."),
    "helps-after-silence": _rule(0, -0.02, -0.05, "Another long silence: it helps."),
    "lets-go": _rule(0, 0, 0, "Nothing comes any more, so it lets the other go."),
    # ---- how it ends
    "terms-proposed": _rule(0.05, -0.05, 0.05, "Understood, it lays out the deal.", Delivery.WARM),
    "terms-explained": _rule(0.01, -0.01, 0, "It explains what it would need.", Delivery.WARM),
    "terms-refused": _rule(-0.05, 0.05, -0.15, "Its terms were refused; it asks what would be possible."),
    "terms-bargained": _rule(
        -0.05,
        0.05,
        -0.1,
        "A number against its terms: position against position again.",
        Delivery.GUARDED,
    ),
    "terms-withdrawn": _pressure(-0.2, 0.25, -0.2, "Pressure after all that: it takes its offer back."),
    "agreement": _rule(0.1, -0.1, 0, "Its own terms were accepted.", Delivery.DELIGHTED),
    "warning": _rule(0, 0, 0, "Its patience is nearly gone, and it says so.", Delivery.IRRITATED),
    "hang-up": _rule(0, 0, 0, "It had said that its patience was nearly gone.", Delivery.IRRITATED),
    "not-today": _rule(0, 0, 0, "This does not lead anywhere today, but the door stays open."),
}
"""Rule name, as in `Because.rule`, to its effect."""

TURNING_POINTS = frozenset(
    {
        "label-opens", "silence-filled", "thats-right", "summary-under-pressure", "restart",
        "interruption-named", "same-stem", "mirror-parroted", "questions-in-series", "concern-third-time",
        "terms-proposed", "terms-refused", "terms-bargained", "warning",
        *(name for name, rule in RULES.items() if rule.costs),
    }
)  # fmt: skip
"""Rules that turn a call: these moments are named when it has ended."""
