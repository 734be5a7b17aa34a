"""Several members pledge at the same time, and retry what was not acknowledged: the bot is killed meanwhile."""

import asyncio
import contextlib
import os
import random
import signal
import sqlite3
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from bot.storage.check import look_over
from bot.storage.pledges import MOST_IN_FORCE
from tests.crash.found import Found, compared
from tests.crash.runner import AT_RANDOM, beside
from tests.wire.child import Child
from tests.wire.client import Answer, Member, Use, WireError
from tests.wire.pledging import ALREADY, THANKS, form

MEMBERS = 6
MOST_BEFORE = MEMBERS * (MOST_IN_FORCE - 4)
"""Answers that a burst may have brought when the killer strikes."""

A_MOMENT = 0.02
"""Seconds, at most, between such an answer and the random killer: several times what a pledge takes."""

PATIENCE = 3.0
TRIES = 5

CALLBACK = "/interactions/*/callback"
RECEIVED, STORED = "the form is received", "the pledge is stored"
ANSWERING = {"the answer is seen": "seen", "the answer is applied": "applied", "the answer is given": "answered"}

COUNTRIES = ("", "Kenya", "Nepal", "Iceland")


@dataclass
class Promise:
    """What one member wants to promise, however often it is sent."""

    member: Member
    opened: Answer
    """The form that it is written in."""
    filled: dict[str, Any]
    sent: list[Use] = field(default_factory=list)
    is_acknowledged: bool = False

    @property
    def words(self) -> str:
        return str(self.filled["words"])

    async def hear(self) -> bool:
        """Whether it was acknowledged by now."""
        for use in self.sent:
            with contextlib.suppress(AssertionError):  # there is no message so far
                self.is_acknowledged |= (await use.now()).title in (THANKS, ALREADY)
        return self.is_acknowledged


class Pledges:
    """Subject of tests.crash.runner."""

    name: ClassVar[str] = "pledges"
    steps: ClassVar[Sequence[str]] = (RECEIVED, STORED, *ANSWERING)
    wrong_ways: ClassVar[Mapping[str, Literal["lost", "doubled"]]] = {
        "answer_before_commit": "lost",
        "commit_without_idempotence": "doubled",
    }

    def __init__(self, child: Child, rng: random.Random) -> None:
        self._child, self._wire, self._rng = child, child.wire, rng
        self._promises: list[Promise] = []
        self._looked_at = 0
        self._answers = asyncio.Semaphore(0)

    async def furnish(self) -> None:
        self._guild = await self._wire.guild()

    # Before it is killed.

    async def until_killed(self, step: str) -> None:
        members = [await self._wire.member(self._guild, f"member{number}") for number in range(MEMBERS)]
        opened = await asyncio.gather(*(form(self._child, member, self._guild.general) for member in members))
        ending = asyncio.ensure_future(self._child.end())
        self._answers = asyncio.Semaphore(0)
        async with self._killer(step):
            await asyncio.gather(*map(self._pledge, members, opened, [ending] * MEMBERS))
            await ending

    async def _pledge(self, member: Member, opened: Answer, ending: "asyncio.Future[Any]") -> None:
        """One pledge after the other, until there is no room for more or nobody answers."""
        home = self._rng.choice(COUNTRIES)
        for _ in range(MOST_IN_FORCE):
            words = f"I will listen first, and keep promise {len(self._promises)} of {self._wire.name}."
            filled = {"words": words, "country": home, "wall": self._rng.random() < 0.5}
            promise = Promise(member, opened, filled)
            self._promises.append(promise)
            try:
                use = await self._send(promise)
            except WireError:
                return  # nobody listens
            if await _before(ending, use.answered()) and await promise.hear():
                self._answers.release()
            elif ending.done():
                return

    async def _send(self, promise: Promise) -> Use:
        use = self._wire.submit(promise.member, promise.opened, **promise.filled)
        await use.delivered()
        promise.sent.append(use)
        return use

    # The killers.

    @contextlib.asynccontextmanager
    async def _killer(self, step: str) -> AsyncIterator[None]:
        """Lies in wait for the bot."""
        pid, before = self._child.pid, self._rng.randrange(MOST_BEFORE)
        if step in ANSWERING:
            await self._wire.kills(pid, "*", "*", ANSWERING[step], text=THANKS, skip=before)
            yield
        elif step == RECEIVED:
            # While another process writes, nothing is stored; after a second the bot says that it takes a while.
            with contextlib.closing(sqlite3.connect(self._child.database, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                await self._wire.kills(pid, "POST", CALLBACK, "seen")
                yield
        elif step == STORED:
            # Else the answer might be quicker than the killer.
            await self._wire.hangs("POST", CALLBACK, times=MEMBERS, skip=before)
            [(count,)] = self._child.rows("SELECT count(*) FROM pledge")
            one_more = self._child.killed_when("SELECT 1 WHERE (SELECT count(*) FROM pledge) > ?", count + before)
            async with beside(one_more):
                yield
        else:
            assert step == AT_RANDOM
            async with beside(self._strike(pid, before, self._rng.uniform(0, A_MOMENT))):
                yield

    async def _strike(self, pid: int, before: int, delay: float) -> None:
        for _ in range(before):
            await self._answers.acquire()
        await asyncio.sleep(delay)
        os.kill(pid, signal.SIGKILL)

    # After it.

    async def look(self) -> Found:
        stored = self._child.rows("SELECT words, count(*) FROM pledge GROUP BY words")
        kept = {str(words): int(count) for words, count in stored}
        waiting = [promise for promise in self._promises if not promise.is_acknowledged and not await promise.hear()]
        found = compared({promise.words: promise.is_acknowledged for promise in self._promises}, kept)
        over = await look_over(f"sqlite+aiosqlite:///{self._child.database}")
        found.faults += over.damage + over.miscounts
        found.numbers["pledges"] = len(self._promises) - self._looked_at
        found.numbers["unanswered"] = len(waiting)
        found.numbers["unanswered, yet stored"] = sum(promise.words in kept for promise in waiting)
        self._looked_at = len(self._promises)
        return found

    async def retry(self) -> None:
        await asyncio.gather(*(self._insist(one) for one in self._promises if not one.is_acknowledged))

    async def _insist(self, promise: Promise) -> None:
        """Discord delivers it again, or the member sends the form anew, or both at the same moment."""
        again, anew = self._rng.choice(((True, False), (False, True), (True, True)))
        for _ in range(TRIES):
            if again and promise.sent:
                await promise.sent[-1].again()
            if anew or not promise.sent:
                await self._send(promise)
            with contextlib.suppress(WireError):  # it is late; it is sent anew
                await promise.sent[-1].answered(PATIENCE)
            if await promise.hear():
                return
            again, anew = False, True
        raise AssertionError(f"never acknowledged: {promise.words}")


async def _before(ending: "asyncio.Future[Any]", looking: Coroutine[Any, Any, Any]) -> bool:
    """Waits for something. Returns whether it came, and before the bot ended."""
    task = asyncio.create_task(looking)
    await asyncio.wait({task, ending}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        return task.exception() is None
    task.cancel()
    return False
