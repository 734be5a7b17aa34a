"""The database: one connection that writes, a few that only read, and one door for writing."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from itertools import groupby
from typing import Any, Protocol, TypeVar

import aiosqlite
from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.storage.cursor import QuickCursor
from bot.storage.errors import NotSaved, Unusable, reason_of
from bot.storage.together import Together

R_co = TypeVar("R_co", covariant=True)
R = TypeVar("R")

BUSY_TIMEOUT = 5000
"""Milliseconds to wait for another process that writes."""

READERS = 4

WANT_REWRITING = "PRAGMA user_version=1"
"""Said in the transaction of an erasure: the file is rewritten before the erasure has come to its end.

SQLite overwrites what is deleted; but when it divides a page between two, what moved leaves a copy behind in bytes that
no longer belong to anything, and those are not overwritten when the row is deleted later.
"""
REWRITTEN_AT_ONCE = 64 * 1024 * 1024
"""Bytes up to which a file is rewritten at once, which takes half a second; a larger one when nobody waits for it."""

_REWRITTEN = "PRAGMA user_version=0"
_ASKED = ("user_version", "page_count", "page_size")
_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds between attempts at emptying the log, which can't be emptied while somebody reads in it."""
_A_MOMENT = 250
"""Milliseconds that such an attempt waits, and lets nobody write."""

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
        self._batches: Together[Operation[Any], Any] = Together(self._store)
        self._writing = asyncio.Lock()
        self._rewriting: aiosqlite.Connection | None = None
        self._is_closed = False

    async def open(self) -> None:
        """From now on others can see that the database is in use: a restore must not replace it unnoticed.

        Raises Unusable where it can't be read: it is just being restored, perhaps.
        """
        try:
            async with self.read() as connection:
                await connection.exec_driver_sql("PRAGMA schema_version")
        except SQLAlchemyError as error:
            why = error.orig if isinstance(error, DBAPIError) else error
            raise Unusable(f"The database can't be opened: {why}. Is it being restored?") from error

    async def write(self, operation: Operation[R]) -> R:
        """Stores `operation` and returns its result once it is safe on the disk.

        Raises what the operation raises, and NotSaved when disk or file make trouble: then nothing was stored. A
        caller that is cancelled breaks nothing; the operation is stored all the same.
        """
        return await self.begin_writing(operation)

    def begin_writing(self, operation: Operation[R]) -> "asyncio.Future[R]":
        """As `write`, for whoever does not wait for it: the future holds what `write` returns or raises."""
        if not self._is_closed:
            return self._batches.begin(operation)
        closed: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        closed.set_exception(NotSaved("closed"))
        return closed

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

    async def scrub(self, *, whole: bool = False, later: bool = False) -> bool:
        """Leaves no copy of what was erased in the database's files: they still hold older states of their pages.

        With `whole` also in a file so large that everybody who writes has to wait for it. With `later` no file is
        rewritten now, and only the log is emptied. False when it is not done yet, also since something is in the way,
        such as somebody who reads for long: then it is to be tried again, and the next start does so too.
        """
        # Shielded: a rewriting goes on in its thread whoever waits for it, and must not be mistaken for done.
        return await asyncio.shield(asyncio.ensure_future(self._scrub(whole, later)))

    async def close(self) -> None:
        """Stores what still waits, and closes every connection: one left open would keep its thread."""
        self._is_closed = True
        if self._rewriting is not None:
            await self._rewriting.interrupt()  # it may take minutes, and changes nothing that is stored
        await self._batches.all_done()
        async with self._writing:
            await self._readers.dispose()
            await self._writer.dispose()

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
        async with self._writing, self._writer.begin() as tx:
            for _, same_class in groupby(operations, key=type):
                run = list(same_class)
                stored = await run[0].apply(tx, run)
                if len(stored) != len(run):
                    raise RuntimeError(f"{type(run[0]).__name__} gave {len(stored)} results for {len(run)} operations")
                results.extend(stored)
        return results

    async def _scrub(self, whole: bool, later: bool) -> bool:
        for pause in _PAUSES:
            async with self._writing:
                if self._is_closed:
                    return False
                try:
                    is_rewritten, is_emptied = await self._scrub_now(whole, later)
                except (SQLAlchemyError, sqlite3.Error):
                    return False  # disk or file make trouble, or it was interrupted: nothing that is stored is harmed
            if is_emptied:
                return is_rewritten
            await asyncio.sleep(pause)
        return False

    async def _scrub_now(self, whole: bool, later: bool) -> tuple[bool, bool]:
        """Whether the file holds nothing old any more, and whether the log does not."""
        async with self._writer.connect() as connection:
            # The driver's own connection: SQLAlchemy would begin a transaction, in which neither can be done.
            driver: Any = (await connection.get_raw_connection()).driver_connection
            wanted, pages, size = [await _number(driver, name) for name in _ASKED]
            is_rewritten = not wanted
            if wanted and not later and (whole or pages * size <= REWRITTEN_AT_ONCE):
                await self._rewrite(driver)
                is_rewritten = True
            await driver.execute_fetchall(f"PRAGMA busy_timeout={_A_MOMENT}")
            [(is_in_use, *_)] = await driver.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
            await driver.execute_fetchall(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")
            return is_rewritten, not is_in_use

    async def _rewrite(self, driver: aiosqlite.Connection) -> None:
        self._rewriting = driver
        try:
            await driver.execute_fetchall("VACUUM")
        finally:
            self._rewriting = None
        await driver.execute_fetchall(_REWRITTEN)


async def _number(driver: aiosqlite.Connection, pragma: str) -> int:
    [(value,)] = await driver.execute_fetchall(f"PRAGMA {pragma}")
    return value


def finish_erasures(connection: sqlite3.Connection) -> None:
    """Ends what was cut short between an erasure and its scrubbing, but for a file so large that it would take long."""
    wanted, pages, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in _ASKED)
    if wanted and pages * size <= REWRITTEN_AT_ONCE:
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("VACUUM")
        connection.execute(_REWRITTEN)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def begin_at_once(tx: Connection) -> None:
    # A transaction that reads first and writes later would fail when another one wrote in between.
    tx.exec_driver_sql("BEGIN IMMEDIATE")


def _begin(tx: Connection) -> None:
    # Without it each statement would see a state of its own, and the numbers of one page would not fit together.
    tx.exec_driver_sql("BEGIN")


def _engine(url: str, size: int, pragmas: Sequence[str]) -> AsyncEngine:
    address = make_url(url).set(drivername="sqlite+aiosqlite")
    # What people wrote must not come into a log by way of an error's text.
    engine = create_async_engine(
        address, poolclass=AsyncAdaptedQueuePool, pool_size=size, max_overflow=0, hide_parameters=True
    )

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
