"""What moderators read when something could not be posted: once, in the review channel, else in the system channel."""

import discord

from bot.cards.announcement_trouble import named, reason_of
from bot.cards.base import Card, Reader
from bot.cards.permissions import me_in
from bot.cards.review_channel import channel_of, reader_in
from bot.storage.announcements import Announcement
from bot.storage.tables import PLANNED, UNKNOWN


async def place_for_notice(client: discord.Client, guild: discord.Guild) -> discord.TextChannel | None:
    """Where moderators are told of it; None where there is no such place, or the bot may not write there."""
    review = await channel_of(client, guild.id)
    return next((one for one in (review, guild.system_channel) if one is not None and _may_write(one)), None)


async def notice(client: discord.Client, channel: discord.TextChannel, one: Announcement) -> Card:
    """What was not posted, why, and what mends it."""
    reader = reader_in(client, channel)
    what = await named(reader, one)
    paragraphs = [f"### {_headline(reader, one, what)}", reason_of(reader, one, channel.guild), _way(reader)]
    return Card(reader.colour, paragraphs)


def _headline(reader: Reader, one: Announcement, what: str) -> str:
    _ = reader.words.gettext
    if one.state == PLANNED:
        return _("Can't be posted as things are: {what}", what=what)
    if one.state == UNKNOWN:
        return _("Perhaps not posted: {what}", what=what)
    return _("Not posted: {what}", what=what)


def _way(reader: Reader) -> str:
    _ = reader.words.gettext
    said = _(
        "{setup} shows what comes next, and lets you post this after all. I tell you once, not each time.",
        setup=reader.mention_of("setup"),
    )
    return f"-# {said}"


def _may_write(channel: discord.TextChannel) -> bool:
    me = me_in(channel.guild)
    if me is None:
        return False
    rights = channel.permissions_for(me)
    return rights.view_channel and rights.send_messages
