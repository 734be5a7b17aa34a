"""Of several processes on one database, the one that posts: started twice by mistake, only one does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import lease

POSTING = "outbox"
"""The lease of whoever posts."""

RESTORED = "restored"
"""No lease: where a backup was put in place, until when nobody can tell what was posted (bot.storage.restore)."""

LASTS = timedelta(seconds=20)
"""How long a lease holds after it was taken or renewed."""

_OVER = datetime(1970, 1, 1, tzinfo=UTC)
_KNOWN = select(lease.c.holder, lease.c.fence, lease.c.expires_at).where(lease.c.name == bindparam("which"))
_put = upsert(lease)
_PUT = _put.on_conflict_do_update(
    index_elements=[lease.c.name],
    set_={"holder": _put.excluded.holder, "fence": _put.excluded.fence, "expires_at": _put.excluded.expires_at},
)
_END = (
    update(lease).where(lease.c.name == bindparam("which"), lease.c.fence == bindparam("mine")).values(expires_at=_OVER)
)


async def was_left(connection: AsyncConnection, holder: str) -> bool:
    """Whether another than `holder` had it last and did not give it back: it posts still, or has died in the middle."""
    known = (await connection.execute(_KNOWN, {"which": POSTING})).first()
    return known is not None and known.holder != holder and known.expires_at != _OVER


@dataclass(frozen=True, slots=True)
class TakeLease:
    """Takes the lease, or renews it. The result is its number, or None while another one has it.

    One that runs out later than a lease can was taken by a clock that has been set back since: it counts as over.
    """

    holder: str
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["TakeLease"]) -> Sequence[int | None]:
        return [await one._take(tx) for one in batch]

    async def _take(self, tx: AsyncConnection) -> int | None:
        known = (await tx.execute(_KNOWN, {"which": POSTING})).first()
        fence = 1
        if known is not None:
            is_held = self.at < known.expires_at <= self.at + LASTS
            if is_held and known.holder != self.holder:
                return None
            # A holder that was away for long has a new number, too: what it had begun is no longer its own.
            fence = known.fence + (not is_held)
        row = {"name": POSTING, "holder": self.holder, "fence": fence, "expires_at": self.at + LASTS}
        await tx.execute(_PUT, row)
        return fence


@dataclass(frozen=True, slots=True)
class EndLease:
    """Gives it back, so that nobody has to wait until it runs out."""

    fence: int

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["EndLease"]) -> Sequence[None]:
        for one in batch:
            await tx.execute(_END, {"which": POSTING, "mine": one.fence})
        return [None for _ in batch]
