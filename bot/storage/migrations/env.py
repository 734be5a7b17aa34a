"""Alembic's entry: runs migrations on the connection that bot.storage.migrate opened."""

from alembic import context

from bot.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
    transaction_per_migration=True,  # killed half-way, each migration is whole or not there at all
)
with context.begin_transaction():
    context.run_migrations()
