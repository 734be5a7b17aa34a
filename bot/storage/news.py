"""What the outbox has to hear of pledges: written in the transaction that changes them, so that nothing gets lost.

Only servers that have a wall channel or announce their targets cost more than one small question a batch, and pledges
that stand in a post of a wall channel.
"""

from collections.abc import Collection
from typing import Any, TypeAlias

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.guilds import Hears, hears_of_pledges, tell_outbox
from bot.storage.tables import announcement, wall_post

COUNTED = 1
"""Stands among the news where something that a server has set itself as a target may be reached."""

Which: TypeAlias = tuple[int, int]
"""A server and a pledge in it."""

_NOTHING = (False, False)
_POSTED = select(wall_post.c.guild_id, wall_post.c.pledge_id, wall_post.c.announcement_id).where(
    wall_post.c.pledge_id.in_(bindparam("pledges", expanding=True))
)
_EMPTY = (
    update(announcement)
    .where(
        announcement.c.guild_id == bindparam("guild"),
        announcement.c.id == bindparam("which"),
        announcement.c.body.is_not(None),
    )
    .values(body=None)
)


async def tell(
    tx: AsyncConnection, counted: set[int], shown: Collection[Which], changed: Collection[Which], hears: Hears
) -> None:
    """Leaves word of what became of pledges.

    `counted`: the servers in which anything of them changed. `shown`: those that came on the wall. `changed`: those
    that were there before, and look different by now, or are gone; what was made ready to be sent of them is emptied.
    `hears`: what servers hear of, as far as that was asked already in this transaction.
    """
    if not counted:
        return
    hears = dict(hears)
    if unknown := counted - hears.keys():
        hears |= await hears_of_pledges(tx, unknown)
    news = {which for which in shown if hears.get(which[0], _NOTHING)[0]}
    news |= {(guild_id, COUNTED) for guild_id in counted if hears.get(guild_id, _NOTHING)[1]}
    if changed:
        posted: list[Any] = list(await tx.execute(_POSTED, {"pledges": [id for _, id in changed]}))
        news |= {(guild_id, pledge_id) for guild_id, pledge_id, _ in posted}
        if posted:
            await tx.execute(_EMPTY, [{"guild": guild_id, "which": id} for guild_id, _, id in posted])
    await tell_outbox(tx, news)
