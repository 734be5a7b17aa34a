"""The post of a date of the server's own that has an hour to itself."""

from datetime import date

from bot.cards.announcement_day import day_card
from bot.cards.announcement_parts import own_day
from bot.cards.announcement_post import Post, Stage, with_mention


async def own_post(stage: Stage, own_id: str, on: date) -> Post | None:
    """The post of an own date; None where it was removed, or falls on another day by now."""
    services = stage.reader.services
    day = own_day(await services.days.of(stage.guild_id), own_id, on)
    if day is None:
        return None
    record = await services.guilds.of(stage.guild_id)
    return with_mention(await day_card(stage, day), stage.channel, record.ping_role_id)
