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
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
    true,
)

SCHEMA = "0003"
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
_ON_WALL: dict[str, Any] = {"sqlite_where": text("on_wall = 1"), "postgresql_where": text("on_wall")}
_OFF_WALL: dict[str, Any] = {
    "sqlite_where": text("is_public = 1 AND on_wall = 0"),
    "postgresql_where": text("is_public AND NOT on_wall"),
}
_QUEUED: dict[str, Any] = {
    "sqlite_where": text("queued_at IS NOT NULL"),
    "postgresql_where": text("queued_at IS NOT NULL"),
}

_WAITS: dict[str, Any] = {
    "sqlite_where": text("next_at IS NOT NULL"),
    "postgresql_where": text("next_at IS NOT NULL"),
}

PERSON = {"names": "person"}
"""Marks a column that holds a person's id: bot.storage.personal shows, exports and erases by it."""

SOMETHING = {"names": "something"}
"""Marks a column that holds the id of a server, channel, role, message or interaction: of no person."""

PLANNED, CLAIMED, SENT, RETRY = "planned", "claimed", "sent", "retry"
"""An announcement is to come; is being posted; stands in its channel; could not be posted yet and is tried again."""
REFUSED, EXPIRED, UNKNOWN, DROPPED = "refused", "expired", "unknown", "dropped"
"""It may not be posted until something is mended; its day is over; nobody can tell whether it was posted; what it was
about is gone, or it was removed."""

OPEN, WAITING, REPORTED, HIDDEN = "open", "waiting", "reported", "hidden"
"""What moderators say to a pledge: nothing; it waits for them before it is shown; three members reported it, so it is
hidden until somebody looks; it is hidden, with a reason."""


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
    Column("id", BigInteger, primary_key=True, autoincrement=False, info=SOMETHING),
    Column("added_at", UTCDateTime, nullable=False),
    Column("review_channel_id", BigInteger, info=SOMETHING),
    Column("moderator_role_id", BigInteger, info=SOMETHING),
    Column("supporter_role_id", BigInteger, info=SOMETHING),
    Column("allows_links", Boolean, nullable=False, server_default=false()),
    Column("reviews_pledges", Boolean, nullable=False, server_default=false()),
    # When the bot was removed from it; thirty days later it is forgotten.
    Column("left_at", UTCDateTime),
    Column("reminded_at", UTCDateTime),
    Column("announcement_channel_id", BigInteger, info=SOMETHING),
    Column("wall_channel_id", BigInteger, info=SOMETHING),
    Column("daily_channel_id", BigInteger, info=SOMETHING),
    # The server's own id stands for @everyone.
    Column("ping_role_id", BigInteger, info=SOMETHING),
    # An IANA name. Without one nobody can say when a day begins, and nothing is posted by itself.
    Column("zone", String(40)),
    # Minutes after local midnight.
    Column("post_at", Integer, nullable=False, server_default="540", info=SOMETHING),
    # Which dates: by their weight, and by what they are.
    Column("posts_major", Boolean, nullable=False, server_default=true()),
    Column("posts_minor", Boolean, nullable=False, server_default=false()),
    Column("posts_campaign", Boolean, nullable=False, server_default=true()),
    Column("posts_history", Boolean, nullable=False, server_default=true()),
    Column("posts_observances", Boolean, nullable=False, server_default=true()),
    Column("posts_targets", Boolean, nullable=False, server_default=true()),
    # 'fact' or 'quote', 'daily' or 'weekly'; none for neither.
    Column("daily_kind", String(8)),
    Column("daily_every", String(8), nullable=False, server_default="daily"),
    # Nothing that was due before is posted: else whatever is turned on would be followed by what is over.
    Column("posts_since", UTCDateTime),
    Column("greeted_at", UTCDateTime),
)

member = Table(
    "member",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False, info=PERSON),
    Column("country", String(2)),
    Column("added_at", UTCDateTime, nullable=False),
)

pledge = Table(
    "pledge",
    metadata,
    # The id of the interaction that made it: unique in all of Discord, rising with time, and the same when Discord
    # delivers an interaction twice.
    Column("id", BigInteger, primary_key=True, autoincrement=False, info=SOMETHING),
    Column("member_id", BigInteger, ForeignKey("member.id"), nullable=False, info=PERSON),
    Column("guild_id", BigInteger, nullable=False, info=SOMETHING),
    Column("theme", String(24), nullable=False),
    Column("action", String(40)),
    Column("words", String(300)),
    # A copy of the member's, kept by bot.storage.ledger, so that a wall of one country costs the same at any size.
    Column("country", String(2)),
    # What its author wants; `on_wall` is what comes of it, and of what moderators say.
    Column("is_public", Boolean, nullable=False),
    Column("made_at", UTCDateTime, nullable=False),
    Column("edited_at", UTCDateTime),
    Column("state", String(8), nullable=False, server_default=OPEN),
    # Why moderators hid it, for its author to read.
    Column("reason", String(200)),
    # When its author was told so.
    Column("told_at", UTCDateTime),
    # Since when it waits for a moderator's look.
    Column("queued_at", UTCDateTime),
    Column("on_wall", Boolean, nullable=False, server_default=false()),
    Index("ix_pledge_member", "member_id", "guild_id"),
    Index("ix_pledge_guild", "guild_id", "on_wall", "id"),
    Index("ix_pledge_wall_theme", "guild_id", "theme", "id", **_ON_WALL),
    Index("ix_pledge_wall_country", "guild_id", "country", "id", **_ON_WALL),
    Index("ix_pledge_off_wall", "guild_id", "state", "id", **_OFF_WALL),
    Index("ix_pledge_queue", "guild_id", "queued_at", **_QUEUED),
)

tally = Table(
    "tally",
    metadata,
    # A server's id, or WHOLE_CAMPAIGN.
    Column("scope", BigInteger, primary_key=True, autoincrement=False, info=SOMETHING),
    Column("kind", String(10), primary_key=True),
    Column("key", String(24), primary_key=True),
    Column("count", BigInteger, nullable=False, info=SOMETHING),
)

shown = Table(
    "shown",
    metadata,
    # A server's channel, or the person in direct messages: ids are unique in all of Discord.
    Column("place", BigInteger, primary_key=True, autoincrement=False, info=PERSON),
    Column("kind", String(10), primary_key=True),
    Column("item", String(40), primary_key=True),
    Column("at", UTCDateTime, nullable=False),
)

report = Table(
    "report",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False, info=SOMETHING),
    Column("guild_id", BigInteger, nullable=False, info=SOMETHING),
    Column("pledge_id", BigInteger, ForeignKey("pledge.id", ondelete="CASCADE"), nullable=False, info=SOMETHING),
    # Who reported it.
    Column("member_id", BigInteger, nullable=False, info=PERSON),
    Column("words", String(200), nullable=False),
    Column("at", UTCDateTime, nullable=False),
    # Whether a moderator has looked since. It stays: the same member can't report the same pledge for ever.
    Column("is_closed", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("pledge_id", "member_id"),
    Index("ix_report_member", "member_id"),
)

block = Table(
    "block",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False, info=SOMETHING),
    Column("member_id", BigInteger, primary_key=True, autoincrement=False, info=PERSON),
    Column("reason", String(200), nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Index("ix_block_member", "member_id"),
)

role_holder = Table(
    "role_holder",
    metadata,
    # Who said yes to the supporter role of a server.
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False, info=SOMETHING),
    Column("member_id", BigInteger, primary_key=True, autoincrement=False, info=PERSON),
    # Which role they have of it: the server may have chosen another one since.
    Column("role_id", BigInteger, nullable=False, info=SOMETHING),
    Column("at", UTCDateTime, nullable=False),
    Index("ix_role_holder_member", "member_id"),
)

muted = Table(
    "muted",
    metadata,
    # A fact, quote or topic that a server does not want to see, or a date of the campaign that it does not want posted.
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False, info=SOMETHING),
    Column("kind", String(10), primary_key=True),
    Column("item", String(40), primary_key=True),
    Column("at", UTCDateTime, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, info=SOMETHING),
    Column("guild_id", BigInteger, nullable=False, info=SOMETHING),
    Column("at", UTCDateTime, nullable=False),
    # Who did it: none for what the bot does by itself, and for people who erased their data.
    Column("moderator_id", BigInteger, info=PERSON),
    Column("action", String(20), nullable=False),
    Column("pledge_id", BigInteger, info=SOMETHING),
    # Whom it concerns, if anybody.
    Column("member_id", BigInteger, info=PERSON),
    Column("details", String(300), nullable=False),
    Index("ix_audit_guild", "guild_id", "id"),
    Index("ix_audit_moderator", "moderator_id"),
    Index("ix_audit_member", "member_id"),
)

tombstone = Table(
    "tombstone",
    metadata,
    # Who had their data erased, and when: to be done again after an older backup is restored.
    Column("member_id", BigInteger, primary_key=True, autoincrement=False, info=PERSON),
    Column("at", UTCDateTime, nullable=False),
)

milestone = Table(
    "milestone",
    metadata,
    # A server's own date, beside the campaign's. Its id is the interaction's that added it: it never comes again, so
    # that no old button means another date, nor what was posted of one is taken for another's.
    Column("id", BigInteger, primary_key=True, autoincrement=False, info=SOMETHING),
    Column("guild_id", BigInteger, nullable=False, info=SOMETHING),
    Column("title", String(100), nullable=False),
    Column("month", Integer, nullable=False, info=SOMETHING),
    Column("day", Integer, nullable=False, info=SOMETHING),
    # When it first was; none where nobody knows, or it does not matter.
    Column("year", Integer, info=SOMETHING),
    Column("words", String(400), nullable=False),
    # Minutes after local midnight; none for the server's usual time.
    Column("post_at", Integer, info=SOMETHING),
    # Of 29 February in common years: whether it is remembered on 1 March, and not on 28 February.
    Column("in_march", Boolean, nullable=False, server_default=false()),
    Column("added_at", UTCDateTime, nullable=False),
    Index("ix_milestone_guild", "guild_id", "id"),
)

announcement = Table(
    "announcement",
    metadata,
    Column("id", Integer, primary_key=True, info=SOMETHING),
    Column("guild_id", BigInteger, nullable=False, info=SOMETHING),
    Column("kind", String(12), nullable=False),
    # What it is about, and on which local day (ISO 8601; empty where it belongs to no day). Once for ever.
    Column("subject", String(64), nullable=False),
    Column("occurrence", String(10), nullable=False),
    # Made from the four above: the nonce of its request, and what its message is found by.
    Column("key", String(24), nullable=False),
    Column("state", String(8), nullable=False, server_default=PLANNED),
    # When it is to be posted, by whose clock, and when that is too late.
    Column("due_at", UTCDateTime, nullable=False),
    Column("zone", String(40)),
    Column("post_at", Integer, info=SOMETHING),
    Column("expires_at", UTCDateTime),
    # When somebody has to look at it next; none for what is settled, or waits for something to be mended.
    Column("next_at", UTCDateTime),
    # When a request was last begun of which nobody knows whether it made a message; none where there is no such.
    Column("attempted_at", UTCDateTime),
    Column("attempts", Integer, nullable=False, server_default="0", info=SOMETHING),
    # The lease's number of who claimed it.
    Column("fence", Integer, info=SOMETHING),
    # Where it is posted: chosen when it is claimed, and kept whatever is chosen later.
    Column("channel_id", BigInteger, info=SOMETHING),
    # The body as it is sent, whole; gone as soon as it is posted.
    Column("body", Text),
    Column("message_id", BigInteger, info=SOMETHING),
    Column("sent_at", UTCDateTime),
    # Why it is where it is, in a word.
    Column("why", String(24)),
    # When moderators were told of the trouble with it.
    Column("told_at", UTCDateTime),
    UniqueConstraint("guild_id", "kind", "subject", "occurrence"),
    UniqueConstraint("key"),
    Index("ix_announcement_next", "next_at", **_WAITS),
    Index("ix_announcement_guild", "guild_id", "due_at"),
)

lease = Table(
    "lease",
    metadata,
    # Of several processes on one database, the one that posts.
    Column("name", String(20), primary_key=True),
    Column("holder", String(40), nullable=False),
    # Rises with each holder: who comes back after another took over has an older one.
    Column("fence", Integer, nullable=False, info=SOMETHING),
    Column("expires_at", UTCDateTime, nullable=False),
)

news = Table(
    "news",
    metadata,
    # What has changed since the outbox last looked: pledges of servers that announce them or have a wall channel, and
    # with the pledge 0 what a server chose.
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False, info=SOMETHING),
    Column("pledge_id", BigInteger, primary_key=True, autoincrement=False, info=SOMETHING),
)

target = Table(
    "target",
    metadata,
    # What a server has reached, once for ever: `goal:1000`, `country:KE`, `regions`.
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False, info=SOMETHING),
    Column("name", String(24), primary_key=True),
    Column("at", UTCDateTime, nullable=False),
    # In which post it is told; none for what was reached before targets were announced.
    Column("announcement_id", Integer, info=SOMETHING),
    Index("ix_target_announcement", "announcement_id"),
)

wall_post = Table(
    "wall_post",
    metadata,
    # In which post of the wall channel a public pledge stands.
    Column("pledge_id", BigInteger, primary_key=True, autoincrement=False, info=SOMETHING),
    Column("guild_id", BigInteger, nullable=False, info=SOMETHING),
    Column("announcement_id", Integer, nullable=False, info=SOMETHING),
    Index("ix_wall_post_announcement", "announcement_id"),
)
