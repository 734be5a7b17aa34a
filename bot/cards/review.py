"""When moderators are asked to look at a pledge, told what became of it, and reminded of what waits for long."""

import discord

from bot.cards.base import Card
from bot.cards.moderate_words import waiting
from bot.cards.review_card import review_card
from bot.cards.review_channel import bring_up_to_date, channel_of, reader_in, send, services_behind, undisturbed
from bot.storage.ledger import Pledge
from bot.storage.moderating import Queue
from bot.storage.tables import WHOLE_CAMPAIGN


async def ask_moderators(client: discord.Client, pledge: Pledge) -> None:
    """Posts the card of a pledge that waits into its server's review channel, or brings its card there up to date.

    When many come at once, only the first of them get a card, and one line tells of the others. Never raises: whoever
    made or reported the pledge is not concerned by what goes wrong here.
    """
    if pledge.guild_id != WHOLE_CAMPAIGN and pledge.is_public and pledge.queued_at is not None:
        await bring_up_to_date(client, pledge.guild_id, pledge.id, review_card, asks=True)


async def settle(client: discord.Client, guild_id: int, *pledge_ids: int) -> None:
    """Brings the cards of pledges up to date that were decided elsewhere, where they are remembered. Never raises."""
    for pledge_id in pledge_ids:
        await bring_up_to_date(client, guild_id, pledge_id, review_card, asks=False)


async def remind(client: discord.Client) -> None:
    """Reminds the moderators of each server where something waits for over a day, once a day. Never raises."""
    await undisturbed(_remind, client)


async def _remind(client: discord.Client) -> None:
    for queue in await services_behind(client).moderation.overdue():
        await undisturbed(_remind_one, client, queue)


async def _remind_one(client: discord.Client, queue: Queue) -> None:
    # First marked, then posted: rather no reminder for a day than one every hour where something goes wrong.
    await services_behind(client).moderation.mark_reminded(queue.guild_id)
    channel = await channel_of(client, queue.guild_id)
    if channel is None:
        return
    reader = reader_in(client, channel)
    way = reader.words.gettext("{moderate} shows what waits.", moderate=reader.mention_of("moderate pledges"))
    await send(client, channel, Card(reader.colour, [f"{waiting(reader, queue)} {way}"]))
