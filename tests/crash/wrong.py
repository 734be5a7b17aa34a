"""The bot as `tests.wire.child` runs it, but wrong in a way that is known: whoever looks for crashes must find it.

The way is named by CRASH_WAY. The product knows nothing of this: its classes are changed in this process alone.
"""

import asyncio
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database import Database
from bot.storage.ledger import Pledge
from bot.storage.pledges import Made, MakePledge
from tests.wire import child

WRITTEN_LATER = 0.2
"""Seconds for which what was answered already stands in memory only."""

WAYS: dict[str, Callable[[], None]] = {}


def way(change: Callable[[], None]) -> Callable[[], None]:
    WAYS[change.__name__] = change
    return change


@way
def answer_before_commit() -> None:
    """A pledge is gathered in memory and thanked for; it is stored when there is time."""
    write: Callable[[Database, Any], Any] = Database.write
    under_way: set[asyncio.Task[None]] = set()

    async def later(db: Database, making: MakePledge) -> None:
        await asyncio.sleep(WRITTEN_LATER)
        await write(db, making)

    async def hasty(self: Database, operation: Any) -> Any:
        if not isinstance(operation, MakePledge):
            return await write(self, operation)
        task = asyncio.create_task(later(self, operation))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
        return _as_if_made(operation)

    Database.write = hasty


def _as_if_made(making: MakePledge) -> Made:
    about = (making.theme, making.action, making.words, None, making.is_public, making.at)
    pledge = Pledge(making.id, making.member_id, making.guild_id, *about)
    return Made(pledge, is_new=True, own=1, supporters=1, is_first_here=True, is_first_from_country=False)


@way
def commit_without_idempotence() -> None:
    """Each delivery of a form makes a pledge: neither the interaction's id nor what stands in it is looked at."""
    apply = MakePledge.apply

    async def careless(cls: type[MakePledge], tx: AsyncConnection, batch: Sequence[MakePledge]) -> Any:
        return await apply(tx, [replace(making, id=secrets.randbits(62)) for making in batch])

    MakePledge.apply = classmethod(careless)  # pyright: ignore[reportAttributeAccessIssue]
    Pledge.says_the_same = lambda self, other: False


if __name__ == "__main__":
    WAYS[os.environ.pop("CRASH_WAY")]()
    child.main()
