"""A server's pledges as files, for its moderators: written page by page, so that no number of them fills the memory."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from bot.clock import Clock
from bot.csvs import MARK, table
from bot.i18n import msg
from bot.services.errors import DomainError
from bot.services.limits import Limits
from bot.storage.database import Database
from bot.storage.exporting import MarkExported, newest_id, pledges_after
from bot.storage.ledger import Pledge

COLUMNS = (
    *("id", "made_at", "edited_at", "member_id", "theme", "action", "words", "country", "on_wall", "state", "reason"),
)
A_PAGE = 500
MOST_FILES = 10  # Discord takes no more with one message
MOST_EXPORTS, TEN_MINUTES = 3, timedelta(minutes=10)
"""Of one server: each takes seconds of work."""


class TooLargeToSend(DomainError):
    def __init__(self) -> None:
        super().__init__(msg("These are more pledges than Discord lets me send. Please ask whoever runs me for them."))


@dataclass(frozen=True, slots=True)
class Export:
    """Files that are ready to be sent, and how many pledges stand in them."""

    files: list[Path]
    count: int


class Exports:
    """Writes the pledges of a server into files."""

    def __init__(self, db: Database, clock: Clock, page: int = A_PAGE) -> None:
        self._db = db
        self._clock = clock
        self._page = page
        self._limits = Limits(clock, MOST_EXPORTS, TEN_MINUTES)

    async def pledges(self, guild_id: int, moderator_id: int, folder: Path, limit: int) -> Export:
        """All pledges there were at the start, in files of at most `limit` bytes within `folder`; it is logged.

        Too large for one file, they are zipped, and then parted. Raises TooFast, TooLargeToSend, and NotSaved of the
        storage: what is not in the log is not handed out.
        """
        self._limits.take(guild_id)
        whole = folder / "pledges.csv"
        marks = [await asyncio.to_thread(_append, whole, MARK + table([COLUMNS]))]
        count = 0
        async for page in self._pages(guild_id):
            marks.append(await asyncio.to_thread(_append_rows, whole, page))
            count += len(page)
        files = await asyncio.to_thread(_fitting, whole, marks, limit)
        await self._db.write(MarkExported(guild_id, moderator_id, count, self._clock.now()))
        return Export(files, count)

    async def _pages(self, guild_id: int) -> AsyncIterator[Sequence[Pledge]]:
        async with self._db.read() as connection:
            up_to = await newest_id(connection, guild_id)
        after = 0
        while after < up_to:
            async with self._db.read() as connection:
                page = await pledges_after(connection, guild_id, after=after, up_to=up_to, size=self._page)
            if page:
                yield page
            after = page[-1].id if page else up_to


def row_of(pledge: Pledge) -> list[str]:
    """A pledge as a line of the table. Of a private one it tells when and about what it was made, and nothing else."""
    shown = pledge.is_public
    return [
        str(pledge.id),
        _instant(pledge.made_at),
        _instant(pledge.edited_at) if shown else "",
        str(pledge.member_id) if shown else "",
        pledge.theme,
        (pledge.action or "") if shown else "",
        (pledge.words or "") if shown else "",
        (pledge.country or "") if shown else "",
        "yes" if pledge.on_wall else "no",
        pledge.state if shown else "",
        (pledge.reason or "") if shown else "",
    ]


def _instant(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""


def _append_rows(path: Path, page: Sequence[Pledge]) -> int:
    return _append(path, table(row_of(pledge) for pledge in page))


def _append(path: Path, text: str) -> int:
    """The length of the file afterwards, in bytes."""
    with path.open("ab") as file:
        file.write(text.encode())
        return file.tell()


def _fitting(whole: Path, marks: Sequence[int], limit: int) -> list[Path]:
    """The table in files of at most `limit` bytes. `marks`: where its head and each page end, in bytes.

    Raises TooLargeToSend when even ten zipped files are too few.
    """
    if marks[-1] <= limit:
        return [whole]
    zipped = _zip(whole, marks, list(pairwise(marks)), whole.with_suffix(".zip"))
    if zipped.stat().st_size <= limit:
        return [zipped]
    parts = list(_parts(whole, marks, limit))
    files = [
        _zip(whole, marks, part, whole.with_name(f"{whole.stem}-{number}.zip")) for number, part in enumerate(parts, 1)
    ]
    if any(file.stat().st_size > limit for file in files):
        raise TooLargeToSend
    return files


Stretch = tuple[int, int]


def _parts(whole: Path, marks: Sequence[int], limit: int) -> Iterator[list[Stretch]]:
    """Which pages go together into one zipped file, each page by where it begins and ends."""
    room = limit - limit // 50 - 1024
    part: list[Stretch] = []
    taken = count = 0
    with whole.open("rb") as file:
        for start, end in pairwise(marks):
            file.seek(start)
            size = len(zlib.compress(file.read(end - start)))
            if part and taken + size > room:
                yield part
                part, taken, count = [], 0, count + 1
                if count == MOST_FILES:
                    raise TooLargeToSend
            part.append((start, end))
            taken += size
    yield part


def _zip(whole: Path, marks: Sequence[int], stretches: Sequence[Stretch], target: Path) -> Path:
    """The head of the table and these stretches of it, as a table of its own, zipped."""
    with (
        whole.open("rb") as file,
        ZipFile(target, "w", ZIP_DEFLATED) as archive,
        archive.open(f"{target.stem}.csv", "w") as packed,
    ):
        for start, end in [(0, marks[0]), *stretches]:
            file.seek(start)
            packed.write(file.read(end - start))
    return target
