"""Pledges, who made them, what is counted of them, and what was shown where.

Revision ID: 0001
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "guild",
        sa.Column("id", sa.BigInteger, nullable=False),
        sa.Column("added_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_guild"),
    )
    op.create_table(
        "member",
        sa.Column("id", sa.BigInteger, nullable=False),
        sa.Column("country", sa.String(2)),
        sa.Column("added_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_member"),
    )
    op.create_table(
        "pledge",
        sa.Column("id", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("theme", sa.String(24), nullable=False),
        sa.Column("action", sa.String(40)),
        sa.Column("words", sa.String(300)),
        sa.Column("country", sa.String(2)),
        sa.Column("is_public", sa.Boolean, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("edited_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_pledge"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_pledge_member_id_member"),
    )
    op.create_index("ix_pledge_member", "pledge", ["member_id", "guild_id"])
    public: dict[str, Any] = {"sqlite_where": sa.text("is_public = 1"), "postgresql_where": sa.text("is_public")}
    op.create_index("ix_pledge_wall", "pledge", ["guild_id", "id"], **public)
    op.create_index("ix_pledge_wall_theme", "pledge", ["guild_id", "theme", "id"], **public)
    op.create_index("ix_pledge_wall_country", "pledge", ["guild_id", "country", "id"], **public)
    op.create_table(
        "tally",
        sa.Column("scope", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("key", sa.String(24), nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("scope", "kind", "key", name="pk_tally"),
    )
    op.create_table(
        "shown",
        sa.Column("place", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("item", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("place", "kind", "item", name="pk_shown"),
    )
