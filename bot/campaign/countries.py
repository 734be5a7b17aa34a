"""The country that people mean by what they type: a name in their language or in English, a code, a flag, an alias.

A wrong country is worse than none: where two are about equally near, none is meant, and both are suggested. Any text
is a question; none raises, and the work is bounded whatever the text.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeVar, cast

from babel import Locale
from rapidfuzz import process
from rapidfuzz.distance import OSA  # optimal string alignment: swapped neighbours are one edit, as people make them

from bot.campaign.models import Country, Territory
from bot.campaign.words import words_of

N = TypeVar("N", int, float)

LONGEST_TYPED = 200
"""Characters of what is typed that are looked at."""

MOST_WORDS = 12
"""Words of it that are looked at; the longest name has nine."""

LONGEST_NAME = 100
"""Characters of a name in an autocomplete: Discord takes no more."""

_SMALL_WORDS = frozenset({"the", "and", "of"})  # people leave them out, and '&' is none
_DIRECTIONS = {"n": "north", "s": "south"}  # for "S. Korea"
_ALIKE = str.maketrans("yz", "is")  # "Kenia", "Brasil"
_CODE = re.compile(r"[\W_]*([A-Za-z]{2,3})[\W_]*")  # all that is typed, so that "n/a" is not Namibia
_DOUBLE = re.compile(r"(.)\1")
_FLAG = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}"  # 🇰🇪: two regional indicators
    "|\U0001f3f4[\U000e0061-\U000e007a]{2,6}\U000e007f"  # Scotland's: a black flag, its subdivision's code in tags
    "|:flag_[a-z]{2}:",  # as Discord writes it
    re.ASCII,
)


def _words(text: str) -> list[str]:
    """The words of a name in the form in which they are compared, without the small ones."""
    seen = "".join(map(_seen, _composed(text).casefold()))
    found = [folded for word in seen.split() for folded in _without_accents(word)]
    words = ["saint" if word == "st" else word for word in found if word not in _SMALL_WORDS][:MOST_WORDS]
    if len(words) > 1 and words[0] in _DIRECTIONS:
        words[0] = _DIRECTIONS[words[0]]
    return words


def _composed(text: str) -> str:
    """Cut before and after: one character may become eighteen."""
    return unicodedata.normalize("NFKC", text[:LONGEST_TYPED])[:LONGEST_TYPED]


def _seen(char: str) -> str:
    category = unicodedata.category(char)
    if category[0] in "LNM":
        return char
    return "" if category == "Cf" else " "


def _without_accents(word: str) -> Iterable[str]:
    """Marks that are accents go. In the scripts of India or Thailand they are vowels: without, Togo would be Tonga."""
    if any("\u0900" <= char < "\u1ab0" and unicodedata.category(char)[0] == "M" for char in word):
        return [word]
    return (unicodedata.normalize("NFC", folded) for folded in words_of(word))


def _cost(typed: str, spelling: str, edits: int) -> float:
    """How unlikely a slip is. The likely ones cost 1: a letter left out, doubled, swapped with the next, or alike.

    Another letter in its place costs 1.5 and one too many 2: "Austrlia" is Australia, though Austria is one edit away.
    """
    if edits and _DOUBLE.sub(r"\1", typed) == _DOUBLE.sub(r"\1", spelling):  # "Morroco", too
        return 1.0
    if edits != 1:
        return 1.5 * edits
    alike = typed.translate(_ALIKE) == spelling.translate(_ALIKE)
    if alike or len(typed) < len(spelling) or sorted(typed) == sorted(spelling):
        return 1.0
    return 1.5 if len(typed) == len(spelling) else 2.0


class _Spelling(NamedTuple):
    """One way to write one area: a name or an alias."""

    iso2: str
    words: tuple[str, ...]
    beginnings: tuple[str, ...]
    """The name from each of its words on, without spaces, so that 'Newzealand' and 'Timor Leste' need no care."""

    @classmethod
    def of(cls, iso2: str, name: str) -> "_Spelling":
        words = tuple(_words(name))
        return cls(iso2, words, tuple("".join(words[at:]) for at in range(len(words))) or ("",))

    @property
    def key(self) -> str:
        return self.beginnings[0]


class _Vocabulary:
    """How one language writes the areas, and English beside it. Built once, then only read."""

    def __init__(self, names: Mapping[str, str], english: Iterable[_Spelling]) -> None:
        self.names = names
        """By ISO code, in the language."""
        own = [_Spelling.of(iso2, name) for iso2, name in names.items()]
        self._spellings = list(dict.fromkeys([*own, *english]))
        self._keys = [spelling.key for spelling in self._spellings]
        self._meanings: defaultdict[str, set[str]] = defaultdict(set)
        for spelling in self._spellings:
            self._meanings[spelling.key].add(spelling.iso2)
            self._meanings[" ".join(sorted(spelling.words))].add(spelling.iso2)  # "Korea, South"
        in_order = sorted(own, key=lambda spelling: (spelling.words, spelling.iso2))
        self.order = {spelling.iso2: at for at, spelling in enumerate(in_order)}
        """Alphabetical, near enough: CLDR's rules of sorting are no part of Babel."""

    def written(self, words: Sequence[str]) -> set[str]:
        """The areas that are written so, in whatever order of the words."""
        return self._meanings.get("".join(words)) or self._meanings.get(" ".join(sorted(words))) or set()

    def near(self, words: Sequence[str], most_edits: int) -> dict[_Spelling, float]:
        """The spellings within so many edits, with what these cost."""
        key = "".join(words)
        found = process.extract(key, self._keys, scorer=OSA.distance, score_cutoff=most_edits, limit=None)
        return {self._spellings[at]: _cost(key, spelling, int(edits)) for spelling, edits, at in found}

    def with_words(self, words: Sequence[str]) -> set[str]:
        """The areas in whose name all these words stand: both Koreas for 'Korea'."""
        wanted = set(words)
        return {spelling.iso2 for spelling in self._spellings if wanted.issubset(spelling.words)}

    def begun(self, key: str) -> dict[str, int]:
        """The areas in which a word begins so, with a rank: 0 where the name does, 1 an alias, 2 a later word."""
        ranks: dict[str, int] = {}
        for at, spelling in enumerate(self._spellings):
            if any(beginning.startswith(key) for beginning in spelling.beginnings):
                rank = 2 if not spelling.key.startswith(key) else int(at >= len(self.names))
                _keep_least(ranks, {spelling.iso2}, rank)
        return ranks

    def within(self, words: Sequence[str]) -> set[str]:
        """The areas that are named somewhere in these words: 'Nairobi, Kenya'. Short words mean too many things."""
        runs = ("".join(words[at:end]) for at in range(len(words)) for end in range(at + 1, len(words) + 1))
        return {iso2 for run in runs if len(run) >= 4 for iso2 in self._meanings.get(run, ())}

    def meant(self, words: Sequence[str]) -> str | None:
        """The one area that is written so, or of which this is a slip that resembles no other area about as much."""
        if written := self.written(words):
            return next(iter(written)) if len(written) == 1 else None
        length = len("".join(words))
        if length < 5:
            return None
        most = {5: 1, 6: 1.5, 7: 2, 8: 2}.get(length, 3)  # near short names lie other words: "Chita", "Lagos"
        costs: dict[str, float] = {}
        slips: set[str] = set()
        for spelling, cost in self.near(words, most_edits=2).items():
            _keep_least(costs, {spelling.iso2}, cost)
            begins_so = words[0][0] == spelling.key[0]  # "Prussia" is not Russia
            if cost <= most and begins_so and not self.names_another(words, spelling):
                slips.add(spelling.iso2)
        best, *others = sorted(costs, key=lambda iso2: costs[iso2]) or [""]
        is_clear = all(costs[other] - costs[best] >= 1 for other in others)
        return best if is_clear and best in slips and self.with_words(words) <= {best} else None

    def names_another(self, words: Sequence[str], spelling: _Spelling) -> bool:
        """Whether a word is no slip for one of the spelling's, but another area: 'Republic of Iceland' for Ireland."""
        meanings = (self._meanings.get(word) for word in words if word not in spelling.words)
        return any(meaning and spelling.iso2 not in meaning for meaning in meanings)


class Countries:
    """The countries and territories that people can choose, by code and by whatever they type."""

    def __init__(self, areas: Iterable[Country | Territory]) -> None:
        self._areas = {area.iso2: area for area in areas}
        self._codes = {area.iso3: area.iso2 for area in self._areas.values()} | {iso2: iso2 for iso2 in self._areas}
        counted = [area for area in self._areas.values() if isinstance(area, Country)]
        self.regions: Mapping[str, frozenset[str]] = {
            region: frozenset(area.iso2 for area in counted if area.region == region)
            for region in sorted({area.region for area in counted})
        }
        """The ISO codes of the counted countries, by the UN's region."""
        self._english = [
            _Spelling.of(iso2, name) for iso2, area in self._areas.items() for name in (area.name, *area.aliases)
        ]
        self._vocabulary = lru_cache(maxsize=40)(self._build_vocabulary)  # Discord has some 33 languages

    def get(self, iso2: str) -> Country | Territory | None:
        return self._areas.get(iso2)

    def is_counted(self, iso2: str) -> bool:
        """Whether it is one of the 195 that 'every country' is counted against."""
        return isinstance(self._areas.get(iso2), Country)

    def name(self, iso2: str, locale: Locale) -> str:
        """In English as the content has it, else as CLDR has it. A code that is not known stands for itself."""
        area = self._areas.get(iso2)
        if area is None:
            return iso2
        cldr = cast("Mapping[str, str]", locale.territories)
        return area.name if locale.language == "en" else cldr.get(iso2) or area.name

    def match(self, typed: str, locale: Locale) -> str | None:
        """The ISO code of the one area that is meant; None where it is none, or might as well be another."""
        flags, rest = self._flags(typed)
        words = _words(rest)  # go before a code: "Nga" is Russia in Vietnamese, and Nigeria elsewhere
        meant = (self._vocabulary(locale).meant(words) if words else None) or self._code(rest)
        if meant is None and not words:
            return next(iter(flags)) if len(flags) == 1 else None
        return meant if flags <= {meant} else None

    def suggest(self, typed: str, locale: Locale, limit: int = 3) -> list[str]:
        """The ISO codes for 'Did you mean …?', best first; none where nothing is plausible."""
        flags, rest = self._flags(typed)
        vocabulary, words = self._vocabulary(locale), _words(rest)
        costs = {iso2: 0.0 for iso2 in (*flags, self._code(rest), *vocabulary.written(words)) if iso2}
        length = len("".join(words))
        if length > 2:
            _keep_least(costs, vocabulary.with_words(words), 0.5)
            _keep_least(costs, vocabulary.within(words), 1.0)
            _keep_least(costs, vocabulary.begun("".join(words)), 1.5)
            most = max(2, 1.5 * (length // 4))
            for spelling, cost in vocabulary.near(words, most_edits=2 if length < 12 else 3).items():
                is_other = len(spelling.key) < 4 or (cost >= 3 and vocabulary.names_another(words, spelling))
                if cost <= most and length > 3 and not is_other:
                    _keep_least(costs, {spelling.iso2}, cost)
        return sorted(costs, key=lambda iso2: (costs[iso2], vocabulary.order[iso2]))[:limit]

    def choices(self, typed: str, locale: Locale, limit: int = 25) -> list[tuple[str, str]]:
        """Code and name in the reader's language of what may be meant, best first; the first names for nothing."""
        vocabulary, (flags, rest) = self._vocabulary(locale), self._flags(typed)
        raw, words = words_of(_composed(rest)), _words(rest)
        meant = self.match(typed, locale)
        ranks = dict.fromkeys([meant] if meant else flags, -1)
        keys = {"".join(raw), "".join(words)}  # "and" begins Andorra; "st" Saint Lucia and State of …
        if words and any(small.startswith(words[-1]) for small in _SMALL_WORDS):
            keys.add("".join(words[:-1]))  # "Trinidad a"
        for key in keys - {""}:
            for iso2, rank in vocabulary.begun(key).items():
                _keep_least(ranks, {iso2}, rank)
        found = sorted(ranks, key=lambda iso2: (ranks[iso2], vocabulary.order[iso2]))
        found += self.suggest(typed, locale, limit)
        if not found and not words and (raw or not rest.strip()):  # "the" is still nothing
            found = list(vocabulary.order)
        return [(iso2, vocabulary.names[iso2][:LONGEST_NAME]) for iso2 in list(dict.fromkeys(found))[:limit]]

    def _build_vocabulary(self, locale: Locale) -> _Vocabulary:
        return _Vocabulary({iso2: self.name(iso2, locale) for iso2 in self._areas}, self._english)

    def _code(self, typed: str) -> str | None:
        code = _CODE.fullmatch(_composed(typed))
        return self._codes.get(code[1].upper()) if code else None

    def _flags(self, typed: str) -> tuple[set[str], str]:
        """The areas whose flags stand in a text, and the text without flags."""
        text = typed[:LONGEST_TYPED]
        codes = {_letters(flag) for flag in _FLAG.findall(text)}
        return codes & self._areas.keys(), _FLAG.sub(" ", text)


def _keep_least(costs: dict[str, N], found: Iterable[str], cost: N) -> None:
    for iso2 in found:
        costs[iso2] = min(cost, costs.get(iso2, cost))


def _letters(flag: str) -> str:
    """The two letters of a flag emoji's code; a subdivision's begins with its country's."""
    if flag.startswith(":"):
        return flag[-3:-1].upper()
    offset = 0x1F1E6 if "\U0001f1e6" <= flag[0] <= "\U0001f1ff" else 0xE0061
    return "".join(chr(ord(char) - offset + ord("A")) for char in flag if char != "\U0001f3f4")[:2]
