"""What a server's moderators chose, whom they blocked, and what they do not want to see."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias, get_args

from sqlalchemy import BindParameter, Column, and_, bindparam, case, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.audit import Deed, log
from bot.storage.tables import UTCDateTime, block, guild, muted, news

Setting = Literal[
    "review_channel_id",
    "moderator_role_id",
    "supporter_role_id",
    "allows_links",
    "reviews_pledges",
    "announcement_channel_id",
    "wall_channel_id",
    "daily_channel_id",
    "ping_role_id",
    "zone",
    "post_at",
    "posts_major",
    "posts_minor",
    "posts_campaign",
    "posts_history",
    "posts_observances",
    "posts_targets",
    "daily_kind",
    "daily_every",
]
Mutable = Literal["fact", "quote", "topic", "milestone"]
SETTINGS = 0
"""Stands among the news where no pledge changed, but what the server chose."""

Value: TypeAlias = int | bool | str | None

Hears: TypeAlias = dict[int, tuple[bool, bool]]
"""Whether a server has a channel in which its pledges are posted, and whether it tells what it reaches."""


@dataclass(frozen=True, slots=True)
class GuildRecord:
    """All that is kept about a server as such."""

    id: int
    review_channel_id: int | None = None
    moderator_role_id: int | None = None
    supporter_role_id: int | None = None
    allows_links: bool = False
    reviews_pledges: bool = False
    announcement_channel_id: int | None = None
    wall_channel_id: int | None = None
    daily_channel_id: int | None = None
    ping_role_id: int | None = None
    """Mentioned in announcements; the server's own id stands for @everyone."""
    zone: str | None = None
    """An IANA name; while none is chosen, nothing is posted by itself."""
    post_at: int = 540
    """Minutes after local midnight."""
    posts_major: bool = True
    """Headline and major dates."""
    posts_minor: bool = False
    posts_campaign: bool = True
    posts_history: bool = True
    posts_observances: bool = True
    posts_targets: bool = True
    """Goals and countries that were reached are told in the announcements channel."""
    daily_kind: str | None = None
    """`fact` or `quote`, posted in the daily channel; None for neither."""
    daily_every: str = "daily"
    """`daily` or `weekly`."""
    posts_since: datetime | None = None
    """What was due before is not posted."""
    blocked: Mapping[int, str] = field(default_factory=dict[int, str])
    """Members who can make no pledges and no reports there, with the reason that they read."""
    muted: frozenset[tuple[str, str]] = frozenset()
    """Kind (fact, quote, topic) and id of what is not shown there; `milestone`: not posted."""

    @property
    def hears_of_pledges(self) -> bool:
        """Whether something is posted there by itself when somebody pledges."""
        return self.wall_channel_id is not None or (self.announcement_channel_id is not None and self.posts_targets)


_TURN_ON = {"posts_major", "posts_minor", "posts_campaign", "posts_history", "posts_observances", "daily_kind"}
"""Settings that make more be posted than before: only what comes after the choice."""
_TURN_ON_AT_FIRST = {"announcement_channel_id", "daily_channel_id", "zone"}
"""Likewise, where none was chosen before: what is merely posted elsewhere or at another hour is not lost over it."""

_CHOSEN: "list[Column[Any]]" = [*(guild.c[name] for name in get_args(Setting)), guild.c.posts_since]
_THESE: "BindParameter[Any]" = bindparam("guilds", expanding=True)
_RECORDS = select(guild.c.id, *_CHOSEN).where(guild.c.id.in_(_THESE))
_BLOCKED = select(block.c.guild_id, block.c.member_id, block.c.reason).where(block.c.guild_id.in_(_THESE))
_MUTED = select(muted.c.guild_id, muted.c.kind, muted.c.item).where(muted.c.guild_id.in_(_THESE))
_REMEMBER = insert(guild)
_HEARS = select(
    guild.c.id,
    guild.c.wall_channel_id.is_not(None),
    and_(guild.c.announcement_channel_id.is_not(None), guild.c.posts_targets),
).where(guild.c.id.in_(_THESE))
_SINCE = update(guild).where(guild.c.id == bindparam("which")).values(posts_since=bindparam("posts_since"))
_NEWS = upsert(news).on_conflict_do_nothing()
_MUTE = upsert(muted).on_conflict_do_nothing()
_UNMUTE = delete(muted).where(
    muted.c.guild_id == bindparam("which"), muted.c.kind == bindparam("kind"), muted.c.item == bindparam("item")
)


async def record_of(connection: AsyncConnection, guild_id: int) -> GuildRecord:
    """What is kept about a server; of one that nothing is known of, the defaults."""
    [record] = await records_of(connection, [guild_id])
    return record


async def records_of(connection: AsyncConnection, guild_ids: Collection[int]) -> list[GuildRecord]:
    """What is kept about each of these servers."""
    asked = {"guilds": [*guild_ids]}
    chosen: dict[int, Any] = {id: values for id, *values in await connection.execute(_RECORDS, asked)}
    blocked: dict[int, dict[int, str]] = {}
    for guild_id, member_id, reason in await connection.execute(_BLOCKED, asked):
        blocked.setdefault(guild_id, {})[member_id] = reason
    quiet: dict[int, set[tuple[str, str]]] = {}
    for guild_id, kind, item in await connection.execute(_MUTED, asked):
        quiet.setdefault(guild_id, set()).add((kind, item))
    return [
        GuildRecord(id, *chosen.get(id, ()), blocked=blocked.get(id, {}), muted=frozenset(quiet.get(id, ())))
        for id in guild_ids
    ]


async def remember_guilds(tx: AsyncConnection, seen: dict[int, datetime]) -> Hears:
    """Sees to it that these servers have a row; `seen` says since when, for those that are new. What they hear of."""
    if not seen:
        return {}
    hears = await hears_of_pledges(tx, seen)  # nearly always they have: to ask costs no more than to insert in vain
    if new := seen.keys() - hears.keys():
        await tx.execute(_REMEMBER, [{"id": id, "added_at": seen[id]} for id in new])
    return hears


async def hears_of_pledges(tx: AsyncConnection, guild_ids: Collection[int]) -> Hears:
    """What the servers hear of, of those that have a row."""
    found = await tx.execute(_HEARS, {"guilds": [*guild_ids]})
    return {id: (has_wall, has_targets) for id, has_wall, has_targets in found}


async def tell_outbox(tx: AsyncConnection, changes: Collection[tuple[int, int]]) -> None:
    """Leaves word for the outbox, which looks as soon as it is woken: servers, each with a pledge or `SETTINGS`."""
    if changes:
        await tx.execute(_NEWS, [{"guild_id": guild_id, "pledge_id": pledge_id} for guild_id, pledge_id in changes])


async def post_since(tx: AsyncConnection, guild_id: int, at: datetime) -> None:
    """Something is posted from now on that was not before: only what comes."""
    await tx.execute(_SINCE, {"which": guild_id, "posts_since": at})


@dataclass(frozen=True, slots=True)
class ChooseSetting:
    """A moderator's choice in the panel; it stands in the log."""

    guild_id: int
    moderator_id: int
    setting: Setting
    value: Value
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["ChooseSetting"]) -> Sequence[None]:
        await remember_guilds(tx, {choice.guild_id: choice.at for choice in batch})
        for choice in batch:
            await tx.execute(update(guild).where(guild.c.id == choice.guild_id).values(choice._columns()))
        await tell_outbox(tx, {(choice.guild_id, SETTINGS) for choice in batch})
        await log(tx, (choice._deed() for choice in batch))
        return [None for _ in batch]

    def _columns(self) -> "dict[str, Any]":
        changed: dict[str, Any] = {self.setting: self.value}
        if self.value and self.setting in _TURN_ON:
            changed["posts_since"] = self.at
        elif self.value and self.setting in _TURN_ON_AT_FIRST:
            first = guild.c[self.setting].is_(None)
            changed["posts_since"] = case((first, bindparam("now", self.at, UTCDateTime)), else_=guild.c.posts_since)
        return changed

    def _deed(self) -> Deed:
        value = int(self.value) if isinstance(self.value, bool) else self.value
        details = f"{self.setting}={'' if value is None else value}"
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
                if one.kind == "milestone":
                    await post_since(tx, one.guild_id, one.at)
        await tell_outbox(tx, {(one.guild_id, SETTINGS) for one in batch if one.kind == "milestone"})
        await log(tx, (one._deed() for one in batch))
        return [None for _ in batch]

    def _deed(self) -> Deed:
        action = "mute" if self.is_muted else "unmute"
        return Deed(self.guild_id, self.at, action, self.moderator_id, details=f"{self.kind}={self.item}")
