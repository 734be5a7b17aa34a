"""How the next post of a date of a server's own will look: for a moderator alone, and without any trace."""

from datetime import date

import discord

from bot.announcements.occurrences import local_date
from bot.cards.announcement_day import day_post
from bot.cards.announcement_own import own_post
from bot.cards.announcement_post import Stage
from bot.cards.base import Interaction, Reader, reader_of, reply
from bot.cards.lasting import BIG_ID, LastingButton
from bot.cards.review_channel import reader_in
from bot.cards.rights import require_moderator
from bot.cards.setup_trial import TRIAL, headed
from bot.i18n import msg
from bot.services.days import ServerDays
from bot.services.errors import NotAllowedHere
from bot.services.own_dates import DateGone
from bot.storage.announcements import key_of
from bot.storage.guilds import GuildRecord
from bot.storage.milestones import OwnDate


class NoChannelToLookAt(NotAllowedHere):
    def __init__(self) -> None:
        super().__init__(msg("I see no text channel in this server, so there is nowhere it could be posted."))


async def preview_date(interaction: Interaction, which: str) -> None:
    """Shows the next post of a date. Raises ModeratorsOnly, NothingFound and NoChannelToLookAt."""
    record = await require_moderator(interaction)
    reader = reader_of(interaction, private=True)
    await _show(interaction, reader, record, await reader.services.own_dates.named(record.id, which))


async def _show(interaction: Interaction, reader: Reader, record: GuildRecord, own: OwnDate) -> None:
    channel = _channel(interaction, record)
    if channel is None:
        raise NoChannelToLookAt
    days = await reader.services.days.of(record.id)
    on, apart = _next_day(reader, own, days), days.is_apart(own)
    key = key_of(record.id, "own" if apart else "anniversary", TRIAL, on.isoformat())
    stage = Stage(reader_in(interaction.client, channel), channel, key, is_trial=True)
    post = await (own_post(stage, str(own.id), on) if apart else day_post(stage, on))
    if post is None:
        raise DateGone
    _ = reader.words.gettext
    head = _("**A preview**, for you alone: the post of {day}.", day=reader.words.day(on))
    await reply(interaction, headed(head, reader.colour, post.card))


def _next_day(reader: Reader, own: OwnDate, days: ServerDays) -> date:
    at = reader.services.own_dates.next_of(own, days.record)
    if at is not None:
        return local_date(at, days.zone)
    coming = days.coming(days.today(reader.services.clock.now()), apart=True)
    return next(day.on for day in coming if any(entry.item == own for entry in day.entries))


def _channel(interaction: Interaction, record: GuildRecord) -> discord.TextChannel | None:
    """Where it would be posted; while none is chosen, any: what is posted speaks the server's language everywhere."""
    guild = interaction.guild
    chosen = guild.get_channel(record.announcement_channel_id or 0) if guild else None
    candidates = [chosen, interaction.channel, *(guild.text_channels if guild else ())]
    return next((one for one in candidates if isinstance(one, discord.TextChannel)), None)


class PreviewDate(LastingButton, template=rf"own:preview:(?P<which>{BIG_ID})"):
    """Shows how a date of this server's own will be posted."""

    def __init__(self, which: str, label: str = "") -> None:
        super().__init__(f"own:preview:{which}", label)
        self.date_id = int(which)

    async def press(self, interaction: Interaction) -> None:
        record = await require_moderator(interaction)
        reader = reader_of(interaction, private=True)
        await _show(interaction, reader, record, await reader.services.own_dates.one(record.id, self.date_id))
