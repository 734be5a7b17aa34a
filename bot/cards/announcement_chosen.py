"""The quote and the fact in a post: such as suit its day, and none again in a channel before all others were there."""

import hashlib
from datetime import date
from functools import lru_cache

from bot.campaign.models import Fact, Milestone, Observance, Quote, Topic
from bot.campaign.words import STOP_WORDS, singular, words_of
from bot.cards.announcement_post import Stage
from bot.services.days import ServerDay
from bot.storage.milestones import OwnDate

_GRAVE_TOPICS = {"violence", "human-rights", "peace-and-security", "courage"}
"""Of which quotes speak that suit a solemn day."""
_LIGHT_TOPICS = {"anniversary", "invitation"}
"""Of which they do not, whatever else they speak of."""
_DISPUTES = "criticism"
"""Of which a fact is no ornament: it needs its context."""


def subject_of(day: ServerDay) -> Milestone | Observance | OwnDate:
    """What leads the day."""
    return day.lead.item


async def quote_for(stage: Stage, day: ServerDay) -> Quote | None:
    """A quote for a day; None where nothing suits it, or all that does is muted here.

    First of all what was said on that very day of history, then what speaks of the same matter, then anything.
    """
    services = stage.reader.services
    fitting = [quote for quote in services.campaign.quotes if _suits(quote, day)]
    about = _words_about(day)
    title = _telling(subject_of(day).title)
    topics = {id for id, topic in services.campaign.topics.items() if _is_about(topic, title, about)}

    def rank(quote: Quote) -> tuple[int, bytes]:
        if _is_of_the_day(quote, subject_of(day)):
            return 0, _mixed(stage, quote.id)
        is_near = not topics.isdisjoint(quote.topics) or _telling(quote.speaker) <= about
        return (1 if is_near else 2), _mixed(stage, quote.id)

    ranked = [quote.id for quote in sorted(fitting, key=rank)]
    muted = await services.mutes.of(stage.guild_id)
    return await services.quotes.next_of(stage.channel.id, ranked, muted, marks=not stage.is_trial)


async def fact_for(stage: Stage, day: ServerDay) -> Fact | None:
    """A fact to stand beside what a day is about, and not the same over again; None where there is none to be shown."""
    services = stage.reader.services
    fitting = [fact for fact in services.campaign.facts if _suits(fact, day) and not _tells_of(fact, subject_of(day))]
    ranked = sorted((fact.id for fact in fitting), key=lambda id: _mixed(stage, id))
    muted = await services.mutes.of(stage.guild_id)
    return await services.facts.next_of(stage.channel.id, ranked, muted, marks=not stage.is_trial)


def _suits(item: Fact | Quote, day: ServerDay) -> bool:
    """Whether it may stand on such a day: on a solemn one only what is sober, on a festive one nothing of violence."""
    if not day.is_solemn:
        is_disputed = isinstance(item, Fact) and item.topic == _DISPUTES
        return not is_disputed and not item.support
    if "!" in f"{item.text}{item.source_title}":
        return False
    if isinstance(item, Fact):
        return item.support
    is_grave = not _GRAVE_TOPICS.isdisjoint(item.topics) and _LIGHT_TOPICS.isdisjoint(item.topics)
    return item.support or is_grave


def _is_of_the_day(quote: Quote, subject: Milestone | Observance | OwnDate) -> bool:
    said = quote.date
    if said is None or said.month is None or said.day is None or not isinstance(subject, Milestone):
        return False
    return date(said.year, said.month, said.day) == subject.date


def _tells_of(fact: Fact, subject: Milestone | Observance | OwnDate) -> bool:
    """Whether it is likely to say what the post says already: it has its source, or many of its words."""
    if isinstance(subject, OwnDate):
        return False
    if fact.source_url is not None and fact.source_url in (subject.source_url, subject.also_url):
        return True
    title = _telling(subject.title)
    return len(title & _telling(fact.text)) * 2 >= len(title)


def _words_about(day: ServerDay) -> frozenset[str]:
    subject = subject_of(day)
    rest = subject.words if isinstance(subject, OwnDate) else subject.description
    return _telling(subject.title) | _telling(rest)


@lru_cache(maxsize=1024)
def _telling(text: str) -> frozenset[str]:
    """Its words without those that say nothing of the matter, singular and plural alike."""
    return frozenset(singular(word) for word in words_of(text) if word not in STOP_WORDS and not word.isdecimal())


def _is_about(topic: Topic, title: frozenset[str], words: frozenset[str]) -> bool:
    """Whether a word of the topic's name stands in the title, or all of them in what is told."""
    named = _telling(topic.name)
    return bool(named) and (named <= words or not named.isdisjoint(title))


def _mixed(stage: Stage, id: str) -> bytes:
    """An order that is each server's own, and the same whenever it is asked for."""
    return hashlib.blake2b(f"{stage.guild_id}\0{id}".encode(), digest_size=8).digest()
