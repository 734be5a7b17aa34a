"""The tables. Migrations make them (migrations/); these objects are what statements are built from."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    MetaData,
    String,
    Table,
    TypeDecorator,
    text,
)

SCHEMA = "0001"
"""The newest migration: what a database must be at to be worked with."""

WHOLE_CAMPAIGN = 0
"""Stands for 'no server': pledges made in a direct message, and counts over all servers."""

metadata = MetaData(
    naming_convention={  # without names, a later migration could not address them
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


# SQLite takes a partial index only where a statement says its condition word for word, and SQLAlchemy says `= 1` there.
_PUBLIC: dict[str, Any] = {"sqlite_where": text("is_public = 1"), "postgresql_where": text("is_public")}


class UTCDateTime(TypeDecorator[datetime]):
    """An aware instant in UTC. SQLite forgets zones, so a naive one is refused on its way in."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def bind_processor(self, dialect: Dialect) -> Any:
        if dialect.name != "sqlite":
            return super().bind_processor(dialect)

        def as_text(value: datetime | None) -> str | None:
            # What SQLAlchemy makes of it, too, in a fifth of the time: each pledge brings two.
            naive = self.process_bind_param(value, dialect)
            return naive and naive.isoformat(" ", "microseconds")

        return as_text

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


guild = Table(
    "guild",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("added_at", UTCDateTime, nullable=False),
)

member = Table(
    "member",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("country", String(2)),
    Column("added_at", UTCDateTime, nullable=False),
)

pledge = Table(
    "pledge",
    metadata,
    # The id of the interaction that made it: unique in all of Discord, rising with time, and the same when Discord
    # delivers an interaction twice.
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("member_id", BigInteger, ForeignKey("member.id"), nullable=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("theme", String(24), nullable=False),
    Column("action", String(40)),
    Column("words", String(300)),
    # A copy of the member's, kept by bot.storage.ledger, so that a wall of one country costs the same at any size.
    Column("country", String(2)),
    Column("is_public", Boolean, nullable=False),
    Column("made_at", UTCDateTime, nullable=False),
    Column("edited_at", UTCDateTime),
    Index("ix_pledge_member", "member_id", "guild_id"),
    Index("ix_pledge_wall", "guild_id", "id", **_PUBLIC),
    Index("ix_pledge_wall_theme", "guild_id", "theme", "id", **_PUBLIC),
    Index("ix_pledge_wall_country", "guild_id", "country", "id", **_PUBLIC),
)

tally = Table(
    "tally",
    metadata,
    Column("scope", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(10), primary_key=True),
    Column("key", String(24), primary_key=True),
    Column("count", BigInteger, nullable=False),
)

shown = Table(
    "shown",
    metadata,
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(10), primary_key=True),
    Column("item", String(40), primary_key=True),
    Column("at", UTCDateTime, nullable=False),
)
