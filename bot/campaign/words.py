"""The words of a text in the form in which the search compares them, whatever the text."""

import re
import unicodedata

_APOSTROPHES = str.maketrans(dict.fromkeys("’‘‛ʼ＇`´", "'"))  # before NFKD, which makes a space of ´
_WHOLE_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŋ": "n"}
)  # NFKD finds no accent to take from these
_UNSEEN = frozenset({"Mn", "Me", "Cf"})  # accents, zero-width characters, marks of direction
_WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+")
_GROUPED = re.compile(r"\d{1,3}([.,])\d{3}(?:\1\d{3})*")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
_HYPHENATED = re.compile(r"\w+(?:[-‐‑]\w+)+")
_HASHTAG = re.compile(r"#(\w+)")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")

_SINGULARS = {"women": "woman", "men": "man", "children": "child", "wives": "wife", "news": "news"}


def words_of(text: str) -> list[str]:
    """The words of any text in the form in which they are compared: without case, accents, apostrophes, unseen marks.

    A possessive is its noun ("women's" is "women"). Numbers lose their thousands' separators ("100,000" is "100000"),
    have a decimal point ("1.2") and are not ordinals ("25th" is "25"). All but letters and digits parts words.
    """
    folded = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)).casefold().translate(_WHOLE_LETTERS)
    seen = folded if folded.isascii() else "".join(c for c in folded if unicodedata.category(c) not in _UNSEEN)
    plain = re.sub(r"'s\b", "", seen).replace("'", "")
    return [_number(word) if word[0].isdecimal() else word for word in _WORD.findall(plain)]


def _number(word: str) -> str:
    if grouped := _GROUPED.fullmatch(word):
        return word.replace(grouped[1], "")
    if ordinal := _ORDINAL.fullmatch(word):
        return ordinal[1]
    return word.replace(",", ".")


# What people put around the words they look for. A query of nothing else is searched for just these.
STOP_WORDS = frozenset(
    words_of(
        """a about after all am an and any are as at be been but by can could did do does don't fact facts find for
        from give had has have he her him his how i if in into is it its me my no not now of off on or our out over
        quote quotes said say says she should show so some tell than that the their them then there these they this
        those to up us was we were what when where which who why will with would you your"""
    )
)


def singular(word: str) -> str:
    """The form that singular and plural share. Where it is no real word, it is so for both."""
    if word in _SINGULARS:
        return _SINGULARS[word]
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "ches", "shes", "xes", "zes")):
        return word[:-2]
    return _SINGULARS.get(word[:-1], word[:-1])  # "womens", as people type the possessive


def ways_to_write(text: str) -> set[str]:
    """The words of a text; also what it hyphenates as one word ("email"), and the words that make a hashtag."""
    words = set(words_of(text))
    for hyphenated in _HYPHENATED.findall(text):
        words.update(words_of(re.sub(r"\W", "", hyphenated)))
    for tag in _HASHTAG.findall(text):
        words.update(words_of(_HUMP.sub(" ", tag)))
    return words
