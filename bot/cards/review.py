"""What is posted into review channels: a card for each pledge that waits, and a reminder when one waits for long."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias, cast

import discord
import structlog

from bot.cards.base import Card, Reader
from bot.cards.moderate_words import waiting
from bot.cards.review_card import review_card
from bot.services import HasServices, Services
from bot.services.reviews import Posted
from bot.storage.ledger import Pledge
from bot.storage.moderating import Queue
from bot.storage.tables import WHOLE_CAMPAIGN

log = structlog.get_logger("bot.review")

Channel: TypeAlias = discord.TextChannel | discord.Thread


async def ask_moderators(client: discord.Client, pledge: Pledge) -> None:
    """Posts the card of a pledge that waits into its server's review channel, or brings its card there up to date.

    When many come at once, only the first of them get a card, and one line tells of the others. Never raises: whoever
    made or reported the pledge is not concerned by what goes wrong here.
    """
    if pledge.guild_id == WHOLE_CAMPAIGN or not pledge.is_public or pledge.queued_at is None:
        return
    await _undisturbed(_ask, client, pledge)


async def settle(client: discord.Client, guild_id: int, *pledge_ids: int) -> None:
    """Brings the cards of pledges up to date that were decided elsewhere, where they are remembered. Never raises."""
    for pledge_id in pledge_ids:
        await _undisturbed(_settle, client, guild_id, pledge_id)


async def remind(client: discord.Client) -> None:
    """Reminds the moderators of each server where something waits for over a day, once a day. Never raises."""
    await _undisturbed(_remind, client)


async def _undisturbed(work: Callable[..., Awaitable[None]], *words: object) -> None:
    try:
        await work(*words)
    except Exception:
        log.exception("the review channel was not served")


async def _ask(client: discord.Client, pledge: Pledge) -> None:
    reviews = _services(client).moderation.reviews
    channel = await _channel_of(client, pledge.guild_id)
    if channel is None:
        return
    if reviews.known(pledge.id) and (
        not reviews.may_update(pledge.id) or await _edit(client, pledge.guild_id, pledge.id)
    ):
        return
    reader, kind = _reader(client, channel), reviews.next_post(pledge.guild_id)
    if kind == "summary":
        text = reader.words.gettext(
            "More pledges wait than I post here one by one. {moderate} shows them all.",
            moderate=reader.mention_of("moderate pledges"),
        )
        await _send(client, channel, Card(reader.colour, [text]))
    elif kind == "card":
        posted = await _send(client, channel, await review_card(reader, pledge.guild_id, pledge.id))
        if posted is not None:
            reviews.remember(pledge.id, Posted(channel.id, posted.id))


async def _settle(client: discord.Client, guild_id: int, pledge_id: int) -> None:
    await _edit(client, guild_id, pledge_id)
    _services(client).moderation.reviews.forget(pledge_id)


async def _edit(client: discord.Client, guild_id: int, pledge_id: int) -> bool:
    """Brings the remembered card of a pledge up to date; returns whether it could be."""
    posted = _services(client).moderation.reviews.known(pledge_id)
    channel = _channel(client, guild_id, posted.channel_id) if posted else None
    if posted is None or channel is None:
        return False
    card = await review_card(_reader(client, channel), guild_id, pledge_id)
    try:
        mentions = discord.AllowedMentions.none()  # the default of the client does not hold for an edit without it
        await channel.get_partial_message(posted.message_id).edit(view=card, allowed_mentions=mentions)
    except (discord.HTTPException, OSError) as trouble:
        log.info("a card was not brought up to date", guild=guild_id, trouble=type(trouble).__name__)
        return False
    return True


async def _remind(client: discord.Client) -> None:
    for queue in await _services(client).moderation.overdue():
        await _undisturbed(_remind_one, client, queue)


async def _remind_one(client: discord.Client, queue: Queue) -> None:
    # First marked, then posted: rather no reminder for a day than one every hour where something goes wrong.
    await _services(client).moderation.mark_reminded(queue.guild_id)
    channel = await _channel_of(client, queue.guild_id)
    if channel is None:
        return
    reader = _reader(client, channel)
    way = reader.words.gettext("{moderate} shows what waits.", moderate=reader.mention_of("moderate pledges"))
    await _send(client, channel, Card(reader.colour, [f"{waiting(reader, queue)} {way}"]))


def _services(client: discord.Client) -> Services:
    return cast(HasServices, client).services


def _reader(client: discord.Client, channel: Channel) -> Reader:
    """All who read the channel: in the server's language."""
    bot = cast(HasServices, client)
    words = bot.services.languages.words(channel.guild.preferred_locale.value)
    return Reader(words, bot.services, bot.mention_of, is_private=False, may_share=False)


async def _channel_of(client: discord.Client, guild_id: int) -> Channel | None:
    """The review channel of a server; None where none is chosen, or it is gone, which is logged once."""
    chosen = (await _services(client).guilds.of(guild_id)).review_channel_id
    if chosen is None or client.get_guild(guild_id) is None:
        return None
    channel = _channel(client, guild_id, chosen)
    if channel is None:
        _warn(client, guild_id, "gone")
    return channel


def _channel(client: discord.Client, guild_id: int, channel_id: int) -> Channel | None:
    guild = client.get_guild(guild_id)
    channel = guild and guild.get_channel_or_thread(channel_id)
    return channel if isinstance(channel, discord.TextChannel | discord.Thread) else None


async def _send(client: discord.Client, channel: Channel, card: Card) -> discord.Message | None:
    """Posts a card; None where that is not possible, which is logged once until it is possible again."""
    try:
        posted = await channel.send(view=card)
    except (discord.HTTPException, OSError) as trouble:
        _warn(client, channel.guild.id, type(trouble).__name__)
        return None
    _services(client).moderation.reviews.succeeded(channel.guild.id)
    return posted


def _warn(client: discord.Client, guild_id: int, trouble: str) -> None:
    if _services(client).moderation.reviews.is_first_failure(guild_id):
        log.warning("the review channel can't be written to", guild=guild_id, trouble=trouble)
