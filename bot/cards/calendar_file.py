"""The dates as a file for people's own calendars, with a few words on how to use it."""

import asyncio
import io

import discord
from discord import ui

from bot.cards.base import Card, Interaction, Reader, reader_of
from bot.cards.dates import days_here, nothing_to_remember
from bot.services.calendar_file import calendar_file, slug_of


async def send_calendar(interaction: Interaction, *, every: bool) -> None:
    """Answers privately with the dates that are posted here, or with `every` all of them. Raises NothingFound."""
    reader = reader_of(interaction, private=True)
    days = await days_here(interaction)
    campaign, now = reader.services.campaign.info.name, reader.services.clock.now()
    content, count = await asyncio.to_thread(calendar_file, days, campaign, now, reader.words, every=every)
    if not count:
        raise nothing_to_remember(days)
    name = f"{slug_of(campaign)}.ics"
    card = calendar_card(reader, count, name)
    await interaction.response.send_message(view=card, file=discord.File(io.BytesIO(content), name), ephemeral=True)


def calendar_card(reader: Reader, count: int, name: str) -> Card:
    _, words = reader.words.gettext, reader.words
    counted = words.ngettext(
        "This file holds **{n}** date that comes round every year.",
        "This file holds **{n}** dates that come round every year.",
        count,
    )
    use = _(
        "Open it on your phone or computer, or import it into the calendar that you use, such as Google's or Outlook."
    )
    later = _("It does not change by itself. When dates change here, take a new one: none will be there twice.")
    card = Card(reader.colour, [f"### {_('The dates for your calendar')}\n{counted} {use}", f"-# {later}"])
    card.add_item(ui.File[Card](f"attachment://{name}"))
    return card
