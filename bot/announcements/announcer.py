"""Posts what is due by itself, for as long as the bot runs: one supervised task, of several processes only in one.

It rests until something is due, or somebody wakes the clock. Then it takes the lease, sees to what has changed, plans,
posts, and gives the lease back. Whenever it is ended, the next one finds in the database all that it needs.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import discord
import structlog

from bot.announcements import targets, wall
from bot.announcements.courier import AllStop, Courier
from bot.announcements.outbox import Mend, Outbox
from bot.announcements.planner import Known, Planner
from bot.services import Services
from bot.storage.announcements import Announcement, ahead_of
from bot.storage.database import Database
from bot.storage.errors import NotSaved, Unreadable
from bot.storage.guilds import SETTINGS
from bot.storage.lease import LASTS, EndLease, TakeLease, was_left
from bot.storage.outbox import TakeSettings, count_due, due, look, news_of, servers_to_plan
from bot.storage.outbox_care import LookAgain, Reconsider, servers_waiting
from bot.storage.tables import PLANNED
from bot.supervised import Supervised, new_id

log = structlog.get_logger("bot.announcer")

A_BATCH = 500
"""Announcements that are read at once: what changes meanwhile waits until they are posted, some seconds."""
A_PIECE = 100
"""Servers that are planned, or whose news are taken, before what is due has its turn."""

EACH_DAY = timedelta(days=1)
"""How often every server is planned anew: zones change their rules, and the campaign its content."""

OTHER_POSTS, TROUBLE, STUCK = timedelta(seconds=2), timedelta(seconds=5), timedelta(seconds=30)
"""Pauses: while another process posts; while the database makes trouble; until something is tried again."""
BESIDE_OTHERS = timedelta(minutes=10)
"""The longest pause for a day after another process posted."""
AT_LEAST = timedelta(milliseconds=100)
SERVER_LIMIT = 30.0
"""Seconds that the news or the plans of one server may take."""
RENEWED = LASTS.total_seconds() / 4


class Announcer(Supervised):
    """Does the rounds."""

    name = "the announcer"

    def __init__(self, services: Services, db: Database, courier: Courier, mend: Mend | None = None) -> None:
        """`mend`: what brings a message up to date that stands in its channel; the wall's posts unless given."""
        super().__init__()
        self._services = services
        self._clock = services.clock
        self._db = db
        self._courier = courier
        self._planner = Planner(services, db)
        self._outbox = Outbox(services, db, courier, mend or self._bring_up_to_date)
        self._holder = secrets.token_hex(8)
        self._planned_up_to: int | None = 0
        """While every server is planned anew: the last one so far."""
        self._all_planned_at: datetime | None = None
        self._to_plan: set[int] = set()
        self._changed: set[int] = set()
        self._stuck: dict[int, datetime] = {}
        """Servers whose news could not be taken, and when that is tried again."""
        self._knows_waiting = False
        self._last_now: datetime | None = None
        self._has_lease = False
        self._fence = 0
        """The lease's number in the last round."""
        self._other_seen_at: datetime | None = None
        """When another process posted."""
        self._in_trouble = False

    def start(self) -> None:
        """Begins, once the bot knows its servers. Called again, it looks anew at all of them."""
        self._planned_up_to = 0
        self._knows_waiting = False
        self._outbox.begin_anew()
        if self._task is None:
            self._begin(0.0)
        else:
            self._clock.wake()

    def look_at(self, guild_id: int) -> None:
        """The bot is in this server again: what comes there is planned, and what waits is tried again."""
        self._to_plan.add(guild_id)
        self._changed.add(guild_id)
        self._clock.wake()

    def reconsider(self, guild_id: int) -> None:
        """Something has changed in a server: should anything wait there, it is tried again."""
        if guild_id in self._outbox.waiting:
            self._changed.add(guild_id)
            self._clock.wake()

    async def _run(self, pause: float) -> None:
        await self._clock.nap(pause)
        while True:
            seen = self._clock.wakes
            try:
                again = await self.round()
            except (NotSaved, Unreadable) as trouble:
                self._tell_trouble(trouble)
                again = self._clock.now() + TROUBLE
                seen = self._clock.wakes  # whoever is woken meanwhile would only meet it again
            else:
                self._ends, self._in_trouble = 0, False
            await self._clock.nap_until(max(again, self._clock.now() + AT_LEAST), seen)

    def _tell_trouble(self, trouble: Exception) -> None:
        if not self._in_trouble:
            log.warning("the outbox can't be used at the moment", trouble=f"{type(trouble).__name__}: {trouble}")
        self._in_trouble = True

    async def round(self) -> datetime:
        """Does all that there is to do now; returns when there is something again, if nobody wakes the clock before.

        Raises NotSaved and Unreadable of the storage.
        """
        now = self._clock.now()
        if self._last_now is None:
            await self._db.write(LookAgain(now))  # nobody knows by which clock the one before reckoned its pauses
        elif now < self._last_now - timedelta(minutes=1):
            log.warning("the clock was set back", seconds=(self._last_now - now).total_seconds())
            await self._db.write(LookAgain(now))
            self._planned_up_to = 0
        self._last_now = now
        async with self._db.read() as connection:
            next_at, has_news = await look(connection)
        if not has_news and not self._has_work(now) and (next_at is None or next_at > now):
            return self._next(next_at, now)
        async with self._db.read() as connection:
            is_left = await was_left(connection, self._holder)
        fence = await self._db.write(TakeLease(self._holder, now))
        if fence is None:
            self._other_seen_at = now
            return now + OTHER_POSTS
        self._heed_others(fence, is_left)
        self._has_lease = True
        renewing = asyncio.ensure_future(self._renew(fence))
        try:
            return await self._work(fence)
        finally:
            renewing.cancel()
            # Not waited for: it may be that the bot is closing, and the database is stuck.
            self._db.begin_writing(EndLease(fence)).add_done_callback(_heed)

    def _heed_others(self, fence: int, is_left: bool) -> None:
        """Another process that posted since the last round has taken what was news: it is read here, too.

        `is_left`: it has died in the middle, and may have planned nothing of it.
        """
        if is_left:
            self._planned_up_to = 0
        if is_left or fence not in (self._fence, self._fence + 1):
            self._services.guilds.forget_all()
            self._other_seen_at = self._clock.now()
        self._fence = fence

    def _has_work(self, now: datetime) -> bool:
        if self._all_planned_at is not None and not now - EACH_DAY < self._all_planned_at <= now + EACH_DAY:
            self._planned_up_to = 0 if self._planned_up_to is None else self._planned_up_to
        return self._planned_up_to is not None or bool(self._to_plan) or bool(self._changed)

    def _next(self, next_at: datetime | None, now: datetime) -> datetime:
        quiet = self._outbox.quiet_until(now)
        soonest = [now + EACH_DAY, *self._stuck.values()]
        if self._other_seen_at is not None and abs(now - self._other_seen_at) < EACH_DAY:
            soonest.append(now + BESIDE_OTHERS)  # nobody is woken by what another one plans, and it may have died since
        if next_at is not None:
            soonest.append(max(next_at, quiet or next_at))
        return min(soonest)

    async def _renew(self, fence: int) -> None:
        """Keeps the lease while a round goes on; once it is lost, the round ends by itself."""
        while self._has_lease:
            await self._clock.nap(RENEWED)
            try:
                self._has_lease = await self._db.write(TakeLease(self._holder, self._clock.now())) == fence
            except NotSaved:
                continue  # it holds for a while yet

    async def _work(self, fence: int) -> datetime:
        await self._outbox.save_rest()
        posted = 0
        while True:
            moved = await self._mind_changes()
            moved += await self._take_news()
            moved += await self._plan_some()
            now = self._clock.now()
            if not self._has_lease:
                return now + OTHER_POSTS
            is_stuck = False
            if self._outbox.quiet_until(now) is None:
                async with self._db.read() as connection:
                    rows = await due(connection, now, A_BATCH)
                    left = await count_due(connection, now) if len(rows) == A_BATCH else 0
                done = await self._outbox.post(rows, fence)
                posted, moved, is_stuck = posted + done, moved + done, bool(rows) and not done
                if left:
                    log.info("announcements under way", posted=posted, left=left - done)
            if is_stuck or not moved:
                break
        if posted > 1:
            log.info("a round of announcements is over", dealt_with=posted)
        now = self._clock.now()
        async with self._db.read() as connection:
            next_at, has_news = await look(connection)
        again = self._next(next_at, now)
        if is_stuck:
            again = max(again, now + TROUBLE)
        return min(again, now + STUCK) if has_news or self._has_work(now) else again

    # What has changed.

    async def _mind_changes(self) -> int:
        if not self._knows_waiting:
            # Nobody told of what happened while the bot was away.
            async with self._db.read() as connection:
                self._changed |= await servers_waiting(connection)
            self._knows_waiting = True
        if not self._changed:
            return 0
        changed, self._changed = self._changed, set()
        self._outbox.waiting -= changed
        await self._db.write(Reconsider(tuple(changed), self._clock.now()))
        return len(changed)

    async def _take_news(self) -> int:
        """Follows what changed in servers; those with which that does not work are left for later."""
        now, after, taken = self._clock.now(), 0, 0
        self._stuck = {id: until for id, until in self._stuck.items() if now < until <= now + STUCK}
        while True:
            async with self._db.read() as connection:
                news = await news_of(connection, after, A_PIECE)
            if not news:
                break
            after = max(news)
            news = {id: ids for id, ids in news.items() if id not in self._stuck}
            done = [id for id, ids in news.items() if await self._safely(id, self._take_news_of, id, ids)]
            chosen = tuple(id for id in done if SETTINGS in news[id])
            if chosen:
                await self._db.write(TakeSettings(chosen))
                self._know_anew(chosen)
            taken += len(done)
        return taken

    def _know_anew(self, guild_ids: Iterable[int]) -> None:
        for guild_id in guild_ids:
            # What was chosen is stored; but whoever stored it may not have come to forget what was known before.
            self._services.guilds.forget(guild_id)  # its own dates go with it
            self._to_plan.add(guild_id)
            self._changed.add(guild_id)

    async def _take_news_of(self, guild_id: int, ids: set[int]) -> None:
        told = sorted(ids)
        await wall.take_news(self._services, guild_id, told)
        await targets.take_news(self._services, guild_id, told)

    async def _safely(self, guild_id: int, work: "Callable[..., Awaitable[None]]", *words: object) -> bool:
        """Does something for one server; what goes wrong there concerns no other. Raises NotSaved and Unreadable."""
        try:
            async with asyncio.timeout(SERVER_LIMIT):
                await work(*words)
        except (NotSaved, Unreadable):
            raise
        except Exception as error:
            log.error("a server could not be planned", guild=guild_id, error_id=new_id(), exc_info=error)
            self._stuck[guild_id] = self._clock.now() + STUCK
            return False
        return True

    # Planning.

    async def _plan_some(self) -> int:
        """Plans the servers that changed; and while every one is to be planned, some more of them."""
        self._to_plan |= self._outbox.moved_on
        self._outbox.moved_on.clear()
        if self._planned_up_to is not None:
            async with self._db.read() as connection:
                following = await servers_to_plan(connection, self._planned_up_to, A_PIECE)
            self._to_plan |= set(following)
            self._planned_up_to = max(following, default=None)
            if not following:
                self._all_planned_at = self._clock.now()
        in_order = sorted(id for id in self._to_plan if id not in self._stuck)
        for start in range(0, len(in_order), A_PIECE):
            await self._plan_these(in_order[start : start + A_PIECE])
        return len(in_order)

    async def _plan_these(self, guild_ids: Sequence[int]) -> None:
        """Plans them all at once: they are read together, and what is written of them shares its way to the disk."""
        known = await self._planner.read(guild_ids)
        planning = [self._safely(guild_id, self._plan, guild_id, known) for guild_id in guild_ids]
        # Trouble with the database ends each of them; it is told once all have come to their end.
        for guild_id, done in zip(guild_ids, await asyncio.gather(*planning, return_exceptions=True), strict=True):
            if isinstance(done, BaseException):
                raise done
            if done:
                self._to_plan.discard(guild_id)

    async def _plan(self, guild_id: int, known: Known) -> None:
        await self._planner.plan(guild_id, known)
        await self._warn(guild_id)

    async def _warn(self, guild_id: int) -> None:
        """Tells moderators before the hour comes where what is planned could not be posted; once, as always."""
        channel_id = (await self._services.guilds.of(guild_id)).announcement_channel_id
        trouble = None if channel_id is None else self._courier.look(guild_id, channel_id).trouble
        if trouble not in ("channel_gone", "no_permission"):
            return
        async with self._db.read() as connection:
            ahead = await ahead_of(connection, guild_id)
        row = next((row for row in ahead if row.state == PLANNED and row.kind in ("anniversary", "own")), None)
        if row is not None:
            await self._outbox.tell(replace(row, channel_id=channel_id, why=trouble))

    async def _bring_up_to_date(self, row: Announcement) -> None:
        try:
            await wall.bring_up_to_date(self._services, self._courier, row)
        except discord.HTTPException as error:
            raise AllStop(None) from error


def _heed(done: "asyncio.Future[None]") -> None:
    """What could not be given back runs out by itself."""
    if not done.cancelled():
        done.exception()
