"""Sentences with words that no recogniser knows: people, firms, products, places and figures, made up.

Each set is one imagined scenario: the words that its author would have the ears expect, and what a
trainee might say with them.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SETS", "Words"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One scenario's words, and sentences in which they are said."""

    name: str
    words: tuple[str, ...]
    sentences: tuple[str, ...]
    """Each holds at least one of the words, spelt the same."""


SETS = (
    Words(
        name="clinics",
        words=("Dana Whitfield", "Castellane Health", "Meridex", "Orrin Vale", "Tressler", "Novabay",
               "Zorvian", "Halden Ridge", "Priya Raman"),
        sentences=(
            "It sounds like Dana Whitfield had to explain this to her board alone.",
            "So in March nobody from Castellane Health picked up the phone.",
            "You moved all of your records to Meridex last spring.",
            "It seems like Orrin Vale was never told about the outage.",
            "What would Tressler have done in your place?",
            "You asked Novabay for a quote because you had no choice.",
            "The doctors in Halden Ridge were waiting for two days.",
            "It looks like Zorvian never gave you a straight answer.",
            "Would it be a bad idea to bring Priya Raman into this call?",
            "You trusted Meridex, and it let you down.",
            "How am I supposed to explain that to Tressler?",
            "So Novabay is not even cheaper, and Castellane Health wants one name.",
        ),
    ),
    Words(
        name="machines",
        words=("Kestrelon", "Marchetti", "Veridrive", "Ilse Brandvold", "Quillon", "Ostrava", "Duraline",
               "Tomasz Wieczorek", "Bexhill"),
        sentences=(
            "It sounds like the Kestrelon line was down for most of the week.",
            "You told Marchetti that the parts would be there on Monday.",
            "It seems like the Veridrive failed at the worst moment.",
            "So Ilse Brandvold signed for it and nobody checked.",
            "What happened after Quillon stopped the delivery?",
            "Your people in Ostrava worked through the night.",
            "You were promised Duraline and you got something else.",
            "It looks like Tomasz Wieczorek took the blame for all of it.",
            "How would you like us to make this right in Bexhill?",
            "The Kestrelon order and the Veridrive order were both late.",
            "It seems like Marchetti has lost his patience with us.",
            "Have you given up on Quillon?",
        ),
    ),
    Words(
        name="lodgings",
        words=("Aldermoor", "Fenwick Lane", "Casa Lindero", "Svetlana Orlova", "Rentavo",
               "Jaques Thibault", "Pemberley Court", "Zubrin", "Ngozi Adeyemi"),
        sentences=(
            "It sounds like nobody at Aldermoor ever answered your letters.",
            "You have lived in Fenwick Lane for eleven years.",
            "So the heating in Casa Lindero broke in January and again in February.",
            "It seems like Svetlana Orlova was the only one who listened.",
            "You paid through Rentavo and the money disappeared.",
            "What did Jaques Thibault say when you showed him the wall?",
            "It looks like Pemberley Court was sold without telling anyone.",
            "You were told that Zubrin would come on Thursday.",
            "Would you be opposed to a call with Ngozi Adeyemi?",
            "It seems like Rentavo sent you in circles.",
            "So Zubrin came once, looked at it, and never came back.",
            "How can we settle this with Aldermoor before winter?",
        ),
    ),
)  # fmt: skip
