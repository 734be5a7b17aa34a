"""How the next announcement will look: for a moderator alone, or as a test in its channel. Neither shifts anything."""

import discord

from bot.cards.announcement import render
from bot.cards.announcement_post import TRIAL
from bot.cards.base import Card, Interaction
from bot.cards.permissions import cant_announce
from bot.cards.review_channel import reader_in
from bot.cards.setup_coming import next_day, said_when
from bot.cards.setup_desk import Desk
from bot.i18n import msg
from bot.services.days import ServerDay
from bot.services.errors import DomainError
from bot.storage.announcements import Plan


class NoDateComes(DomainError):
    def __init__(self) -> None:
        super().__init__(
            msg("With what is chosen under “Which dates”, nothing is posted, so there is nothing to show.")
        )


class NoChannelYet(DomainError):
    def __init__(self) -> None:
        super().__init__(msg("Choose a channel for announcements first."))


async def preview_card(interaction: Interaction, desk: Desk) -> Card:
    """The next announcement as it will look, for its moderator alone. Raises NoDateComes and NoChannelYet."""
    _, day, coming = desk.reader.words.gettext, _next_day(desk), next_day(desk)
    channel = _channel(interaction, desk)
    if channel is None:
        raise NoChannelYet
    when = said_when(desk, coming[1]) if coming else desk.reader.words.day(day.on)
    head = _("**A preview**, for you alone. It comes {when}, unless something changes until then.", when=when)
    return await _trial(interaction, desk, channel, day, head)


async def send_test(interaction: Interaction, desk: Desk) -> str:
    """Posts the next announcement as a test, and says where it stands. It mentions nobody.

    Raises NoChannelYet, NoDateComes, and TooFast when there were too many within an hour.
    """
    channel = desk.text_channel(desk.record.announcement_channel_id)
    _ = desk.reader.words.gettext
    if channel is None:
        raise NoChannelYet
    if lacking := cant_announce(desk.reader, channel, desk.me):
        return lacking
    day = _next_day(desk)
    desk.reader.services.announcements.take_test(desk.guild.id)
    theirs = reader_in(interaction.client, channel).words
    head = theirs.gettext(
        "**A test**, asked for by a moderator. The announcement itself comes on {day}.", day=theirs.day(day.on)
    )
    card = await _trial(interaction, desk, channel, day, head)
    try:
        message = await channel.send(view=card, allowed_mentions=discord.AllowedMentions.none())
    except (discord.HTTPException, OSError):
        return _("Discord did not take the test post just now. Please try again in a minute.")
    return _(
        "**Posted:** [the test post]({url}). It shifts nothing: what comes comes all the same. "
        "You can delete it like any message.",
        url=message.jump_url,
    )


def _next_day(desk: Desk) -> ServerDay:
    """The next day that has an announcement: also while it is not known where, or at which hour."""
    coming = next_day(desk)
    day = coming[0] if coming else next(desk.days.coming(desk.today), None)
    if day is None:
        raise NoDateComes
    return day


def _channel(interaction: Interaction, desk: Desk) -> discord.TextChannel | None:
    """Where it would be posted; while none is chosen, any: what is posted speaks the server's language everywhere."""
    chosen = desk.text_channel(desk.record.announcement_channel_id)
    here = interaction.channel if isinstance(interaction.channel, discord.TextChannel) else None
    return chosen or here or next(iter(desk.guild.text_channels), None)


async def _trial(interaction: Interaction, desk: Desk, channel: discord.TextChannel, day: ServerDay, head: str) -> Card:
    """The post under a frame of its own that says what it is. Raises NoDateComes where nothing is left to say."""
    plan = Plan(desk.guild.id, "anniversary", TRIAL, day.on.isoformat(), desk.now)
    post = await render(interaction.client, plan, channel)
    if post is None:
        raise NoDateComes
    return headed(head, desk.reader.colour, post.card)


def headed(head: str, colour: int, card: Card) -> Card:
    """The card under a frame of its own that says what it is; `card` itself is empty afterwards."""
    whole, parts = Card(colour, [head]), card.children
    card.clear_items()
    for part in parts:
        whole.add_item(part)
    return whole
