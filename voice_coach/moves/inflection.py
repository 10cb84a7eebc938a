"""English inflection, both ways: all forms of a word, and a light stem to compare words by."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["inflections", "stem"]

_IRREGULAR = """
be am is are was were been being 's 're
have has had having 've
do does did done doing
go goes went gone going
say says said saying
tell tells told telling
feel feels felt feeling
hear hears heard hearing
think thinks thought thinking
know knows knew known knowing
see sees saw seen seeing
get gets got gotten getting
give gives gave given giving
take takes took taken taking
make makes made making
leave leaves left leaving
keep keeps kept keeping
mean means meant meaning
meet meets met meeting
lose loses lost losing
pay pays paid paying
sell sells sold selling
buy buys bought buying
stand stands stood standing
understand understands understood understanding
find finds found finding
bring brings brought bringing
come comes came coming
become becomes became becoming
begin begins began begun beginning
break breaks broke broken breaking
build builds built building
catch catches caught catching
choose chooses chose chosen choosing
cut cuts cutting
deal deals dealt dealing
draw draws drew drawn drawing
drink drinks drank drunk drinking
drive drives drove driven driving
eat eats ate eaten eating
fall falls fell fallen falling
fight fights fought fighting
forget forgets forgot forgotten forgetting
grow grows grew grown growing
hold holds held holding
hurt hurts hurting
hit hits hitting
lead leads led leading
let lets letting
lie lies lied lying lay lain
put puts putting
read reads reading
rise rises rose risen rising
run runs ran running
send sends sent sending
set sets setting
show shows showed shown showing
shut shuts shutting
sit sits sat sitting
sleep sleeps slept sleeping
speak speaks spoke spoken speaking
spend spends spent spending
steal steals stole stolen stealing
stick sticks stuck sticking
swear swears swore sworn swearing
teach teaches taught teaching
throw throws threw thrown throwing
wake wakes woke woken waking
wear wears wore worn wearing
win wins won winning
write writes wrote written writing
hang hangs hung hanging
pick picks picked picking
good better best
bad worse worst
child children
person people persons
man men
woman women
wife wives
life lives
quit quits quitting
"""
# These end like "worker" and "cheaper", and are whole words all the same.
_WHOLE = """answer bother consider cover deliver discover enter gather matter offer order recover remember
suffer wonder"""
_FORMS: dict[str, tuple[str, ...]] = {}
_LEMMA: dict[str, str] = {}
for _row in _IRREGULAR.split("\n"):
    if _row:
        _base, *_rest = _row.split()
        _FORMS[_base] = (_base, *_rest)
        _LEMMA |= {form: _base for form in _rest if form not in _LEMMA}

for _base in _WHOLE.split():
    _LEMMA |= {f"{_base}{_ending}": _base for _ending in ("s", "ed", "ing")}

_VOWELS = frozenset("aeiou")
_SHORT_STEM = 3


def inflections(word: str) -> frozenset[str]:
    """Every form of a word given in its base form; of a phrase, the first word is inflected."""
    first, _, rest = word.partition(" ")
    forms = _FORMS.get(first) or _regular(first)
    return frozenset(f"{form} {rest}".strip() for form in forms)


def _regular(word: str) -> tuple[str, ...]:
    if word.endswith("e"):
        return (word, f"{word}s", f"{word}d", f"{word[:-1]}ing")
    if word.endswith("y") and word[-2:-1] not in _VOWELS:
        return (word, f"{word[:-1]}ies", f"{word[:-1]}ied", f"{word}ing")
    plural = f"{word}es" if word.endswith(("s", "x", "z", "ch", "sh", "o")) else f"{word}s"
    forms = [word, plural, f"{word}ed", f"{word}ing"]
    if _doubles(word):
        forms += [f"{word}{word[-1]}ed", f"{word}{word[-1]}ing"]
    return tuple(forms)


def _doubles(word: str) -> bool:
    """True for "stop", "plan": one vowel, then one consonant that is doubled before an ending."""
    return (
        len(word) >= _SHORT_STEM
        and word[-1] not in _VOWELS | set("wxy")
        and word[-2] in _VOWELS
        and word[-3] not in _VOWELS
    )


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A light stem: equal for the forms of a word, and never meant to be shown to anyone."""
    word = _LEMMA.get(word, word)
    word = word.removesuffix("'s").removesuffix("'")
    if len(word) <= _SHORT_STEM:
        return word
    for ending, instead in _STEM_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORT_STEM - (ending in {"s", "es"}):
            return _plain_end(word[: -len(ending)] + instead)
    return _plain_end(word)


_STEM_ENDINGS = tuple(
    (ending, instead.strip("-"))
    for ending, _, instead in (
        pair.partition(">")
        for pair in re.findall(
            r"\S+",
            """
            eed>ee ically>ic fulness>ful nesses>- ments>- ies>y ied>y ings>- ness>- ment>- ingly>- edly>-
            sses>ss ing>- ion>- ions>- ily>y ly>- ed>- ers>- er>- xes>x ches>ch shes>sh ss>ss us>us s>-
            """,
        )
    )
)
"""An ending, and what stands in its place; the first that fits is taken."""


def _plain_end(word: str) -> str:
    """Make "stopp" and "stop", "believ" and "believe", "worri" and "worry" equal."""
    if len(word) > _SHORT_STEM and word[-1] == word[-2] and word[-1] not in "ls":
        return word[:-1]
    if len(word) > _SHORT_STEM and word.endswith("e"):
        return word[:-1]
    return f"{word[:-1]}i" if word.endswith("y") and len(word) > _SHORT_STEM else word
