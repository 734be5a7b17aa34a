"""Many worlds at once, in as many processes as there are processors."""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

from bot.announcements.outbox import Outbox
from tests.sim.process import Databases
from tests.sim.run import Outcome, folder, play
from tests.sim.wrong import WAYS

WRONG_WORLDS = 100
"""Within so many worlds each wrong way must be found out."""

A_PIECE = 5
"""Worlds that a process plays before it tells what came of them."""

_files: list[Databases] = []


def _open(where: Path) -> None:
    own = where / str(os.getpid())
    own.mkdir()
    _files.append(Databases(own))


def _piece(seeds: Sequence[int], way: str) -> list[Outcome]:
    return [play(seed, _files[0], WAYS.get(way, Outbox)) for seed in seeds]


@contextmanager
def workers() -> Iterator[ProcessPoolExecutor]:
    context = multiprocessing.get_context("spawn")
    # Its processes clear nothing away when they end.
    with folder() as where, ProcessPoolExecutor(os.cpu_count(), context, _open, (where,)) as pool:
        yield pool


def played(pool: ProcessPoolExecutor, seed: int, count: int, way: str = "") -> Iterator[Outcome]:
    """The worlds of so many seeds from `seed` on, as they come to their end; of a wrong way, or of ours."""
    starts = range(seed, seed + count, A_PIECE)
    pieces: list[Future[list[Outcome]]] = [
        pool.submit(_piece, range(start, min(start + A_PIECE, seed + count)), way) for start in starts
    ]
    try:
        for piece in as_completed(pieces):
            yield from piece.result()
    finally:
        for piece in pieces:
            piece.cancel()


def is_found_out(pool: ProcessPoolExecutor, way: str, seed: int) -> bool:
    """Whether one of `WRONG_WORLDS` worlds shows that a wrong way is wrong."""
    worlds = played(pool, seed, WRONG_WORLDS, way)
    try:
        return any(outcome.faults for outcome in worlds)
    finally:
        worlds.close()  # pyright: ignore[reportAttributeAccessIssue]
