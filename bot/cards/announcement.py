"""What is posted of the bot's own accord: each kind of announcement as the message that it becomes."""

from datetime import date

import discord

from bot.cards import wall_post
from bot.cards.announcement_daily import daily_post
from bot.cards.announcement_day import day_post
from bot.cards.announcement_own import own_post
from bot.cards.announcement_post import Post, Stage, body_of
from bot.cards.announcement_target import target_post
from bot.cards.review_channel import reader_in, services_behind
from bot.storage.announcements import Announcement, Plan

__all__ = ["Post", "body_of", "render"]


async def render(
    client: discord.Client, announcement: Announcement | Plan, channel: discord.TextChannel
) -> Post | None:
    """The message of an announcement for a channel, in its server's language; None where nothing is left to say.

    Of a mere plan a trial is made, for a preview or a test: what that shows does not count as shown.
    """
    is_trial = isinstance(announcement, Plan)
    stage = Stage(reader_in(client, channel), channel, announcement.key, is_trial)
    if announcement.kind == "anniversary":
        return await day_post(stage, date.fromisoformat(announcement.occurrence))
    if announcement.kind == "own":
        return await own_post(stage, announcement.subject, date.fromisoformat(announcement.occurrence))
    if announcement.kind == "daily":
        return await daily_post(stage)
    if announcement.kind == "target":
        return await target_post(stage, await _targets_of(client, announcement))
    return None if isinstance(announcement, Plan) else await wall_post.render(client, announcement, channel)


async def _targets_of(client: discord.Client, announcement: Announcement | Plan) -> tuple[str, ...]:
    if isinstance(announcement, Plan):
        return (announcement.subject,)
    return await services_behind(client).targets.told_in(announcement.guild_id, announcement.id)
