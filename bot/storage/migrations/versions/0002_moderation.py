"""What moderators choose, decide and log; whom they block; who reported; who erased their data.

Revision ID: 0002
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _guild()
    _pledge()
    _reports()
    _tables_of_people()
    _log()


def _guild() -> None:
    for name in ("review_channel_id", "moderator_role_id", "supporter_role_id"):
        op.add_column("guild", sa.Column(name, sa.BigInteger))
    for name in ("allows_links", "reviews_pledges"):
        op.add_column("guild", sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false()))
    for name in ("left_at", "reminded_at"):
        op.add_column("guild", sa.Column(name, sa.DateTime))


def _pledge() -> None:
    op.add_column("pledge", sa.Column("state", sa.String(8), nullable=False, server_default="open"))
    op.add_column("pledge", sa.Column("reason", sa.String(200)))
    op.add_column("pledge", sa.Column("told_at", sa.DateTime))
    op.add_column("pledge", sa.Column("queued_at", sa.DateTime))
    op.add_column("pledge", sa.Column("on_wall", sa.Boolean, nullable=False, server_default=sa.false()))
    for name in ("ix_pledge_wall", "ix_pledge_wall_theme", "ix_pledge_wall_country"):
        op.drop_index(name, "pledge")
    op.execute("UPDATE pledge SET on_wall = is_public")
    op.create_index("ix_pledge_guild", "pledge", ["guild_id", "on_wall", "id"])
    on_wall: dict[str, Any] = {"sqlite_where": sa.text("on_wall = 1"), "postgresql_where": sa.text("on_wall")}
    op.create_index("ix_pledge_wall_theme", "pledge", ["guild_id", "theme", "id"], **on_wall)
    op.create_index("ix_pledge_wall_country", "pledge", ["guild_id", "country", "id"], **on_wall)
    off_wall: dict[str, Any] = {
        "sqlite_where": sa.text("is_public = 1 AND on_wall = 0"),
        "postgresql_where": sa.text("is_public AND NOT on_wall"),
    }
    op.create_index("ix_pledge_off_wall", "pledge", ["guild_id", "state", "id"], **off_wall)
    queued = sa.text("queued_at IS NOT NULL")
    op.create_index(
        "ix_pledge_queue", "pledge", ["guild_id", "queued_at"], sqlite_where=queued, postgresql_where=queued
    )


def _reports() -> None:
    op.create_table(
        "report",
        sa.Column("id", sa.BigInteger, nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("pledge_id", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("words", sa.String(200), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("is_closed", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("id", name="pk_report"),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name="fk_report_pledge_id_pledge", ondelete="CASCADE"),
        sa.UniqueConstraint("pledge_id", "member_id", name="uq_report_pledge_id_member_id"),
    )
    op.create_index("ix_report_member", "report", ["member_id"])


def _tables_of_people() -> None:
    op.create_table(
        "block",
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "member_id", name="pk_block"),
    )
    op.create_index("ix_block_member", "block", ["member_id"])
    op.create_table(
        "role_holder",
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("role_id", sa.BigInteger, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "member_id", name="pk_role_holder"),
    )
    op.create_index("ix_role_holder_member", "role_holder", ["member_id"])
    op.create_table(
        "tombstone",
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("member_id", name="pk_tombstone"),
    )


def _log() -> None:
    op.create_table(
        "muted",
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("item", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "kind", "item", name="pk_muted"),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("moderator_id", sa.BigInteger),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("pledge_id", sa.BigInteger),
        sa.Column("member_id", sa.BigInteger),
        sa.Column("details", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_guild", "audit", ["guild_id", "id"])
    op.create_index("ix_audit_moderator", "audit", ["moderator_id"])
    op.create_index("ix_audit_member", "audit", ["member_id"])
