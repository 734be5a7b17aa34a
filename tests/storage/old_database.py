"""Makes tests/data/uplift-<schema>.db: a small database as this version writes it, for later ones to migrate.

Run it once for each new schema, with `python -m tests.storage.old_database`; its result is committed and never changed.
"""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot import ROOT
from bot.storage.erasure import EraseMember
from bot.storage.guilds import ChooseSetting, Mute
from bot.storage.migrate import migrate
from bot.storage.milestones import AddDate, DateFields
from bot.storage.moderation import BlockMember
from bot.storage.pledges import ChooseCountry, EditPledge, ShowPledge, WithdrawPledge
from bot.storage.reports import ReportPledge
from bot.storage.role_holders import AcceptRole
from bot.storage.shown import MarkShown
from bot.storage.tables import SCHEMA
from tests.storage.world import DM, HERE, NOON, THERE, open_database, pledging, url_of

FOLDER = ROOT / "tests" / "data"

STORY: list[Any] = [
    pledging(1, 101, HERE, country="KE", words="I listen to my daughters: Ich höre zu, 我会倾听, أصغي"),
    pledging(2, 101, THERE, theme="home", action="share-the-housework", words=None, is_public=False),
    pledging(3, 102, HERE, country="TV", at=NOON - timedelta(days=1)),
    pledging(4, 103, HERE, country="TV", at=NOON - timedelta(days=40), is_public=False),
    pledging(5, 103, DM, theme="home"),
    pledging(6, 104, DM),
    pledging(7, 105, THERE, country="XK"),
    WithdrawPledge(7, 105, NOON),
    EditPledge(3, 102, "home", None, "I promised something better", None, True, NOON),
    ShowPledge(6, 104, False, NOON),
    ChooseCountry(104, "FR", NOON),
    MarkShown(900, "fact", "a-fact", NOON),
    MarkShown(900, "quote", "a-quote", NOON),
    MarkShown(901, "fact", "a-fact", NOON - timedelta(days=2)),
    # What came with schema 2
    ChooseSetting(HERE, 900, "review_channel_id", 9000, NOON),
    Mute(HERE, 900, "topic", "a-topic", True, NOON),
    ReportPledge(70, HERE, 1, 102, "I do not like it", NOON),
    BlockMember(THERE, 900, 199, "floods the wall", NOON),
    AcceptRole(HERE, 101, 9001, NOON),
    pledging(8, 106, HERE),
    EraseMember(106, NOON),
    # What came with schema 3
    ChooseSetting(HERE, 900, "wall_channel_id", 9100, NOON),
    ChooseSetting(HERE, 900, "zone", "Africa/Nairobi", NOON),
    ChooseSetting(HERE, 900, "post_at", 495, NOON),
    Mute(HERE, 900, "milestone", "a-date", True, NOON),
    AddDate(71, HERE, 900, DateFields("We began here", 2, 29, 2016, "Ich höre zu", 1110, in_march=True), NOON),
]


async def tell_story(path: Path) -> None:
    async with open_database(path) as db:
        for deed in STORY:
            await db.write(deed)


def main() -> None:
    path = FOLDER / f"uplift-{SCHEMA}.db"
    path.unlink(missing_ok=True)
    migrate(url_of(path))
    asyncio.run(tell_story(path))


if __name__ == "__main__":
    main()
