"""What a world has come to, against what it should have."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from bot.storage.announcements import key_of
from bot.storage.recount import differences
from tests.sim.channels import Message
from tests.sim.model import Key
from tests.sim.process import Databases
from tests.sim.world import World

_A_MOMENT = timedelta(seconds=1)
_ALIVE = timedelta(seconds=30)
"""How long a request may be under way."""
_SETTLED = ("sent", "expired", "refused", "unknown", "dropped")


class Judge:
    """Looks at everything once all is over."""

    def __init__(self, world: World, databases: Databases) -> None:
        self._world, self._databases = world, databases
        self._rows: dict[str, Any] = {row["key"]: row for row in world.stored.rows("SELECT * FROM announcement")}
        self._standing = [one for one in world.discord.messages if not one.is_deleted]

    async def faults(self) -> list[str]:
        found = [*self._posted_twice(), *self._posted_wrongly(), *self._not_posted(), *self._left_over(), *self._wall()]
        return [*found, *await self._tallies()]

    def _posted_twice(self) -> Iterator[str]:
        for key in self._world.discord.doubled:
            yield f"doubled: {self._name(key)}"

    def _posted_wrongly(self) -> Iterator[str]:
        stood_still = self._world.stood_still()
        for message in self._world.discord.messages:
            key, kind, guild_id = message.body["key"], message.body["kind"], message.body["guild"]
            row = self._rows.get(key)
            if row is None:
                yield f"unknown post: {key}"
            elif row["state"] == "sent" and row["message_id"] != message.id and not message.is_deleted:
                yield f"{self._name(key)} is taken for another message"
            elif row["state"] not in ("sent", "unknown", "dropped") and not self._is_beyond_knowing(message):
                yield f"{self._name(key)} stands there, and counts as {row['state']}"
            if kind in ("anniversary", "own", "daily"):
                which: Key = (kind, message.body["subject"], message.body["day"])
                if not self._world.models[guild_id].may_be_asked_for(which, message.asked_at - stood_still, message.at):
                    yield f"wrong time: {self._name(key)}, asked for at {message.asked_at} by the bot's clock"

    def _is_beyond_knowing(self, message: Message) -> bool:
        """Whether it was not there any more as it was looked for; or not yet, by a clock that said it must be."""
        came_late = any(timedelta(0) <= message.at + _ALIVE - at < 2 * _ALIVE for at in self._world.set_forward_at)
        return message.is_deleted or came_late

    def _not_posted(self) -> Iterator[str]:
        for guild_id, model in self._world.models.items():
            for (kind, subject, day), due in model.due().items():
                key = key_of(guild_id, kind, subject, day)  # pyright: ignore[reportArgumentType]
                at = min((one.at for one in self._world.discord.messages if one.body["key"] == key), default=None)
                row = self._rows.get(key)
                if key in self._world.poisoned:
                    if row is None or row["state"] not in ("refused", "expired", "dropped"):
                        yield f"not told: {self._name(key)}, which can't be rendered"
                elif due.owed_by and (at is None or at > due.owed_by[0] + _A_MOMENT) and not self._is_asked(row):
                    yield f"lost: {self._name(key)}, due until {due.owed_by[0]:%d %H:%M}, posted {at}"
                elif row is None and kind != "daily" and model.is_wanted_still((kind, subject, day), due):
                    yield f"not known any more: {guild_id} {kind} {subject} {day}"

    def _is_asked(self, row: Any) -> bool:
        """Whether moderators have to decide, since nobody can know."""
        return (
            row is not None and row["state"] == "unknown" and row["why"] in ("no_history", "channel_gone", "no_channel")
        )

    def _left_over(self) -> Iterator[str]:
        keys = {message.body["key"] for message in self._world.discord.messages}
        for key, row in self._rows.items():
            if row["state"] == "sent" and key not in keys:
                yield f"lost: {self._name(key)} counts as posted"
            is_late = datetime.fromisoformat(row["due_at"] + "+00:00") < self._world.time() + self._world.ahead
            if row["state"] not in _SETTLED and is_late:
                yield f"left over: {self._name(key)} is {row['state']}"
        if self._world.stored.rows("SELECT 1 FROM news"):
            yield "left over: news"

    def _wall(self) -> Iterator[str]:
        """Each public pledge stands in one post, as it is now; none else does; targets are told once."""
        walls = {server.id for server in self._world.story.servers if server.wall_channel_id is not None}
        pledges = self._world.stored.rows("SELECT id, guild_id, words FROM pledge WHERE on_wall")
        wanted = {(row["id"], row["words"]) for row in pledges if row["guild_id"] in walls}
        shown = Counter((id, words) for one in self._standing for id, words in one.body.get("pledges", ()))
        removed = [one for one in self._world.discord.messages if one.is_removed]
        not_again = {id for one in removed for id, _ in one.body.get("pledges", ())}
        for id, words in sorted(wanted - shown.keys()):
            if id in not_again:
                continue
            yield f"lost: pledge {id} is not on the wall: {words}"
        for id, words in sorted(shown.keys() - wanted):
            yield f"pledge {id} is on the wall, and should not: {words}"
        for (id, _), count in shown.items():
            if count > 1:
                yield f"doubled: pledge {id} stands {count} times on the wall"
        told = Counter((one.body["guild"], name) for one in self._standing for name in one.body.get("told", ()))
        for (guild_id, name), count in told.items():
            if count > 1:
                yield f"doubled: server {guild_id} is told {count} times of {name}"

    async def _tallies(self) -> list[str]:
        database = self._databases.take()
        async with database.read() as connection:
            found = [str(one) for one in await differences(connection)]
        await database.leave()
        self._databases.give_back(database)
        return found

    def _name(self, key: str) -> str:
        row = self._rows.get(key)
        if row is None:
            return key
        about = " ".join(str(row[name]) for name in ("guild_id", "kind", "subject", "occurrence") if row[name])
        return f"{about} ({row['state']}, {row['why']}, {row['attempts']} attempts)"
