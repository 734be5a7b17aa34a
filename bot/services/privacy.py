"""What is kept of a person: told, given to them as a file's content, and erased."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from bot.clock import Clock
from bot.services.guilds import Guilds
from bot.services.limits import Limits
from bot.services.pledges import Draft, Drafts, Pledges
from bot.storage.database import Database
from bot.storage.erasure import Erased, EraseMember
from bot.storage.personal import counts_of, rows_of
from bot.storage.tables import WHOLE_CAMPAIGN

log = structlog.get_logger("bot.privacy")

BETWEEN_REWRITINGS = timedelta(minutes=1)

_ABOUT_THE_FILE = (
    "All that Uplift keeps of you. Times are UTC (ISO 8601), countries ISO 3166-1 codes, ids those of Discord. "
    "A pledge without a server_id was made in direct messages."
)


@dataclass(frozen=True, slots=True)
class Overview:
    """How much is kept of a person."""

    counts: Mapping[str, int]
    """Rows by the names of bot.storage.personal."""
    country: str | None
    erased_at: datetime | None
    """When they had their data erased; None when they never did."""
    unsent: int
    """Forms that they filled in and could not send; in memory only."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to erase; that something was erased is never forgotten."""
        return not self.unsent and not any(count for name, count in self.counts.items() if name != "erasure")


class Forgets(Protocol):
    """Remembers something of members beside the database, but for drafts."""

    def forget(self, member_id: int, /) -> None: ...


class Privacy:
    """Answers for what is kept of one person."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        pledges: Pledges,
        drafts: Drafts,
        guilds: Guilds,
        memories: Sequence[Forgets],
        policy_url: str | None = None,
    ) -> None:
        """`policy_url`: where the operator's privacy policy stands, if they have put it on the web."""
        self._db = db
        self._clock = clock
        self._pledges = pledges
        self._drafts = drafts
        self._guilds = guilds
        self._memories = memories
        self._rewritings = Limits(clock, most=1, period=BETWEEN_REWRITINGS)
        self.policy_url = policy_url

    async def overview(self, member_id: int) -> Overview:
        async with self._db.read() as connection:
            counts = await counts_of(connection, member_id)
            rows = await rows_of(connection, member_id, ("about_you", "erasure"))
        return Overview(
            counts,
            country=next((row["country"] for row in rows["about_you"]), None),
            erased_at=next((row["at"] for row in rows["erasure"]), None),
            unsent=len(self._drafts.all_of(member_id)),
        )

    async def export(self, member_id: int) -> dict[str, Any]:
        """All that is kept of a person, by table, as JSON can take it: ids are texts, for they outgrow its numbers."""
        async with self._db.read() as connection:
            tables = await rows_of(connection, member_id)
        texts = {pledge.id: self._pledges.text_of(pledge) for pledge in await self._pledges.own(member_id, None)}
        for row in tables["pledges"]:
            row["text"] = texts.get(row["id"], row["own_words"])
        return {
            "about_this_file": _ABOUT_THE_FILE,
            "made_at": _plain(self._clock.now()),
            "your_id": _plain(member_id),
            **{name: [_plain_row(row) for row in rows] for name, rows in tables.items()},
            "forms_you_could_not_send": [_form(draft) for draft in self._drafts.all_of(member_id)],
        }

    async def erase(self, member_id: int) -> Erased:
        """Removes all that is kept of a person, from every table and count, and then from the files' bytes.

        What many erase within a minute leaves the last of these bytes later, with the next erasure or when the files
        are tidied up: to rewrite a file keeps everybody waiting who writes. Raises NotSaved of the storage: then
        nothing was removed.
        """
        erased = await self._db.write(EraseMember(member_id, self._clock.now()))
        self._drafts.drop_all_of(member_id)
        for memory in self._memories:
            memory.forget(member_id)
        for guild_id in erased.blocked_in:
            self._guilds.forget(guild_id)
        if erased.pledges:
            self._clock.wake()  # what stands of theirs in wall channels goes at once
        if erased.is_any and not await self._db.scrub(later=not self._rewritings.has_room(0)):
            log.info("what was erased leaves the database's file later")
        return erased


def _plain_row(row: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: _plain(value) for name, value in row.items()}
    if row.get("server_id") == WHOLE_CAMPAIGN:
        plain["server_id"] = None
    return plain


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_number else value


def _form(draft: Draft) -> dict[str, Any]:
    return {
        "theme": draft.theme,
        "ready_made_action": draft.action,
        "own_words": draft.words,
        "country": draft.country,
        "to_be_public": draft.is_public,
    }
