"""What a server reached is told in its announcements channel: what becomes of the news of it."""

from collections.abc import Sequence

from bot.services import Services
from bot.storage.guilds import SETTINGS
from bot.storage.news import COUNTED


async def take_news(services: Services, guild_id: int, ids: Sequence[int]) -> None:
    """Plans what follows from the news of a server, which may be about other things. Raises NotSaved of the storage."""
    if COUNTED in ids or SETTINGS in ids:
        await services.targets.take_news(guild_id, ids)
