"""The database of a world as nothing of the product sees it: furnished before it begins, and read past it."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.sim.model import Chosen
from tests.sim.story import SWITCHES, Server


@dataclass(frozen=True)
class Stored:
    path: Path

    def rows(self, question: str, *values: object) -> list[Any]:
        with closing(sqlite3.connect(self.path)) as reader:
            reader.row_factory = sqlite3.Row
            return reader.execute(question, values).fetchall()

    def furnish(self, server: Server, since: datetime) -> None:
        """What a server had chosen before the story begins."""
        chosen, long_ago = server.chosen, _as_text(since)
        row: dict[str, Any] = {switch: switch in chosen.on for switch in SWITCHES}
        row |= {"id": server.id, "added_at": long_ago, "posts_since": long_ago, "zone": chosen.zone}
        row |= {"post_at": chosen.post_at, "announcement_channel_id": chosen.announcement_channel_id}
        row |= {"daily_channel_id": chosen.daily_channel_id, "daily_kind": chosen.daily_kind}
        row |= {"wall_channel_id": server.wall_channel_id}
        with closing(sqlite3.connect(self.path)) as writer, writer:
            _insert(writer, "guild", row)
            for id, month, day, post_at in chosen.own:
                own = {"id": id, "guild_id": server.id, "title": f"Date {id}", "month": month, "day": day}
                _insert(writer, "milestone", own | {"words": "", "post_at": post_at, "added_at": long_ago})

    def chosen(self, server: Server) -> Chosen:
        """What it has chosen by now."""
        [row] = self.rows("SELECT * FROM guild WHERE id = ?", server.id)
        names = ("zone", "post_at", "announcement_channel_id", "daily_channel_id", "daily_kind")
        on = frozenset(switch for switch in SWITCHES if row[switch])
        return replace(server.chosen, **{name: row[name] for name in names}, on=on)

    def was_chosen(self, server: Server, at: datetime) -> bool:
        """Whether its last choice is of this moment."""
        [row] = self.rows("SELECT max(at) AS last FROM audit WHERE guild_id = ?", server.id)
        return bool(row["last"] == _as_text(at))


def _insert(writer: sqlite3.Connection, table: str, row: dict[str, Any]) -> None:
    writer.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", [*row.values()])  # noqa: S608


def _as_text(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(" ", "microseconds")
