"""*More*, below each post of the bot's own accord: the rest of what there is to tell, for whoever asks.

Its custom_id is also what a message is found by whose sending was interrupted: each post has the button, with its key.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import discord

from bot.announcements.occurrences import yearly
from bot.campaign.calendar import Day
from bot.campaign.models import Fact, Observance, Quote
from bot.cards.announcement_parts import first_date, how_long, own_day, what_happened
from bot.cards.announcement_post import SUBDUED, TRIAL
from bot.cards.base import Block, Card, Interaction, Reader, answer, services_of
from bot.cards.lasting import LastingButton
from bot.cards.pledge_stats import show_stats
from bot.cards.pledge_wall import Filter, show_wall
from bot.cards.sourced import Another, how_sure_card
from bot.cards.support import FindHelp, way_to_support
from bot.i18n import msg
from bot.services.days import Entry, ServerDay, ServerDays
from bot.services.errors import DomainError
from bot.storage.announcements import Announcement, Kind, key_of
from bot.text import escape

LONGEST_DAY = 3000
"""Characters of the dates of a day, with their links; what is beyond is counted. The rest of the card has room then."""

_AROUND = (-2, 400)
"""Days around a message in which is looked for what it is about, where nothing else is known of it: a preview is of
a day to come."""


class NothingMore(DomainError):
    def __init__(self) -> None:
        super().__init__(
            msg(
                "I no longer have what belongs to this post: it is too old, or what it was about was removed. "
                "What it says still stands."
            )
        )


class More(LastingButton, template=r"post:(?P<key>[0-9a-f]{24})"):
    """What more there is to a post: the whole day, the source of a fact, the numbers, the wall."""

    def __init__(self, key: str, label: str = "") -> None:
        super().__init__(f"post:{key}", label)
        self.key = key

    async def press(self, interaction: Interaction) -> None:
        services, guild_id = services_of(interaction), interaction.guild_id
        if guild_id is None:
            raise NothingMore
        found = await services.announcements.find(guild_id, self.key)
        if found is not None and found.kind == "target":
            await show_stats(interaction, whole=False, private=True)
        elif found is not None and found.kind == "wall":
            await show_wall(interaction, Filter(), private=True)
        elif (item := _item_in(interaction)) is not None:
            doubt = item.contested if isinstance(item, Fact) else None
            await answer(interaction, lambda reader: how_sure_card(reader, item, item.text, doubt), private=True)
        else:
            days = await services.days.of(guild_id)
            day = self._guessed(days, guild_id, interaction.message) if found is None else _day_of(days, found)
            if day is None:
                raise NothingMore
            await answer(interaction, lambda reader: whole_day_card(reader, days, day), private=True)

    def _guessed(self, days: ServerDays, guild_id: int, message: discord.Message | None) -> ServerDay | None:
        """The day that a post is about of which there is no row: of a preview or a test, or one that is long forgotten.

        Its key tells no day, but which key a day would have can be told.
        """
        if message is None:
            return None
        posted = message.created_at.date()
        for ahead in range(*_AROUND):
            on = posted + timedelta(days=ahead)
            if self.key in (key_of(guild_id, "anniversary", subject, str(on)) for subject in ("", TRIAL)):
                return _whole(days, "anniversary", "", on)
        for own in days.own:
            for year in (posted.year, posted.year + 1):
                on = yearly(own.month, own.day, year, in_march=own.in_march)
                if self.key in (key_of(guild_id, "own", subject, str(on)) for subject in (str(own.id), TRIAL)):
                    return _whole(days, "own", str(own.id), on)
        return None


def _day_of(days: ServerDays, announcement: Announcement) -> ServerDay | None:
    """None where it belongs to no day."""
    if announcement.kind not in ("anniversary", "own"):
        return None
    on = date.fromisoformat(announcement.occurrence)
    return _whole(days, announcement.kind, announcement.subject, on)


def _whole(days: ServerDays, kind: Kind, subject: str, on: date) -> ServerDay | None:
    """All that falls on a day, whatever moderators chose to have posted; what the post was about first.

    None where that was removed.
    """
    whole = days.on(on, every=True, apart=True)
    posted = own_day(days, subject, on) if kind == "own" else days.on(on) or whole
    if whole is None or posted is None:
        return None
    first = posted.lead
    return Day(on, (first, *(entry for entry in whole.entries if entry.item != first.item)))


def whole_day_card(reader: Reader, days: ServerDays, day: ServerDay) -> Card:
    """Everything that falls on a day, each date with its story and all its sources; and which day comes next."""
    _ = reader.words.gettext
    told, rest = _told(reader, day)
    paragraphs = [f"### {reader.words.day(day.on)}", *told]
    if rest:
        n = reader.words.ngettext
        paragraphs.append(n("And {n} more on this day.", "And {n} more on this day.", len(rest)))
    if after := _next(reader, days, day):
        paragraphs.append(after)
    if not day.is_solemn:
        return Card(reader.colour, paragraphs, airy=True)
    buttons: list[Block] = [FindHelp(_("Find help"))]
    return Card(SUBDUED, [*paragraphs, way_to_support(reader)], buttons, airy=True)


def _told(reader: Reader, day: ServerDay) -> tuple[list[str], list[Entry]]:
    """The dates of a day in full, as many as fit, and those that don't."""
    told: list[str] = []
    for at, entry in enumerate(day.entries):
        text = _entry(reader, entry)
        if told and len("".join(told)) + len(text) > LONGEST_DAY:
            return told, list(day.entries[at:])
        told.append(text)
    return told, []


def _entry(reader: Reader, entry: Entry) -> str:
    item, words = entry.item, reader.words
    when = [
        first_date(words, entry),
        "" if isinstance(item, Observance) and not item.end_date else how_long(words, entry),
    ]
    line = " · ".join(part for part in when if part)
    parts = [f"**{escape(item.title)}**", line, what_happened(reader, entry)]
    return "\n".join(part for part in parts if part)


def _next(reader: Reader, days: ServerDays, day: ServerDay) -> str:
    """The first day from tomorrow on on which something is posted here, after the day that this is about."""
    today = days.today(reader.services.clock.now())
    after = next(days.coming(max(today, day.on) + timedelta(days=1)), None)
    if after is None:
        return ""
    title, on = escape(after.lead.item.title), reader.words.day(after.on)
    return reader.words.gettext("Next: **{title}**, {day}", title=title, day=on)


def _item_in(interaction: Interaction) -> Fact | Quote | None:
    """The fact or quote of the day, of which the message alone knows which it was; None for another sort of post.

    Raises NothingMore for one that is no longer in the collection.
    """
    parts = list(_parts(interaction.message))
    if not any(isinstance(part, discord.Button) and Another.matches(part.custom_id or "") for part in parts):
        return None
    campaign = services_of(interaction).campaign
    shown = "\n".join(part.content for part in parts if isinstance(part, discord.TextDisplay))
    for item in (*campaign.facts, *campaign.quotes):
        if escape(item.text) in shown:
            return item
    raise NothingMore


def _parts(message: discord.Message | None) -> Iterator[discord.Component]:
    """All texts and buttons of a message."""
    components: list[discord.Component] = [*message.components] if message else []
    for component in components:
        components += component.children if isinstance(component, discord.Container | discord.ActionRow) else ()
        yield component
