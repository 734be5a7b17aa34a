"""The database: one connection that writes, a few that only read, and one door for writing."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from itertools import groupby
from typing import Any, Protocol, TypeVar

import aiosqlite
from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.storage.cursor import QuickCursor
from bot.storage.errors import NotSaved, reason_of

R_co = TypeVar("R_co", covariant=True)
R = TypeVar("R")

MOST_IN_A_BATCH = 64
BUSY_TIMEOUT = 5000
"""Milliseconds to wait for another process that writes."""

READERS = 4

_EVERY_CONNECTION = (f"PRAGMA busy_timeout={BUSY_TIMEOUT}", "PRAGMA foreign_keys=ON")
_WRITER = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA secure_delete=ON")
_READER = ("PRAGMA query_only=ON", "PRAGMA wal_autocheckpoint=0")


class Operation(Protocol[R_co]):
    """A change to be stored: a frozen value, whose class stores many of them at once."""

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence[Any]) -> Sequence[R_co | Exception]:
        """Stores `batch`, a consecutive run of this class, within `tx`, and returns a result for each, in order.

        A result that is an exception is raised to its caller alone. It must be right when the same member or pledge
        stands in the batch several times, and must not commit: the writer owns the transaction.
        """
        ...


class Database:
    """An open database whose schema is up to date."""

    def __init__(self, url: str) -> None:
        self._writer = _engine(url, 1, (*_EVERY_CONNECTION, *_WRITER))
        self._readers = _engine(url, READERS, (*_EVERY_CONNECTION, *_READER))
        event.listen(self._writer.sync_engine, "begin", begin_at_once)
        event.listen(self._readers.sync_engine, "begin", _begin)
        self._waiting: deque[tuple[Operation[Any], asyncio.Future[Any]]] = deque()
        self._draining: asyncio.Task[None] | None = None
        self._is_closed = False

    async def write(self, operation: Operation[R]) -> R:
        """Stores `operation` and returns its result once it is safe on the disk.

        Raises what the operation raises, and NotSaved when disk or file make trouble: then nothing was stored. A
        caller that is cancelled breaks nothing; the operation is stored all the same.
        """
        if self._is_closed:
            raise NotSaved("closed")
        done: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((operation, done))
        # The task lives while there is work: one that rests would look like unfinished work to a simulated Discord,
        # and while it commits, the next batch gathers by itself.
        if self._draining is None or self._draining.done():
            self._draining = asyncio.create_task(self._drain())
        return await done

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncConnection]:
        """A connection that sees one state of the database and can't change it."""
        if self._is_closed:
            raise RuntimeError("the database is closed")  # an engine would quietly open a new connection
        async with self._readers.connect() as connection:
            try:
                yield connection
            finally:
                if self._is_closed:
                    await connection.invalidate()  # nobody else will close it

    async def close(self) -> None:
        """Stores what still waits, and closes every connection: one left open would keep its thread."""
        self._is_closed = True
        if self._draining is not None:
            await asyncio.wait({self._draining})
        await self._readers.dispose()
        await self._writer.dispose()

    async def _drain(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_IN_A_BATCH))]
            try:
                results = await self._store([operation for operation, _ in batch])
            except asyncio.CancelledError:
                for _, done in (*batch, *self._waiting):
                    done.cancel()  # the loop ends: nobody is left waiting for ever
                self._waiting.clear()
                raise
            for (_, done), result in zip(batch, results, strict=True):
                if done.done():
                    continue  # its caller was cancelled
                if isinstance(result, Exception):
                    done.set_exception(result)
                else:
                    done.set_result(result)

    async def _store(self, operations: Sequence[Operation[Any]]) -> list[Any]:
        """Results in order, exceptions among them. A failed batch is rolled back whole and tried one by one."""
        try:
            return await self._commit(operations)
        except Exception as error:
            if reason := reason_of(error):
                if reason in ("read_only", "damaged"):
                    await self._writer.dispose()  # a connection keeps to what it found; the next one looks again
                return [NotSaved(reason) for _ in operations]
            if len(operations) == 1:
                return [error]
            return [result for operation in operations for result in await self._store([operation])]

    async def _commit(self, operations: Sequence[Operation[Any]]) -> list[Any]:
        results: list[Any] = []
        async with self._writer.begin() as tx:
            for _, same_class in groupby(operations, key=type):
                run = list(same_class)
                stored = await run[0].apply(tx, run)
                if len(stored) != len(run):
                    raise RuntimeError(f"{type(run[0]).__name__} gave {len(stored)} results for {len(run)} operations")
                results.extend(stored)
        return results


def begin_at_once(tx: Connection) -> None:
    # A transaction that reads first and writes later would fail when another one wrote in between.
    tx.exec_driver_sql("BEGIN IMMEDIATE")


def _begin(tx: Connection) -> None:
    # Without it each statement would see a state of its own, and the numbers of one page would not fit together.
    tx.exec_driver_sql("BEGIN")


def _engine(url: str, size: int, pragmas: Sequence[str]) -> AsyncEngine:
    address = make_url(url).set(drivername="sqlite+aiosqlite")
    engine = create_async_engine(address, poolclass=AsyncAdaptedQueuePool, pool_size=size, max_overflow=0)

    def prepare(connection: Any, _: object) -> None:
        driver: aiosqlite.Connection = connection.driver_connection
        driver.cursor = lambda: QuickCursor(driver)  # pyright: ignore[reportAttributeAccessIssue]
        connection.isolation_level = None  # the driver begins no transactions of its own: the listeners do
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    event.listen(engine.sync_engine, "connect", prepare)
    return engine
