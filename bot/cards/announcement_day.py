"""The post of a local day: what happened on it and how long ago, what this community does, a quote, a question."""

import re
from datetime import date

from bot.cards import announcement_repertoire as repertoire
from bot.cards.announcement_chosen import fact_for, quote_for
from bot.cards.announcement_more import More
from bot.cards.announcement_parts import Turns, also, heading, ours, quoted, told, what_happened
from bot.cards.announcement_post import MOST_CHARACTERS, SUBDUED, Post, Stage, with_mention
from bot.cards.base import Block, Card
from bot.cards.pledge_form import MakePledgeButton
from bot.cards.support import FindHelp, way_to_support
from bot.services.days import ServerDay

MOST_READ = 1500
"""Characters that a post has for its readers at most, without the addresses behind links: a phone shows no more."""

_DISPENSABLE = ("quote", "ours", "also")
"""What is left out, one by one, of a post that would be too long; the fact never comes into one."""

_ADDRESS = re.compile(r"(?<!\\)\]\([^)]*\)")


async def day_post(stage: Stage, on: date) -> Post | None:
    """The post of a server's local day; None where nothing falls on it any more."""
    services = stage.reader.services
    days = await services.days.of(stage.guild_id)
    day = days.on(on)
    if day is None:
        return None
    record = await services.guilds.of(stage.guild_id)
    return with_mention(await day_card(stage, day), stage.channel, record.ping_role_id)


async def day_card(stage: Stage, day: ServerDay) -> Card:
    """What is posted about a day. Long texts cost it some of its parts, never what happened nor the way to help."""
    reader, words, turns = stage.reader, stage.reader.words, Turns(stage, day)
    quote = await quote_for(stage, day)
    needs_help = day.is_solemn or (quote is not None and quote.support)
    first = [heading(reader, day), what_happened(reader, day.lead), turns.beginning(day)]
    last = [way_to_support(reader)] if needs_help else []
    parts = {
        "quote": quoted(words, quote) if quote else "",
        "ours": await ours(stage, day, turns),
        "also": also(reader, day),
        "ask": _ask(turns, is_solemn=day.is_solemn),
    }
    for name in _DISPENSABLE:
        if not _fits([*first, *parts.values(), *last]):
            parts[name] = ""
    if turns.has_fact() and (fact := await fact_for(stage, day)):
        titles = repertoire.SOLEMN_TO_KNOW if day.is_solemn else repertoire.MORE_TO_KNOW
        beside = told(words, fact, turns.say(titles, "fact title"))
        if _fits([*first, *parts.values(), beside, *last]):
            parts["fact"] = beside
    paragraphs = [*first, *(parts.get(name, "") for name in turns.order()), *last]
    colour = SUBDUED if day.is_solemn else reader.colour
    buttons = buttons_of(stage, needs_help=needs_help)
    return Card(colour, [text for text in paragraphs if text], buttons, airy=True)


def buttons_of(stage: Stage, *, needs_help: bool) -> list[Block]:
    """What can be pressed below a post; where it speaks of violence, first the way to help."""
    _ = stage.reader.words.gettext
    buttons: list[Block] = [FindHelp(_("Find help"))] if needs_help else []
    return [*buttons, MakePledgeButton("", _("Make a pledge")), More(stage.key, _("More"))]


def _ask(turns: Turns, *, is_solemn: bool) -> str:
    if is_solemn:
        thought = turns.say(repertoire.SOLEMN_THOUGHTS, "thought")
        return f"{thought}\n{turns.say(repertoire.SOLEMN_INVITATIONS, 'invitation')}"
    question = turns.say(repertoire.QUESTIONS, "question")
    return f"**{question}**\n{turns.say(repertoire.INVITATIONS, 'invitation')}"


def _fits(texts: list[str]) -> bool:
    whole = "\n".join(texts)
    return _length(whole) <= MOST_CHARACTERS and _length(_ADDRESS.sub("]", whole)) <= MOST_READ


def _length(text: str) -> int:
    """As Discord's apps count it, in UTF-16 units, of which an emoji has two or more."""
    return len(text.encode("utf-16-le")) // 2
