"""What a server's moderators chose, whom they blocked, and what they do not want to see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.audit import Deed, log
from bot.storage.tables import block, guild, muted

Setting = Literal["review_channel_id", "moderator_role_id", "supporter_role_id", "allows_links", "reviews_pledges"]
Mutable = Literal["fact", "quote", "topic"]


@dataclass(frozen=True, slots=True)
class GuildRecord:
    """All that is kept about a server as such."""

    id: int
    review_channel_id: int | None = None
    moderator_role_id: int | None = None
    supporter_role_id: int | None = None
    allows_links: bool = False
    reviews_pledges: bool = False
    blocked: Mapping[int, str] = field(default_factory=dict[int, str])
    """Members who can make no pledges and no reports there, with the reason that they read."""
    muted: frozenset[tuple[str, str]] = frozenset()
    """Kind (fact, quote, topic) and id of what is not shown there."""


_CHOSEN = (
    guild.c.review_channel_id,
    guild.c.moderator_role_id,
    guild.c.supporter_role_id,
    guild.c.allows_links,
    guild.c.reviews_pledges,
)
_REMEMBER = upsert(guild).on_conflict_do_nothing()
_MUTE = upsert(muted).on_conflict_do_nothing()
_UNMUTE = delete(muted).where(
    muted.c.guild_id == bindparam("which"), muted.c.kind == bindparam("kind"), muted.c.item == bindparam("item")
)


async def record_of(connection: AsyncConnection, guild_id: int) -> GuildRecord:
    """What is kept about a server; of one that nothing is known of, the defaults."""
    chosen = (await connection.execute(select(*_CHOSEN).where(guild.c.id == guild_id))).first()
    blocked = await connection.execute(select(block.c.member_id, block.c.reason).where(block.c.guild_id == guild_id))
    quiet = await connection.execute(select(muted.c.kind, muted.c.item).where(muted.c.guild_id == guild_id))
    return GuildRecord(
        guild_id,
        *(chosen or ()),
        blocked={row.member_id: row.reason for row in blocked},
        muted=frozenset((kind, item) for kind, item in quiet),
    )


async def remember_guilds(tx: AsyncConnection, seen: dict[int, datetime]) -> None:
    """Sees to it that these servers have a row; `seen` says since when, for those that are new."""
    if seen:
        await tx.execute(_REMEMBER, [{"id": id, "added_at": at} for id, at in seen.items()])


@dataclass(frozen=True, slots=True)
class ChooseSetting:
    """A moderator's choice in the panel; it stands in the log."""

    guild_id: int
    moderator_id: int
    setting: Setting
    value: int | bool | None
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["ChooseSetting"]) -> Sequence[None]:
        await remember_guilds(tx, {choice.guild_id: choice.at for choice in batch})
        for choice in batch:
            changed = update(guild).where(guild.c.id == choice.guild_id).values({choice.setting: choice.value})
            await tx.execute(changed)
        await log(tx, (choice._deed() for choice in batch))
        return [None for _ in batch]

    def _deed(self) -> Deed:
        details = f"{self.setting}={'' if self.value is None else int(self.value)}"
        return Deed(self.guild_id, self.at, "setup", self.moderator_id, details=details)


@dataclass(frozen=True, slots=True)
class Mute:
    """A server does not want to see a fact, a quote or a topic, or wants to see it again."""

    guild_id: int
    moderator_id: int
    kind: Mutable
    item: str
    is_muted: bool
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["Mute"]) -> Sequence[None]:
        for one in batch:
            if one.is_muted:
                row = {"guild_id": one.guild_id, "kind": one.kind, "item": one.item, "at": one.at}
                await tx.execute(_MUTE, row)
            else:
                await tx.execute(_UNMUTE, {"which": one.guild_id, "kind": one.kind, "item": one.item})
        await log(tx, (one._deed() for one in batch))
        return [None for _ in batch]

    def _deed(self) -> Deed:
        action = "mute" if self.is_muted else "unmute"
        return Deed(self.guild_id, self.at, action, self.moderator_id, details=f"{self.kind}={self.item}")
