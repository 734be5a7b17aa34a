"""Facts and quotes: found by topic, speaker and words, and drawn so that a place sees all before one comes again."""

import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeAlias, TypeVar

from bot.campaign.models import Fact, Quote, Topic
from bot.campaign.search import Index, words_of
from bot.i18n import Message, msg
from bot.services.errors import NoLongerThere, NothingFound
from bot.services.naming import LONGEST_SEARCH, named, searched
from bot.services.shown import ShownForGood
from bot.text import clean, escape

C = TypeVar("C", Fact, Quote)

Shunned: TypeAlias = tuple[str, str]
"""What a server does not want to see: a kind (fact, quote, topic) and an id."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a member asked for. Empty parts are open; ids are the content's, `words` is a search."""

    topic: str = ""
    speaker: str = ""
    words: str = ""


class Muted(NothingFound):
    """All that fits is what this server does not want to see."""

    def __init__(self, topics: str = "") -> None:
        """`topics`: the names of those that it does want to see."""
        super().__init__(
            msg(
                "The moderators of this server have chosen not to show what fits here. Other topics are: {topics}.",
                topics=topics,
            )
            if topics
            else msg("The moderators of this server have chosen not to show this here.")
        )


def speaker_key(name: str) -> str:
    """A short, lasting id for a speaker, for buttons: names are too long for them."""
    return f"{zlib.crc32(name.encode()):08x}"


class Deck(Generic[C]):
    """All items of one kind."""

    def __init__(self, items: Sequence[C], index: Index, topics: Mapping[str, Topic], shown: ShownForGood) -> None:
        self._items: dict[str, C] = {item.id: item for item in items}
        self.ids = tuple(self._items)
        self._index = index
        self._shown = shown
        used = {topic for item in items for topic in topics_of(item)}
        self.topics = sorted((topics[topic] for topic in used), key=lambda topic: topic.name.casefold())
        self.speakers: dict[str, str] = {
            speaker_key(item.speaker): item.speaker
            for item in sorted((item for item in items if isinstance(item, Quote)), key=lambda q: q.speaker.casefold())
        }

    def __len__(self) -> int:
        return len(self._items)

    def get(self, item_id: str) -> C:
        """Raises NoLongerThere for an item that the content does not have."""
        try:
            return self._items[item_id]
        except KeyError:
            raise NoLongerThere from None

    def wanted(self, topic: str | None, speaker: str | None, search: str | None) -> Wanted:
        """What the options of a command ask for: ids or names, as chosen from the list or typed freely.

        Raises NothingFound for a topic or speaker that there is none of, and for a search without a word in it.
        """
        words = searched(search or "")
        if search is not None and not words_of(words):
            raise NothingFound(
                msg(
                    "I search by words, and there is none in what you typed. I know these topics: {topics}.",
                    topics=self._topic_names(),
                )
            )
        return Wanted(self._topic(topic) if topic else "", self._speaker(speaker) if speaker else "", words)

    def _topic(self, typed: str) -> str:
        found = named(typed, {topic.id: topic.name for topic in self.topics})
        if found is None:
            raise NothingFound(
                msg(
                    "I have no topic called “{topic}”. I know these: {topics}.",
                    topic=escape(clean(typed, LONGEST_SEARCH)),
                    topics=self._topic_names(),
                )
            )
        return found

    def _speaker(self, typed: str) -> str:
        found = named(typed, self.speakers)
        if found is None:
            raise NothingFound(
                msg(
                    "I have no words of “{speaker}”. Choose from the list that opens while you type, "
                    "or leave the speaker open.",
                    speaker=escape(clean(typed, LONGEST_SEARCH)),
                )
            )
        return found

    async def draw(self, place: int, wanted: Wanted, without: Collection[Shunned] = ()) -> C:
        """One item that fits, not shown in `place` while there are others; marks it as shown there.

        With a search the best match comes first. Items and topics in `without` are left out. Raises NothingFound when
        nothing fits, and Muted when nothing else does.
        """
        fitting = self._matching(wanted)
        if not fitting:
            raise NothingFound(self._nothing_for(wanted))
        matching = [item_id for item_id in fitting if self.shows(item_id, without)] if without else fitting
        if not matching:
            raise Muted(self._topic_names(without))
        return self._items[await self._shown.pick(place, matching, ranked=bool(wanted.words))]

    async def next_of(
        self, place: int, ranked: Iterable[str], without: Collection[Shunned] = (), *, marks: bool = True
    ) -> C | None:
        """The first of these items that was not shown in `place`; once all were, the one shown longest ago.

        None where nothing is left without those in `without`. It counts as shown there, unless it does not mark it.
        """
        left = [item_id for item_id in ranked if self.shows(item_id, without)]
        if not left:
            return None
        return self._items[await self._shown.pick(place, left, ranked=True, marks=marks)]

    def shows(self, item_id: str, without: Collection[Shunned]) -> bool:
        """Whether neither the item nor any of its topics is among those left out."""
        item = self._items[item_id]
        return (kind_of(item), item_id) not in without and not any(("topic", of) in without for of in topics_of(item))

    async def mark_shown(self, place: int, item_id: str) -> None:
        """For an item that came into `place` otherwise than by drawing."""
        await self._shown.mark(place, item_id)

    def _matching(self, wanted: Wanted) -> Sequence[str]:
        if not (wanted.topic or wanted.speaker or wanted.words):
            return self.ids
        found: Iterable[str] = self._index.find(wanted.words) if wanted.words else self._items
        return [
            item_id
            for item_id in found
            if (not wanted.topic or wanted.topic in topics_of(self._items[item_id]))
            and (not wanted.speaker or wanted.speaker == _speaker_of(self._items[item_id]))
        ]

    def _nothing_for(self, wanted: Wanted) -> Message:
        if not self._items:
            return msg("There is none in this campaign yet.")
        if wanted.words and not wanted.topic and not wanted.speaker:
            return msg(
                "I found nothing for “{words}”. I know these topics: {topics}.",
                words=escape(wanted.words),
                topics=self._topic_names(),
            )
        return msg(
            "I found nothing that fits all of your choices. Leave one of them open, or try another topic: {topics}.",
            topics=self._topic_names(),
        )

    def _topic_names(self, without: Collection[Shunned] = ()) -> str:
        return " · ".join(escape(topic.name) for topic in self.topics if ("topic", topic.id) not in without)


def kind_of(item: Fact | Quote) -> Literal["fact", "quote"]:
    return "quote" if isinstance(item, Quote) else "fact"


def topics_of(item: Fact | Quote) -> tuple[str, ...]:
    return item.topics if isinstance(item, Quote) else (item.topic,)


def _speaker_of(item: Fact | Quote) -> str:
    return speaker_key(item.speaker) if isinstance(item, Quote) else ""
