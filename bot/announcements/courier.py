"""What the outbox needs of Discord, and how a request to post something can end. A simulation takes Discord's part."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeAlias

from bot.storage.announcements import Announcement

Body: TypeAlias = Mapping[str, Any]
"""A message as Discord takes it: JSON, without the nonce."""

REQUEST_LIMIT = 20.0
"""Seconds after which a request is given up; none is alive that was begun longer ago."""

MARKER = "post:"
"""Stands before an announcement's key in the custom_id of a button: what its message is found by, and known by."""


@dataclass(frozen=True, slots=True)
class Place:
    """A channel, by what the bot knows of it without asking."""

    trouble: str | None
    """Why nothing can be posted there: `server_away`, `server_left`, `channel_gone` or `no_permission`."""
    may_search: bool = True
    """Whether its history may be read: without the right Discord gives an empty one, and no error."""
    publishes: bool = False
    """Whether it is an announcement channel, whose messages other servers follow."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The message that stands in a channel now: made by this request, or by an earlier one with the same nonce."""

    message_id: int
    channel_id: int
    is_ours: bool = True
    """False for a message without the announcement's key: somebody used its nonce for something else."""


class Undelivered(Exception):
    """A request that ended without a message that we know of; `why` is the word that the outbox keeps."""

    def __init__(self, why: str = "discord_down") -> None:
        super().__init__(why)
        self.why = why


class Refused(Undelivered):
    """No message was made, and none will be until something there is mended."""


class NotYet(Undelivered):
    """No message was made; the next request may be sent after so many seconds."""

    def __init__(self, seconds: float, why: str = "discord_down") -> None:
        super().__init__(why)
        self.seconds = seconds


class Removed(Undelivered):
    """It had been posted, and somebody removed the message since."""


class Unclear(Undelivered):
    """Nobody knows whether a message was made: the answer was lost, or tells of trouble at Discord."""


class AllStop(Undelivered):
    """No message was made, and Discord takes nothing at all from us: for so many seconds, or with None for good."""

    def __init__(self, seconds: float | None, why: str = "banned") -> None:
        super().__init__(why)
        self.seconds = seconds


class Courier(Protocol):
    """Brings messages to Discord, each when the posting budget has room for it."""

    def look(self, guild_id: int, channel_id: int) -> Place:
        """The place as it is known at this moment, without any request."""
        ...

    async def render(self, announcement: Announcement, channel_id: int) -> Body | None:
        """What is to be posted; None where there is nothing left to say. Raises whatever may go wrong."""
        ...

    async def send(self, channel_id: int, body: Body, key: str, within: float) -> Sent:
        """Posts it once, with the key as its nonce; begins no request later than `within` seconds from now.

        Raises Undelivered in one of its kinds.
        """
        ...

    async def find(self, channel_id: int, key: str, since: datetime) -> int | None:
        """The id of our message with this key in the channel's history since then; None where there is none.

        Raises Undelivered where that can't be found out: Refused, where it never can.
        """
        ...

    async def edit(self, channel_id: int, message_id: int, body: Body) -> None:
        """Changes a message of ours. Raises what discord.py raises."""
        ...

    async def delete(self, channel_id: int, message_id: int) -> None:
        """Removes a message of ours. Raises what discord.py raises."""
        ...

    def publish(self, channel_id: int, message_id: int) -> None:
        """Lets the servers that follow an announcement channel have it; nobody waits for that."""
        ...

    async def tell(self, announcement: Announcement) -> bool:
        """Tells a server's moderators why something was not posted; whether that could be done. Never raises."""
        ...
