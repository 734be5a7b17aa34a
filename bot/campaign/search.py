"""Search in the campaign's texts as people type: it forgives typing errors, accents, word order and half words.

Every meaningful word of a query must stand in a document, in its own form or a near one. What counts as near is drawn
tighter where nothing else in the query is certain, so that an everyday word that only resembles one of the content
("butter", "better") finds nothing. Any text is a query; none raises.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import log
from typing import Protocol

from rapidfuzz import process
from rapidfuzz.distance import OSA  # optimal string alignment: swapped neighbours are one edit, as people make them

from bot.campaign.words import STOP_WORDS, singular, ways_to_write, words_of

LONGEST_QUERY = 200
"""Characters of a query that are looked at."""

MOST_WORDS = 12
"""Different words of a query that are looked for; the rest is ignored."""

_DOUBLE = re.compile(r"(.)\1")


def _is_slip(typed: str, word: str, edits: int, anchors: int) -> bool:
    """Whether `typed` may be a slip for `word`, given how many other words of the query are certain.

    Alone, it must not look like another word altogether: short words differ from each other by their beginnings, by
    one letter for another and by their endings, slips of the keyboard mostly by a letter too many, too few, or
    swapped. (Bounds drawn from the 8,000 most common English words against the content's.)
    """
    length, swapped = len(typed), edits == 1 and sorted(typed) == sorted(word)
    if anchors > 1:
        return True
    if word in STOP_WORDS:
        return False
    if anchors:
        return swapped or typed[0] == word[0]
    if edits == 2:
        doubled = _DOUBLE.sub(r"\1", typed) == _DOUBLE.sub(r"\1", word)
        return doubled or (length >= 9 and typed[:2] == word[:2] and typed[-1] == word[-1])
    if length >= 8 or swapped:
        return typed[0] == word[0]
    if length < 5 or typed[:2] != word[:2]:
        return False
    if length != len(word):
        return True
    return length >= 6 and typed[-1] == word[-1]


class _Vocabulary:
    """All words of an index, and which of them a typed word may mean: each with its likeness, 1 for itself."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted(words)
        self._forms: defaultdict[str, list[str]] = defaultdict(list)  # by their singular
        for word in self._words:
            self._forms[singular(word)].append(word)
        self._spellings: defaultdict[int, list[str]] = defaultdict(list)  # what a slip may be for, by length
        for word in {*self._words, *self._forms}:
            if len(word) >= 5 and word.isalpha():
                self._spellings[len(word)].append(word)

    def same(self, typed: str) -> dict[str, float]:
        """The word itself, in singular and plural."""
        return {form: 1.0 if form == typed else 0.95 for form in self._forms.get(singular(typed), ())}

    def begun(self, typed: str, anchors: int) -> dict[str, float]:
        """The words that begin with `typed`, from four letters on; alone, four are enough for a long word only."""
        if len(typed) < 4 or typed.isdecimal():
            return {}
        found: dict[str, float] = {}
        for at in range(bisect_left(self._words, typed), len(self._words)):
            word = self._words[at]
            if not word.startswith(typed):
                break
            if word != typed and (anchors or len(typed) > 4 or len(word) > 8):
                found[word] = 0.5 + 0.4 * len(typed) / len(word)
        return found

    def mistyped(self, typed: str, anchors: int) -> dict[str, float]:
        """The words that `typed` may be a slip for: one edit away, two from eight letters on."""
        length, most = len(typed), 2 if len(typed) >= 8 else 1
        if length < 4 or not typed.isalpha():
            return {}
        candidates = chain.from_iterable(self._spellings.get(n, ()) for n in range(length - most, length + most + 1))
        found: dict[str, float] = {}
        for word, edits, _ in process.extract(
            typed, list(candidates), scorer=OSA.distance, score_cutoff=most, limit=None
        ):
            if edits and _is_slip(typed, word, int(edits), anchors):
                for form in self._forms.get(singular(word), ()):
                    likeness = 0.7 - 0.15 * edits - (0.05 if form != word else 0.0)
                    found[form] = max(found.get(form, 0.0), likeness)
        return found


@dataclass(frozen=True, slots=True)
class Field:
    """A text of a document. A word counts with the weight of the heaviest field in which it stands."""

    text: str
    weight: float = 1.0


class Index:
    """Documents by the words that stand in them. Built once, then only read, so it may be shared."""

    def __init__(self, documents: Mapping[str, Iterable[Field]]) -> None:
        self._ids = list(documents)
        postings: defaultdict[str, dict[int, float]] = defaultdict(dict)
        for document, fields in enumerate(documents.values()):
            for field in fields:
                for word in ways_to_write(field.text):
                    postings[word][document] = max(postings[word].get(document, 0.0), field.weight)
        self._postings = dict(postings)
        self._vocabulary = _Vocabulary(self._postings)

    def find(self, words: str, limit: int | None = None) -> list[str]:
        """The ids of the documents that have all meaningful words of the query, best first; at most `limit`."""
        typed = list(dict.fromkeys(words_of(words[:LONGEST_QUERY])))[:MOST_WORDS]
        scores, joined = self._scores(typed), self._joined(typed)
        if joined != typed:
            scores = _either(scores, self._scores(joined))
        best = sorted(scores, key=lambda document: (-scores[document], document))
        return [self._ids[document] for document in best[:limit]]

    def _joined(self, typed: Sequence[str]) -> list[str]:
        """The query with what the content writes as one word put together: "he for she", "100 000"."""
        joined: list[str] = []
        rest = list(typed)
        while rest:
            length = next((n for n in (3, 2) if "".join(rest[:n]) in self._postings), 1)
            joined.append("".join(rest[:length]))
            rest = rest[length:]
        return joined

    def _scores(self, typed: Sequence[str]) -> dict[int, float]:
        """The documents that match, by their number. Stop words only order them, but see below."""
        wanted = [word for word in typed if word not in STOP_WORDS] or typed
        scores = self._matches(wanted)
        longer = [word for word in typed if word in wanted or len(word) > 3]
        if len(longer) > max(2, len(wanted)):  # with "then" and "told" certain, "tory" may be a slip for "story"
            scores = _either(scores, self._matches(longer))
        for word in set(typed).difference(wanted):
            documents = self._postings.get(word, {})
            for document in scores.keys() & documents:
                scores[document] += 0.3 * documents[document] * self._rarity(len(documents))
        return scores

    def _matches(self, wanted: Sequence[str]) -> dict[int, float]:
        """The documents that have all these words. A slip is looked for where nothing else explains a word."""
        same = [self._vocabulary.same(word) for word in wanted]
        anchors = [sum(map(bool, same)) - bool(found) for found in same]
        near = [
            self._vocabulary.begun(word, others) | found or self._vocabulary.mistyped(word, others)
            for word, found, others in zip(wanted, same, anchors, strict=True)
        ]
        scores = self._in_common(near)
        if not scores and len(wanted) > 2:  # the slip may have made another word of the content
            scores = self._in_common(
                self._vocabulary.mistyped(word, others) | found
                for word, found, others in zip(wanted, near, anchors, strict=True)
            )
        return scores

    def _in_common(self, near: Iterable[Mapping[str, float]]) -> dict[int, float]:
        """The documents in which each word of the query has one that is near it; rare words weigh more."""
        total: dict[int, float] = {}
        for place, found in enumerate(near):
            best: dict[int, float] = {}
            for word, likeness in found.items():
                for document, weight in self._postings[word].items():
                    best[document] = max(best.get(document, 0.0), likeness * weight)
            rarity = self._rarity(len(best))
            total = {d: total.get(d, 0.0) + score * rarity for d, score in best.items() if not place or d in total}
        return total

    def _rarity(self, documents: int) -> float:
        return log(1 + len(self._ids) / max(1, documents))


def _either(one: Mapping[int, float], other: Mapping[int, float]) -> dict[int, float]:
    return {document: max(one.get(document, 0.0), other.get(document, 0.0)) for document in one.keys() | other.keys()}


class FactTexts(Protocol):
    """What of a fact is searched. Not its source: a headline about somebody is no fact about them."""

    @property
    def id(self) -> str: ...
    @property
    def topic(self) -> str: ...
    @property
    def text(self) -> str: ...


class QuoteTexts(Protocol):
    """What of a quote is searched."""

    @property
    def id(self) -> str: ...
    @property
    def speaker(self) -> str: ...
    @property
    def speaker_role(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def occasion(self) -> str: ...
    @property
    def topics(self) -> Sequence[str]: ...


def index_of_facts(facts: Iterable[FactTexts], topic_names: Mapping[str, str]) -> Index:
    """Facts by text, topic and id: whoever wrote the item named it by what people will remember of it."""
    return Index(
        {
            fact.id: [Field(fact.text), Field(topic_names[fact.topic], 0.5), Field(fact.id.replace("-", " "), 0.5)]
            for fact in facts
        }
    )


def index_of_quotes(quotes: Iterable[QuoteTexts], topic_names: Mapping[str, str]) -> Index:
    """Quotes by words, speaker, occasion, role and topics."""
    return Index({quote.id: list(_quote_fields(quote, topic_names)) for quote in quotes})


def _quote_fields(quote: QuoteTexts, topic_names: Mapping[str, str]) -> Iterator[Field]:
    yield Field(quote.text)
    yield Field(quote.speaker)
    yield Field(quote.occasion, 0.5)
    yield Field(quote.speaker_role, 0.5)
    yield from (Field(topic_names[topic], 0.5) for topic in quote.topics)
