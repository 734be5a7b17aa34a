"""One Discord: its servers, people, messages and clock. Several live in one process and know nothing of each other."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

from tests.wire import payloads
from tests.wire.errors import refusal
from tests.wire.faults import Traps
from tests.wire.payloads import Object
from tests.wire.permissions import EVERYTHING, READ_MESSAGE_HISTORY, VIEW_CHANNEL, permissions_in
from tests.wire.ratelimits import Limits
from tests.wire.transcript import Transcript

if TYPE_CHECKING:
    from tests.wire.gateway import Gateway
    from tests.wire.interactions import Interactions

EPOCH = 1_420_070_400_000
"""Milliseconds: where Discord's ids begin to count."""

MOST_PRIVATE = 20_000
"""Private messages that are remembered, for buttons on them to be pressed."""


class World:
    """What one application meets. Everything in it is changed at once, between two awaits: two requests never mix."""

    gateway: "Gateway"
    interactions: "Interactions"

    def __init__(self, name: str, address: str, token: str) -> None:
        self.name, self.address, self.token = name, address, token
        self.transcript, self.traps, self.limits = Transcript(), Traps(), Limits()
        self.faults: list[str] = []
        """What nobody should have asked for: unknown routes, and bodies that Discord would refuse."""
        self.judges = True
        self.invalid = 0
        """Answers of 401, 403 and 429, of which Discord bears ten thousand in ten minutes."""
        self.shards = 1
        self.starts_left = 1000
        self.nonce_window = 300.0
        """Seconds in which a nonce is remembered."""
        self.offset = 0.0
        """Seconds that this Discord's clock is ahead of the machine's."""
        self._counter = count(1)
        self._waiters: list[tuple[Callable[[], Any], asyncio.Future[Any]]] = []
        self.me = payloads.user(self.new_id(), "uplift", bot=True)
        self.guilds: dict[str, Object] = {}
        self.channels: dict[str, Object] = {}
        self.threads: dict[str, Object] = {}
        self.members: dict[str, dict[str, Object]] = {}
        self.users: dict[str, Object] = {self.me["id"]: self.me}
        self.locales: dict[str, str] = {}
        self.messages: dict[str, dict[str, Object]] = {}
        self.private: OrderedDict[str, Object] = OrderedDict()
        self.commands: dict[str, list[Object]] = {"": []}
        """What is registered, by the server's id, and under the empty one for all."""
        self.nonces: dict[tuple[str, str], tuple[float, Object]] = {}
        self.uploads: dict[str, tuple[bytes, str]] = {}

    # Time and ids.

    def now(self) -> float:
        return time.time() + self.offset

    def new_id(self, late: float = 0.0) -> str:
        """A snowflake of now, or of `late` seconds ago."""
        milliseconds = int((self.now() - late) * 1000) - EPOCH
        return str((milliseconds << 22) | (next(self._counter) & 0x3FFFFF))

    def timestamp(self) -> str:
        return datetime.fromtimestamp(self.now(), UTC).isoformat()

    # Waiting for things to happen.

    def changed(self) -> None:
        """Looks whether what somebody waits for has come."""
        for waiter in [*self._waiters]:
            found, future = waiter[0](), waiter[1]
            if found and not future.done():
                future.set_result(found)
            if future.done():
                self._waiters.remove(waiter)

    async def until(self, look: Callable[[], Any], patience: float) -> Any:
        """What `look` finds, once it finds something. Raises TimeoutError."""
        if found := look():
            return found
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiters.append((look, future))
        return await asyncio.wait_for(future, patience)

    # Places and people.

    def channel(self, channel_id: str) -> Object:
        found = self.channels.get(channel_id) or self.threads.get(channel_id)
        if found is None:
            raise refusal(10003)
        return found

    def guild(self, guild_id: str) -> Object:
        if guild_id not in self.guilds or self.me["id"] not in self.members[guild_id]:
            raise refusal(10004)
        return self.guilds[guild_id]

    def member(self, guild_id: str, user_id: str) -> Object:
        found = self.members[guild_id].get(user_id)
        if found is None:
            raise refusal(10007)
        return found

    def permissions(self, channel: Object, user_id: str) -> int:
        """What somebody may do in a channel; a thread takes after its parent."""
        guild_id = channel.get("guild_id")
        if guild_id is None:
            return EVERYTHING
        member = self.members[guild_id].get(user_id)
        if member is None:
            return 0
        parent = self.channels.get(channel.get("parent_id") or "") if channel["id"] in self.threads else channel
        return permissions_in(self.guilds[guild_id], member, parent)

    def require(self, channel: Object, *bits: int) -> None:
        """Raises a refusal unless the bot sees the channel and has the permissions there."""
        held = self.permissions(channel, self.me["id"])
        if not held & VIEW_CHANNEL:
            raise refusal(50001)
        if not all(held & bit for bit in bits):
            raise refusal(50013)

    def dm_with(self, user_id: str) -> Object:
        if user_id not in self.users:
            raise refusal(50007)
        for channel in self.channels.values():
            if channel["type"] == payloads.DM and channel["recipients"][0]["id"] == user_id:
                return channel
        channel = payloads.dm_channel(self.new_id(), self.users[user_id])
        self.channels[channel["id"]] = channel
        return channel

    # Messages.

    def history(self, channel: Object) -> Iterable[Object]:
        """The messages that the bot may read, oldest first: none, and no error, without the permission."""
        if not self.permissions(channel, self.me["id"]) & READ_MESSAGE_HISTORY:
            return ()
        return self.messages.get(channel["id"], {}).values()

    def message(self, channel_id: str, message_id: str) -> Object:
        found = self.messages.get(channel_id, {}).get(message_id)
        if found is None:
            raise refusal(10008)
        return found

    def keep(self, message: Object) -> None:
        if message["flags"] & payloads.EPHEMERAL:
            self.private[message["id"]] = message
            if len(self.private) > MOST_PRIVATE:
                self.private.popitem(last=False)
            return
        self.messages.setdefault(message["channel_id"], {})[message["id"]] = message
        self.channel(message["channel_id"])["last_message_id"] = message["id"]

    def any_message(self, message_id: str) -> Object:
        """A message wherever it stands, private ones too. Raises LookupError."""
        if message_id in self.private:
            return self.private[message_id]
        for messages in self.messages.values():
            if message_id in messages:
                return messages[message_id]
        raise LookupError(f"there is no message {message_id}")
