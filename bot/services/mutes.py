"""Facts, quotes and topics that a server does not want to see: found by name, muted, and shown again."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import structlog

from bot.campaign.models import Campaign
from bot.campaign.search import words_of
from bot.i18n import msg
from bot.services.decks import Shunned, topics_of
from bot.services.errors import DomainError, NothingFound
from bot.services.guilds import Guilds
from bot.services.naming import LONGEST_SEARCH
from bot.storage.errors import Unreadable
from bot.storage.guilds import Mutable
from bot.text import clean, escape

log = structlog.get_logger("bot.mutes")

_KINDS: tuple[Mutable, ...] = ("topic", "fact", "quote")


@dataclass(frozen=True, slots=True)
class Showable:
    """Something that moderators can choose not to have shown."""

    kind: Mutable
    id: str
    name: str
    """A topic's name, or the whole text; of what the content no longer has, the id."""

    @property
    def key(self) -> str:
        """As a list of choices and a button carry it."""
        return f"{self.kind}:{self.id}"


class MutedAlready(DomainError):
    def __init__(self) -> None:
        super().__init__(msg("This is not shown here already."))


class NotMuted(DomainError):
    def __init__(self) -> None:
        super().__init__(msg("This is not muted here."))


class Mutes:
    """What each server does not want to see."""

    def __init__(self, guilds: Guilds, campaign: Campaign) -> None:
        self._guilds = guilds
        self._all = {(one.kind, one.id): (one, words_of(one.name)) for one in _showables(campaign)}

    async def of(self, guild_id: int | None) -> frozenset[Shunned]:
        """Kinds and ids of what a server does not want to see; nothing in direct messages.

        A database in trouble costs no answer: what is muted is then shown, rather than nothing at all.
        """
        try:
            return (await self._guilds.of(guild_id)).muted
        except Unreadable as error:
            log.warning("what is muted could not be read", guild=guild_id, error=type(error).__name__)
            return frozenset()

    def choices(self, typed: str, without: Collection[Shunned]) -> list[Showable]:
        """What can be muted, of whose words each typed one begins some word: topics, then facts, then quotes."""
        return self._matching((one for key, (one, _) in self._all.items() if key not in without), typed)

    async def muted(self, guild_id: int, typed: str = "") -> list[Showable]:
        """What is muted in a server, and fits what is typed; also what the content no longer has."""
        there = (await self._guilds.of(guild_id)).muted
        return self._matching(
            (self._named(kind, item) for kind in _KINDS for k, item in sorted(there) if k == kind), typed
        )

    async def mute(self, guild_id: int, moderator_id: int, typed: str) -> Showable:
        """Shows something there no more: a key, or words that only one thing has.

        Raises NothingFound for what there is none of, MutedAlready, and NotSaved of the storage.
        """
        there = (await self._guilds.of(guild_id)).muted
        found = self._one(typed, [one for one, _ in self._all.values()])
        if (found.kind, found.id) in there:
            raise MutedAlready
        await self._guilds.mute(guild_id, moderator_id, found.kind, found.id, muted=True)
        return found

    async def unmute(self, guild_id: int, moderator_id: int, typed: str) -> Showable:
        """Shows it there again. Raises NothingFound, NotMuted, and NotSaved of the storage."""
        there = await self.muted(guild_id)
        found = self._one(typed, [*there, *(one for one, _ in self._all.values())])
        if found not in there:
            raise NotMuted
        await self._guilds.mute(guild_id, moderator_id, found.kind, found.id, muted=False)
        return found

    def _one(self, typed: str, among: list[Showable]) -> Showable:
        exactly = next((one for one in among if typed == one.key), None)
        if exactly is not None:
            return exactly
        close = dict.fromkeys(self._matching(among, typed)) if words_of(typed) else {}
        named = [one for one in close if words_of(one.name) == words_of(typed)] or list(close)
        if len(named) != 1:
            raise NothingFound(
                msg(
                    "I can't tell what you mean by “{item}”. Choose it from the list that opens while you type.",
                    item=escape(clean(typed, LONGEST_SEARCH)),
                )
            )
        return named[0]

    def _named(self, kind: Mutable, item: str) -> Showable:
        known = self._all.get((kind, item))
        return known[0] if known else Showable(kind, item, item)

    def _matching(self, among: Iterable[Showable], typed: str) -> list[Showable]:
        starts = words_of(typed)
        return [one for one in among if all(any(w.startswith(s) for w in self._words(one)) for s in starts)]

    def _words(self, one: Showable) -> list[str]:
        known = self._all.get((one.kind, one.id))
        return known[1] if known else words_of(one.name)


def _showables(campaign: Campaign) -> Iterator[Showable]:
    used = {topic for item in (*campaign.facts, *campaign.quotes) for topic in topics_of(item)}
    yield from (Showable("topic", topic.id, topic.name) for topic in campaign.topics.values() if topic.id in used)
    yield from (Showable("fact", fact.id, fact.text) for fact in campaign.facts)
    yield from (Showable("quote", quote.id, f"{quote.speaker}: {quote.text}") for quote in campaign.quotes)
