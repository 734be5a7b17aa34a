"""The posts of wall channels: what becomes of the news of pledges, and how a post is brought up to date.

Nothing here can be done twice to any harm: to edit a message once more, or to delete one that is gone, changes nothing.
"""

from collections.abc import Sequence
from typing import Literal

import aiohttp
import discord
import structlog

from bot.announcements.courier import Courier
from bot.services import Services
from bot.storage.announcements import Announcement
from bot.storage.errors import NotSaved
from bot.storage.wall import NOTHING_LEFT

log = structlog.get_logger("bot.wall")

_MOST_TURNS = 3
"""How often a post is brought up to date in one go whose pledges change meanwhile; after that it is due again."""
_AWAY = ("server_away", "server_left")
_PASSING = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError)


async def take_news(services: Services, guild_id: int, ids: Sequence[int]) -> None:
    """Plans what follows from the news of a server, which may be about other things. Raises NotSaved of the storage."""
    await services.wall.take_news(guild_id, ids)


async def bring_up_to_date(services: Services, courier: Courier, announcement: Announcement) -> None:
    """Lets a post that stands in its channel show its pledges as they are now; deletes it where none is to be seen.

    What goes wrong is logged, and the post is tried again after a pause. Only what concerns all servers is raised:
    that Discord does not know the bot (401), and NotSaved of the storage.
    """
    wall, where = services.wall, (announcement.guild_id, announcement.id)
    is_ours = announcement.why == NOTHING_LEFT
    try:
        for _ in range(_MOST_TURNS):
            shown = await wall.shown_in(*where)
            if not shown.count and not is_ours:
                await wall.begin_deleting(*where)
                is_ours = True
            became = await _show(courier, announcement, is_empty=not shown.count)
            if became == "away":
                break
            if became == "gone":
                return await wall.drop(*where, was_removed=not is_ours)
            if await wall.settle(*where, shown):
                return None
    except NotSaved:
        raise
    except Exception as trouble:
        if isinstance(trouble, discord.HTTPException) and trouble.status == 401:
            raise
        _report(announcement, trouble)
    return await wall.postpone(*where)


Became = Literal["shown", "gone", "away"]
"""The message shows what it should; it is not there any more; or it is out of reach at the moment."""


async def _show(courier: Courier, announcement: Announcement, *, is_empty: bool) -> Became:
    """Edits or deletes the message. Raises what `Courier.render`, `edit` and `delete` raise."""
    channel_id, message_id = announcement.channel_id, announcement.message_id
    if channel_id is None or message_id is None:
        return "gone"
    trouble = courier.look(announcement.guild_id, channel_id).trouble
    if trouble in _AWAY:
        return "away"
    if trouble == "channel_gone":
        return "gone"
    try:
        body = None if is_empty else await courier.render(announcement, channel_id)
        if body is None:
            await courier.delete(channel_id, message_id)
            return "gone"
        await courier.edit(channel_id, message_id, body)
    except discord.NotFound:
        return "gone"
    return "shown"


def _report(announcement: Announcement, trouble: Exception) -> None:
    """Trouble that comes and goes is a line; what nobody foresaw is told in full."""
    which = {"guild": announcement.guild_id, "announcement": announcement.key}
    if isinstance(trouble, _PASSING):
        log.warning("a wall post was not brought up to date", trouble=f"{type(trouble).__name__}: {trouble}", **which)
    else:
        log.error("a wall post was not brought up to date", exc_info=trouble, **which)
