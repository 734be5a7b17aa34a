"""What the bot does by itself from time to time. Later features add theirs to the list."""

import asyncio
from datetime import timedelta
from functools import partial
from typing import cast

import discord

from bot.cards.review import remind
from bot.services import HasServices
from bot.storage.database import Database
from bot.storage.migrate import drop_old_copies
from bot.upkeep import Job

HALF_A_DAY, DAY = timedelta(hours=12), timedelta(days=1)
"""Often enough for what waits for days. In the demo, whose calendar is turned on by months, each time is felt."""
COPIES_KEPT = timedelta(days=30)


def jobs_of(client: discord.Client, db: Database, database_url: str) -> list[Job]:
    """All jobs of a bot; they expect it to be ready, so that it knows its servers."""
    services = cast(HasServices, client).services

    async def mind_servers() -> None:
        # Those that Discord can't serve at the moment are among them.
        await services.leaving.compare({guild.id for guild in client.guilds})
        await services.leaving.forget_due()

    async def tidy_files() -> None:
        await db.scrub(whole=True)
        await asyncio.to_thread(drop_old_copies, database_url, services.clock.now() - COPIES_KEPT)

    return [
        Job("mind servers", DAY, mind_servers),
        Job("remind moderators", HALF_A_DAY, partial(remind, client)),
        Job("tidy files", DAY, tidy_files),
    ]
