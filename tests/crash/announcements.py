"""Several servers have a post due at the same minute, day after day: the bot is killed meanwhile, and comes back.

The bot's clock and Discord's are one, and moved from here. Which days there are is the bot's own plan; what stands in
the channels on them is not asked of its database.
"""

import asyncio
import contextlib
import os
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Literal

from bot.storage.check import look_over
from tests.crash.found import Found, compared
from tests.crash.runner import AT_RANDOM, beside
from tests.wire.announcing import POSTING, THE_DAY, Announcing
from tests.wire.child import Child

TOWNS = 6

A_MOMENT = 0.4
"""Seconds, at most, between the hour and the random killer: so long the bot takes to see it, and a burst."""

LEASE_OVER, NONCE_FORGOTTEN = 21.0, 400.0
"""Seconds: after the one, another process may post; after the other, Discord knows no nonce any more."""

TRIES = 6
"""Times LEASE_OVER: within that much, whatever is in doubt is known."""

PLANNED, CLAIMED, CONFIRMED = "it is planned", "it is claimed", "it is confirmed"
ANSWERING = {"its request is seen": "seen", "its request is applied": "applied", "its request is answered": "answered"}
LATE = ", back when the nonce is forgotten"

_DOUBTFUL = (CLAIMED, *ANSWERING)
_STEPS = (PLANNED, *_DOUBTFUL, CONFIRMED)

_LEASED = "SELECT 1 FROM lease WHERE name = 'outbox' AND fence > ?"
_FENCE = "SELECT fence FROM lease WHERE name = 'outbox'"
_AT_REST = "SELECT count(*) FROM lease WHERE name = 'outbox' AND expires_at < ?"
_BEGUN = "SELECT 1 WHERE (SELECT count(*) FROM announcement WHERE state IN ('claimed', 'sent')) > ?"
_SENT = "SELECT 1 WHERE (SELECT count(*) FROM announcement WHERE state = 'sent') > ?"
_COUNT = "SELECT count(*) FROM announcement WHERE state IN ('claimed', 'sent')"
_IN_DOUBT = "SELECT guild_id FROM announcement WHERE state = 'claimed'"
_AHEAD = "FROM announcement WHERE state = 'planned' AND due_at > ?"
_NOTHING_DUE = "SELECT count(*) = 0 FROM announcement WHERE next_at <= ?"
_OPEN = "SELECT count(*) FROM announcement WHERE due_at <= ? AND next_at IS NOT NULL"


class Announcements:
    """Subject of tests.crash.runner."""

    name: ClassVar[str] = "announcements"
    steps: ClassVar[Sequence[str]] = (*_STEPS, *(f"{step}{LATE}" for step in _DOUBTFUL))
    wrong_ways: ClassVar[Mapping[str, Literal["lost", "doubled"]]] = {
        "note_before_posting": "lost",
        "post_with_any_nonce": "doubled",
    }

    def __init__(self, child: Child, rng: random.Random) -> None:
        self._child, self._wire, self._rng = child, child.wire, rng
        self._news = Announcing(child)
        self._days: list[str] = []
        self._is_due = False
        """Whether the posts of the last day must all be there by now."""
        self._in_doubt: set[str] = set()

    async def furnish(self) -> None:
        await self._news.found(TOWNS, THE_DAY - timedelta(minutes=10), posts_minor=1)

    # Before it is killed.

    async def until_killed(self, step: str) -> None:
        hour = await self._next_hour()
        self._days.append(f"{hour:%Y-%m-%d}")
        self._is_due = False
        step, is_late = step.removesuffix(LATE), step.endswith(LATE)
        async with self._killer(step):
            await self._news.moves_to(hour)
            if step == AT_RANDOM:
                await asyncio.sleep(self._rng.uniform(0, A_MOMENT))
                os.kill(self._child.pid, signal.SIGKILL)
            await self._child.end()
        self._in_doubt = {str(guild) for (guild,) in self._child.rows(_IN_DOUBT)}
        away = self._rng.choice((0.0, self._rng.uniform(0, 120), NONCE_FORGOTTEN)) if step == AT_RANDOM else 0.0
        await self._news.passes(NONCE_FORGOTTEN if is_late else away)

    async def _next_hour(self) -> datetime:
        """When all have something due again, once all of it is planned."""
        now = _stored(self._child.time.now())
        await self._child.finds(f"SELECT count(*) = ? {_AHEAD}", TOWNS, now)
        await self._child.finds(_AT_REST, now)
        [(hour, last)] = self._child.rows(f"SELECT min(due_at), max(due_at) {_AHEAD}", now)
        assert hour == last, "they have the same dates, at the same minute"
        return datetime.fromisoformat(hour).replace(tzinfo=UTC)

    @contextlib.asynccontextmanager
    async def _killer(self, step: str) -> AsyncIterator[None]:
        """Lies in wait for the bot."""
        before = self._rng.randrange(TOWNS)
        if step in ANSWERING:
            await self._wire.kills(self._child.pid, *POSTING, ANSWERING[step], skip=before)
            yield
        elif step == AT_RANDOM:
            yield
        else:
            [(fence,)], [(count,)] = self._child.rows(_FENCE), self._child.rows(_COUNT)
            about = {PLANNED: (_LEASED, fence), CLAIMED: (_BEGUN, count + before), CONFIRMED: (_SENT, count + before)}
            if step != CONFIRMED:
                # Else the answers might be quicker than the killer.
                await self._wire.slow(*POSTING, 0.2, times=TOWNS)
            async with beside(self._child.killed_when(*about[step])):
                yield

    # After it.

    async def look(self) -> Found:
        kept, here = Counter[str](), set[str]()
        for town in self._news.towns:
            for post in await self._news.posts(town):
                day = post.message["timestamp"][:10]
                kept[f"{town.guild.id} on {day}"] += 1
                if day == self._days[-1]:
                    here.add(town.guild.id)
        due = self._days if self._is_due else self._days[:-1]
        told = {f"{town.guild.id} on {day}": day in due for town in self._news.towns for day in self._days}
        found = compared(told, kept)
        found.faults += [f"nothing is due there: {which}" for which in kept.keys() - told.keys()]
        over = await look_over(f"sqlite+aiosqlite:///{self._child.database}")
        found.faults += over.damage + over.miscounts
        if not self._is_due:
            found.numbers["posts"] = TOWNS
            found.numbers["in doubt"] = len(self._in_doubt)
            found.numbers["in doubt, yet posted"] = len(self._in_doubt & here)
        return found

    async def retry(self) -> None:
        """Time goes on until nothing is open."""
        for _ in range(TRIES):
            await self._news.passes(LEASE_OVER)
            now = _stored(self._child.time.now())
            await self._child.finds(_NOTHING_DUE, now)
            if not self._child.rows(_OPEN, now)[0][0]:
                self._is_due = True
                return
        raise AssertionError(f"never settled: {self._news.states()}")


def _stored(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
