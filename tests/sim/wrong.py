"""Outboxes that are wrong in a way that is known: whoever looks for faults must find them."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.announcements.courier import Body, Courier, Place, Sent
from bot.announcements.outbox import Outbox
from bot.storage.announcements import Announcement


class MarkThenSend(Outbox):
    """Notes that it is posted, and posts it then."""

    async def _send(
        self, row: Announcement, fence: int, channel_id: int, place: Place, since: datetime | None = None
    ) -> bool:
        body = await self._courier.render(row, channel_id)
        if body is not None:
            await self._confirm(row, Sent(0, channel_id), place)
            await self._courier.send(channel_id, body, row.key, 10.0)
        return True


class SendThenMark(Outbox):
    """Posts it, and notes then that it is posted: nothing tells of what was begun."""

    async def _send(
        self, row: Announcement, fence: int, channel_id: int, place: Place, since: datetime | None = None
    ) -> bool:
        body = await self._courier.render(row, channel_id)
        if body is None:
            return False
        return await self._confirm(row, await self._courier.send(channel_id, body, row.key, 10.0), place)


class NeverLooks(Outbox):
    """Sends again whatever has no answer, however long ago that was: Discord may have forgotten the nonce."""

    async def _reconcile(self, row: Announcement, fence: int, since: datetime) -> bool:
        channel_id = row.channel_id or await self._channel_of(row)
        assert channel_id is not None
        return await self._send(row, fence, channel_id, self._courier.look(row.guild_id, channel_id), since)


class _OneNonce:
    """A courier that has one nonce for all that it brings, and takes any answer for its own."""

    def __init__(self, courier: Courier) -> None:
        self._courier = courier

    def __getattr__(self, name: str) -> Any:
        return getattr(self._courier, name)

    async def send(self, channel_id: int, body: Body, key: str, within: float) -> Sent:
        return replace(await self._courier.send(channel_id, body, "the same for all", within), is_ours=True)


class SharesNonce(Outbox):
    """Discord returns another's message, and makes none."""

    def __init__(self, services: Any, db: Any, courier: Courier, mend: Any) -> None:
        one_nonce: Any = _OneNonce(courier)
        super().__init__(services, db, one_nonce, mend)


WAYS: dict[str, type[Outbox]] = {
    "mark, then send": MarkThenSend,
    "send, then mark": SendThenMark,
    "no reconcile": NeverLooks,
    "a shared nonce": SharesNonce,
}
