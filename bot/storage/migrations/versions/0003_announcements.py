"""What servers want posted and when, their own dates, the outbox, and what of it stands where.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _guild()
    _milestone()
    _announcement()
    _beside_it()


def _guild() -> None:
    for name in ("announcement_channel_id", "wall_channel_id", "daily_channel_id", "ping_role_id"):
        op.add_column("guild", sa.Column(name, sa.BigInteger))
    op.add_column("guild", sa.Column("zone", sa.String(40)))
    op.add_column("guild", sa.Column("post_at", sa.Integer, nullable=False, server_default="540"))
    for name in ("posts_major", "posts_campaign", "posts_history", "posts_observances", "posts_targets"):
        op.add_column("guild", sa.Column(name, sa.Boolean, nullable=False, server_default=sa.true()))
    op.add_column("guild", sa.Column("posts_minor", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("guild", sa.Column("daily_kind", sa.String(8)))
    op.add_column("guild", sa.Column("daily_every", sa.String(8), nullable=False, server_default="daily"))
    for name in ("posts_since", "greeted_at"):
        op.add_column("guild", sa.Column(name, sa.DateTime))


def _milestone() -> None:
    op.create_table(
        "milestone",
        sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("month", sa.Integer, nullable=False),
        sa.Column("day", sa.Integer, nullable=False),
        sa.Column("year", sa.Integer),
        sa.Column("words", sa.String(400), nullable=False),
        sa.Column("post_at", sa.Integer),
        sa.Column("in_march", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("added_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_milestone"),
    )
    op.create_index("ix_milestone_guild", "milestone", ["guild_id", "id"])


def _announcement() -> None:
    op.create_table(
        "announcement",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("occurrence", sa.String(10), nullable=False),
        sa.Column("key", sa.String(24), nullable=False),
        sa.Column("state", sa.String(8), nullable=False, server_default="planned"),
        sa.Column("due_at", sa.DateTime, nullable=False),
        sa.Column("zone", sa.String(40)),
        sa.Column("post_at", sa.Integer),
        sa.Column("expires_at", sa.DateTime),
        sa.Column("next_at", sa.DateTime),
        sa.Column("attempted_at", sa.DateTime),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("fence", sa.Integer),
        sa.Column("channel_id", sa.BigInteger),
        sa.Column("body", sa.Text),
        sa.Column("message_id", sa.BigInteger),
        sa.Column("sent_at", sa.DateTime),
        sa.Column("why", sa.String(24)),
        sa.Column("told_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_announcement"),
        sa.UniqueConstraint(
            "guild_id", "kind", "subject", "occurrence", name="uq_announcement_guild_id_kind_subject_occurrence"
        ),
        sa.UniqueConstraint("key", name="uq_announcement_key"),
    )
    waits = sa.text("next_at IS NOT NULL")
    op.create_index("ix_announcement_next", "announcement", ["next_at"], sqlite_where=waits, postgresql_where=waits)
    op.create_index("ix_announcement_guild", "announcement", ["guild_id", "due_at"])


def _beside_it() -> None:
    op.create_table(
        "lease",
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("holder", sa.String(40), nullable=False),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )
    op.create_table(
        "news",
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("pledge_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "pledge_id", name="pk_news"),
    )
    op.create_table(
        "target",
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String(24), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("announcement_id", sa.Integer),
        sa.PrimaryKeyConstraint("guild_id", "name", name="pk_target"),
    )
    op.create_index("ix_target_announcement", "target", ["announcement_id"])
    op.create_table(
        "wall_post",
        sa.Column("pledge_id", sa.BigInteger, nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("announcement_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("pledge_id", name="pk_wall_post"),
    )
    op.create_index("ix_wall_post_announcement", "wall_post", ["announcement_id"])
