"""The clock of a bot in another process, moved from outside: both look at the same eight bytes."""

import mmap
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path


class SteeredTime:
    """The machine's time, ahead by as many seconds as stand in a file. `move` is seen at once by whoever shares it."""

    def __init__(self, file: Path) -> None:
        if not file.exists():
            file.write_bytes(struct.pack("d", 0.0))
        with file.open("r+b") as handle:
            self._shared = mmap.mmap(handle.fileno(), 8)

    @property
    def ahead(self) -> float:
        (seconds,) = struct.unpack("d", self._shared[:8])
        return float(seconds)

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead)

    def move(self, to: datetime | timedelta) -> None:
        """Sets the clock to an instant, from where it goes on; or so far ahead of the machine's."""
        ahead = to if isinstance(to, timedelta) else to - datetime.now(UTC)
        self._shared[:8] = struct.pack("d", ahead.total_seconds())
