"""Brings messages to Discord by discord.py's raw routes, and tells what became of each request."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import datetime
from typing import Any, TypeVar

import aiohttp
import discord
import structlog
from discord.http import Route

from bot.announcements import courier
from bot.announcements.budget import Budget
from bot.announcements.courier import (
    MARKER,
    AllStop,
    Body,
    NotYet,
    Place,
    Refused,
    Removed,
    Sent,
    Unclear,
)
from bot.cards.announcement import body_of, render
from bot.cards.announcement_notice import notice, place_for_notice
from bot.cards.permissions import me_in
from bot.storage.announcements import Announcement

log = structlog.get_logger("bot.delivery")

BANNED_FOR = 600.0
"""Seconds for which nothing is sent where Discord's network refuses all that comes from this machine."""

LONGEST_LIMIT = 30.0
"""Seconds that discord.py may wait out a rate limit; longer ones it raises, and they are waited for without it."""

A_PAGE, MOST_PAGES = 100, 30
"""Messages that are read of a history at once, and how often, before it counts as too long."""

_UNKNOWN_MESSAGE = 10008
T = TypeVar("T")


class Delivery:
    """The courier to the real Discord."""

    def __init__(self, client: discord.Client, budget: Budget) -> None:
        self._client = client
        self._budget = budget
        self._publishing: set[asyncio.Task[None]] = set()

    # What is known without asking.

    def look(self, guild_id: int, channel_id: int) -> Place:
        guild = self._client.get_guild(guild_id)
        if guild is None:
            return Place("server_left", may_search=False)
        me = me_in(guild)
        if guild.unavailable or me is None:
            return Place("server_away", may_search=False)
        channel = guild.get_channel(channel_id)
        if not isinstance(channel, discord.TextChannel):
            return Place("channel_gone", may_search=False)
        rights = channel.permissions_for(me)
        may_post = rights.view_channel and rights.send_messages
        may_search = rights.view_channel and rights.read_message_history
        return Place(None if may_post else "no_permission", may_search, channel.is_news())

    async def render(self, announcement: Announcement, channel_id: int) -> Body | None:
        guild = self._client.get_guild(announcement.guild_id)
        channel = guild and guild.get_channel(channel_id)
        if not isinstance(channel, discord.TextChannel):
            raise LookupError("the channel went while it was looked at")
        post = await render(self._client, announcement, channel)
        return None if post is None else body_of(post, announcement.guild_id)

    # Requests.

    async def send(self, channel_id: int, body: Body, key: str, within: float) -> Sent:
        asked_at = _now()
        await self._budget.turn()
        if _now() - asked_at > within:
            raise NotYet(0.0)
        message = await self._known(
            self._request("POST", "/channels/{channel_id}/messages", channel_id=channel_id)(
                json={**body, "nonce": key, "enforce_nonce": True}
            )
        )
        return Sent(int(message["id"]), int(message["channel_id"]), _has_key(message, key))

    async def find(self, channel_id: int, key: str, since: datetime) -> int | None:
        oldest, before = discord.utils.time_snowflake(since), None
        assert self._client.user is not None  # noqa: S101 (it is logged in)
        me = str(self._client.user.id)
        for _ in range(MOST_PAGES):
            asked: dict[str, Any] = {"limit": A_PAGE} | ({} if before is None else {"before": before})
            await self._budget.turn()
            page = await self._known(
                self._request("GET", "/channels/{channel_id}/messages", channel_id=channel_id)(params=asked)
            )
            for message in page:
                if message["author"]["id"] == me and _has_key(message, key):
                    return int(message["id"])
            before = min((int(message["id"]) for message in page), default=0)
            if len(page) < A_PAGE or before < oldest:
                return None
        raise Refused("no_history")

    async def edit(self, channel_id: int, message_id: int, body: Body) -> None:
        changed = {name: value for name, value in body.items() if name not in ("nonce", "enforce_nonce")}
        await self._budget.turn()
        await self._request(
            "PATCH", "/channels/{channel_id}/messages/{message_id}", channel_id=channel_id, message_id=message_id
        )(json=changed)

    async def delete(self, channel_id: int, message_id: int) -> None:
        await self._budget.turn()
        await self._request(
            "DELETE", "/channels/{channel_id}/messages/{message_id}", channel_id=channel_id, message_id=message_id
        )()

    def publish(self, channel_id: int, message_id: int) -> None:
        task = asyncio.ensure_future(self._publish(channel_id, message_id))
        self._publishing.add(task)
        task.add_done_callback(self._publishing.discard)

    async def _publish(self, channel_id: int, message_id: int) -> None:
        try:
            await self._budget.turn()
            await self._request(
                "POST",
                "/channels/{channel_id}/messages/{message_id}/crosspost",
                channel_id=channel_id,
                message_id=message_id,
            )()
        except (discord.DiscordException, aiohttp.ClientError, OSError) as trouble:
            log.info("a post was not published to other servers", channel=channel_id, trouble=type(trouble).__name__)

    async def tell(self, announcement: Announcement) -> bool:
        guild = self._client.get_guild(announcement.guild_id)
        try:
            channel = await place_for_notice(self._client, guild) if guild is not None else None
            if channel is None:
                log.info("no channel to tell moderators in", guild=announcement.guild_id, why=announcement.why)
                return False
            card = await notice(self._client, channel, announcement)
            await self._budget.turn()
            async with asyncio.timeout(courier.REQUEST_LIMIT):
                await channel.send(view=card)
        except Exception as trouble:
            log.warning("moderators were not told", guild=announcement.guild_id, exc_info=trouble)
            return False
        return True

    async def stop(self) -> None:
        """Ends what nobody waits for."""
        for task in (publishing := [*self._publishing]):
            task.cancel()
        if publishing:
            await asyncio.wait(publishing)

    def _request(self, method: str, path: str, **ids: Any) -> Callable[..., Coroutine[Any, Any, Any]]:
        """A request that ends in time, whatever happens. It raises what discord.py raises, and TimeoutError."""

        async def ask(**what: Any) -> Any:
            http = self._client.http
            try:
                async with asyncio.timeout(courier.REQUEST_LIMIT):
                    return await http.request(Route(method, path, **ids), **what)
            except TimeoutError:
                # Cut short while it waited out a limit on everything, it would leave that closed to all others.
                http._global_over.set()  # pyright: ignore[reportPrivateUsage]
                raise

        return ask

    async def _known(self, request: Awaitable[T]) -> T:
        """The answer to a request. Raises Undelivered in the kind that fits what went wrong."""
        try:
            return await request
        except discord.RateLimited as limit:
            raise NotYet(limit.retry_after) from limit
        except discord.HTTPException as error:
            raise _meaning(error) from error
        except aiohttp.ClientConnectorError as error:
            raise NotYet(5.0) from error  # there was no connection to send it on
        except (aiohttp.ClientError, OSError) as error:
            raise Unclear from error


def _meaning(error: discord.HTTPException) -> courier.Undelivered:
    """What an answer that refuses tells of the message."""
    if error.status == 401:
        return AllStop(None, "banned")
    if error.status == 429:
        return AllStop(BANNED_FOR)  # discord.py waits out all others, or raises RateLimited
    if error.status == 404:
        return Removed("removed") if error.code == _UNKNOWN_MESSAGE else Refused("channel_gone")
    if error.status == 403:
        return Refused("forbidden")
    if error.status >= 500 or error.status == 408:
        return Unclear()
    return Refused("invalid")


def _has_key(message: Mapping[str, Any], key: str) -> bool:
    """Whether a message carries the key of an announcement in one of its components."""
    wanted, left = MARKER + key, [*message.get("components", ())]
    while left:
        part = left.pop()
        if part.get("custom_id") == wanted:
            return True
        left += part.get("components", ())
        if accessory := part.get("accessory"):
            left.append(accessory)
    return False


def _now() -> float:
    return asyncio.get_running_loop().time()
