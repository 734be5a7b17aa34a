"""What was shown where: read once a place, written behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import shown

_mark = upsert(shown)
_MARK = _mark.on_conflict_do_update(
    index_elements=[shown.c.place, shown.c.kind, shown.c.item], set_={"at": _mark.excluded.at}
)


@dataclass(frozen=True, slots=True)
class MarkShown:
    """An item was shown in a place."""

    place: int
    kind: str
    item: str
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["MarkShown"]) -> Sequence[None]:
        await tx.execute(_MARK, [{"place": m.place, "kind": m.kind, "item": m.item, "at": m.at} for m in batch])
        return [None for _ in batch]


@dataclass(frozen=True, slots=True)
class ForgetShown:
    """What was shown before `before`, anywhere, is forgotten."""

    before: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["ForgetShown"]) -> Sequence[None]:
        await tx.execute(delete(shown).where(shown.c.at < max(one.before for one in batch)))
        return [None for _ in batch]


async def shown_in(connection: AsyncConnection, place: int, kind: str) -> list[str]:
    """The items of one kind that were shown in a place, the one shown longest ago first."""
    ordered = select(shown.c.item).where(shown.c.place == place, shown.c.kind == kind).order_by(shown.c.at)
    return list(await connection.scalars(ordered))
