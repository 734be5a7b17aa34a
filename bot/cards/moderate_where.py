"""Which list of pledges a moderator came from: carried by every button and form, so that all lead back to it."""

from dataclasses import dataclass

from bot.cards.base import Reader
from bot.cards.lasting import BIG_ID
from bot.services.moderation import LONGEST_SEARCH
from bot.storage.moderating import Show, Wanted

WHERE = rf"(?P<show>[awh]):(?P<whose>(?:{BIG_ID})?):(?P<words>.{{0,{LONGEST_SEARCH}}})"
"""The end of a custom_id: what is shown, whose pledges, and which words are looked for."""

SHOWS: dict[str, Show] = {"a": "all", "w": "waiting", "h": "hidden"}
"""The lists by the letters that stand for them."""


@dataclass(frozen=True, slots=True)
class Where:
    """One of the lists: of all, of what waits, of what is hidden; perhaps of one member, perhaps by words."""

    show: str = "a"
    whose: str = ""
    words: str = ""

    @classmethod
    def of(cls, wanted: Wanted) -> "Where":
        return cls(wanted.show[0], "" if wanted.member_id is None else str(wanted.member_id), wanted.words)

    def __str__(self) -> str:
        return f"{self.show}:{self.whose}:{self.words}"

    @property
    def parts(self) -> tuple[str, str, str]:
        return self.show, self.whose, self.words

    @property
    def member_id(self) -> int | None:
        return int(self.whose) if self.whose else None

    def wanted(self, reader: Reader) -> Wanted:
        return reader.services.moderation.wanted(SHOWS[self.show], self.member_id, self.words)
