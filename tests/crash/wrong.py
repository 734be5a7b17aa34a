"""The bot as `tests.wire.child` runs it, but wrong in a way that is known: whoever looks for crashes must find it.

The way is named by CRASH_WAY. The product knows nothing of this: its classes are changed in this process alone.
"""

import asyncio
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.announcements.courier import Body, Place, Sent
from bot.announcements.delivery import Delivery
from bot.announcements.outbox import BEGUN_WITHIN, Outbox
from bot.storage.announcements import Announcement
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


@way
def note_before_posting() -> None:
    """An announcement is noted as posted, and posted then."""

    async def hasty(self: Any, row: Announcement, fence: int, channel_id: int, place: Place, since: Any = None) -> bool:
        body = await self._courier.render(row, channel_id)
        await self._confirm(row, Sent(0, channel_id), place)
        await self._courier.send(channel_id, body, row.key, BEGUN_WITHIN)
        return True

    Outbox._send = hasty  # pyright: ignore[reportPrivateUsage]


@way
def post_with_any_nonce() -> None:
    """Each try to post something is new to Discord, and nobody looks whether an earlier one made a message."""
    send = Delivery.send

    async def forgetful(self: Delivery, channel_id: int, body: Body, key: str, within: float) -> Sent:
        return replace(await send(self, channel_id, body, secrets.token_hex(12), within), is_ours=True)

    async def blind(self: Delivery, channel_id: int, key: str, since: datetime) -> None:
        pass

    Delivery.send = forgetful
    Delivery.find = blind  # pyright: ignore[reportAttributeAccessIssue]


if __name__ == "__main__":
    WAYS[os.environ.pop("CRASH_WAY")]()
    child.main()
