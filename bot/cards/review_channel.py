"""A server's review channel: where it is, and what is posted there and changed later. Trouble is logged once."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias, cast

import discord
import structlog

from bot.cards.base import Card, Reader
from bot.services import HasServices, Services
from bot.services.reviews import Posted

log = structlog.get_logger("bot.review")

MakeCard: TypeAlias = Callable[[Reader, int, int], Awaitable[tuple[Card, bool]]]
"""Makes the card of a server's pledge as it stands now, and tells whether it still waits for moderators."""


async def undisturbed(work: Callable[..., Awaitable[object]], *words: object) -> None:
    """Does it, and logs whatever goes wrong: who gives cause for it is not concerned."""
    try:
        await work(*words)
    except Exception:
        log.exception("the review channel was not served")


async def bring_up_to_date(
    client: discord.Client, guild_id: int, pledge_id: int, make: MakeCard, *, asks: bool
) -> None:
    """Shows a pledge as it stands now on its card, where that is remembered. Never raises.

    `asks`: moderators are to look at it, so it gets a card in the present review channel if there is none. When many
    ask at once, only the first of them get a card, and one line tells of the others.
    """
    reviews = services_behind(client).moderation.reviews
    if not reviews.enter(pledge_id, asks=asks):
        return
    try:
        while (is_asked := reviews.next_turn(pledge_id)) is not None:
            await undisturbed(_ask if is_asked else _change, client, guild_id, pledge_id, make)
    finally:
        reviews.leave(pledge_id)


async def _change(client: discord.Client, guild_id: int, pledge_id: int, make: MakeCard) -> bool:
    """Brings the remembered card up to date, and forgets it once it is decided; returns whether it could be."""
    reviews = services_behind(client).moderation.reviews
    posted = reviews.known(pledge_id)
    channel = _channel(client, guild_id, posted.channel_id) if posted else None
    if posted is None or channel is None:
        reviews.forget(pledge_id)
        return False
    card, waits = await make(reader_in(client, channel), guild_id, pledge_id)
    if not waits:
        reviews.forget(pledge_id)
    try:
        mentions = discord.AllowedMentions.none()  # the default of the client does not hold for an edit without it
        await channel.get_partial_message(posted.message_id).edit(view=card, allowed_mentions=mentions)
    except (discord.HTTPException, OSError) as trouble:
        log.info("a card was not brought up to date", guild=guild_id, trouble=type(trouble).__name__)
        return False
    return True


async def _ask(client: discord.Client, guild_id: int, pledge_id: int, make: MakeCard) -> None:
    reviews = services_behind(client).moderation.reviews
    channel = await channel_of(client, guild_id)
    if channel is None:
        return
    posted = reviews.known(pledge_id)
    is_there = posted is not None and posted.channel_id == channel.id  # else another channel was chosen since
    if is_there and (not reviews.may_update(pledge_id) or await _change(client, guild_id, pledge_id, make)):
        return
    reader, kind = reader_in(client, channel), reviews.next_post(guild_id)
    if kind == "summary":
        text = reader.words.gettext(
            "More pledges wait than I post here one by one. {moderate} shows them all.",
            moderate=reader.mention_of("moderate pledges"),
        )
        await send(client, channel, Card(reader.colour, [text]))
    elif kind == "card":
        card, waits = await make(reader, guild_id, pledge_id)
        message = await send(client, channel, card) if waits else None
        if message is not None:
            reviews.remember(pledge_id, Posted(channel.id, message.id))


def services_behind(client: discord.Client) -> Services:
    return cast(HasServices, client).services


def reader_in(client: discord.Client, channel: discord.TextChannel) -> Reader:
    """All who read the channel: in the server's language."""
    bot = cast(HasServices, client)
    words = bot.services.languages.words(channel.guild.preferred_locale.value)
    return Reader(words, bot.services, bot.mention_of, is_private=False, may_share=False)


async def channel_of(client: discord.Client, guild_id: int) -> discord.TextChannel | None:
    """The review channel of a server; None where none is chosen, or it is gone, which is logged once."""
    chosen = (await services_behind(client).guilds.of(guild_id)).review_channel_id
    if chosen is None or client.get_guild(guild_id) is None:
        return None
    channel = _channel(client, guild_id, chosen)
    if channel is None:
        _warn(client, guild_id, "gone")
    return channel


def _channel(client: discord.Client, guild_id: int, channel_id: int) -> discord.TextChannel | None:
    guild = client.get_guild(guild_id)
    channel = guild and guild.get_channel(channel_id)
    return channel if isinstance(channel, discord.TextChannel) else None


async def send(client: discord.Client, channel: discord.TextChannel, card: Card) -> discord.Message | None:
    """Posts a card; None where that is not possible, which is logged once until it is possible again."""
    try:
        posted = await channel.send(view=card)
    except (discord.HTTPException, OSError) as trouble:
        _warn(client, channel.guild.id, type(trouble).__name__)
        return None
    services_behind(client).moderation.reviews.succeeded(channel.guild.id)
    return posted


def _warn(client: discord.Client, guild_id: int, trouble: str) -> None:
    if services_behind(client).moderation.reviews.is_first_failure(guild_id):
        log.warning("the review channel can't be written to", guild=guild_id, trouble=trouble)
