"""What the bot does by itself from time to time. Later features add theirs to the list."""

import asyncio
from datetime import timedelta
from functools import partial
from typing import cast

import discord
import structlog

from bot.cards.review import remind
from bot.services import HasServices
from bot.storage.backup import folder_of_backups, remove_old
from bot.storage.database import Database
from bot.storage.disk import LONGEST_KEPT
from bot.storage.migrate import file_of
from bot.storage.outbox_care import ForgetDaily
from bot.storage.shown import ForgetShown
from bot.upkeep import Job

log = structlog.get_logger("bot.jobs")

HALF_A_DAY, DAY = timedelta(hours=12), timedelta(days=1)
"""Often enough for what waits for days. In the demo, whose calendar is turned on by months, each time is felt."""
SHOWN_REMEMBERED = timedelta(days=400)
"""What was shown longer ago may come again; so nothing is kept for ever of channels that are no longer used."""
DAILY_REMEMBERED = timedelta(days=90)
"""For how long it is known what became of the fact or quote of a day."""


def jobs_of(client: discord.Client, db: Database, database_url: str) -> list[Job]:
    """All jobs of a bot; they expect it to be ready, so that it knows its servers."""
    services = cast(HasServices, client).services

    async def mind_servers() -> None:
        # Those that Discord can't serve at the moment are among them.
        await services.leaving.compare({guild.id for guild in client.guilds})
        await services.leaving.forget_due()

    async def tidy_files() -> None:
        now = services.clock.now()
        await db.write(ForgetShown(now - SHOWN_REMEMBERED))
        await db.write(ForgetDaily(now - DAILY_REMEMBERED))
        await db.scrub(whole=True)
        path = file_of(database_url)
        _, stuck = await asyncio.to_thread(remove_old, path, folder_of_backups(path), now, LONGEST_KEPT)
        if stuck:
            log.warning("backups that are too old could not be removed", files=[file.name for file in stuck])

    return [
        Job("mind servers", DAY, mind_servers),
        Job("remind moderators", HALF_A_DAY, partial(remind, client)),
        Job("tidy files", DAY, tidy_files),
    ]
