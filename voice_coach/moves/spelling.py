"""How words are spelt when they are run together: contractions and the short forms of speech."""

from __future__ import annotations

__all__ = ["spoken_parts", "word_set"]


def word_set(words: str) -> frozenset[str]:
    """The words of a text as a set: long lists stay readable as plain lines."""
    return frozenset(words.split())


def _table(rows: str) -> dict[str, list[str]]:
    pairs = (row.split("=") for row in rows.replace("\n", " ").split(";"))
    return {short.strip(): long.split() for short, long in pairs}


_SHORT_FORMS = _table("""
gonna = going to; wanna = want to; gotta = got to; kinda = kind of; sorta = sort of; cannot = can
not; can't = can not; won't = will not; shan't = shall not; ain't = is not; let's = let us; cause
= because; 'cause = because; cuz = because; cos = because; dunno = do not know; gimme = give me;
lemme = let me; y'all = you all; ya = you; ok = okay; 'em = them; yup = yes; yep = yes; coulda =
could have; shoulda = should have; woulda = would have; outta = out of; nobody's = nobody is;
there's = there is; here's = here is; that's = that is; it's = it is; what's = what is; who's =
who is; how's = how is; where's = where is; he's = he is; she's = she is; everything's =
everything is
""")
_WITHOUT_APOSTROPHE = _table("""
youre = you are; youve = you have; youll = you will; youd = you would; theyre = they are; thats =
that is; whats = what is; theres = there is; dont = do not; doesnt = does not; didnt = did not;
isnt = is not; arent = are not; wasnt = was not; werent = were not; havent = have not; hasnt = has
not; hadnt = had not; couldnt = could not; ive = i have; wouldnt = would not; shouldnt = should
not; cant = can not; wont = will not; im = i am; weve = we have; theyve = they have; theyll = they
will; hes = he is; shes = she is; lets = let us; whos = who is; hows = how is
""")
"""Recognisers leave the apostrophe out; only forms that are no other word are opened."""
_ENDINGS = {
    "n't": "not",
    "'re": "are",
    "'ve": "have",
    "'ll": "will",
    "'d": "would",
    "'m": "am",
    "'s": "'s",
}


def spoken_parts(text: str) -> list[str]:
    """The words in one token of lower-case text: "you're" is "you are", "gonna" is "going to"."""
    whole = _SHORT_FORMS.get(text) or _WITHOUT_APOSTROPHE.get(text)
    if whole is not None:
        return whole
    if "'" not in text:
        return [text]
    for ending, part in _ENDINGS.items():
        if text.endswith(ending) and len(text) > len(ending):
            return [*spoken_parts(text.removesuffix(ending)), part]
    return [text.strip("'") or text]
