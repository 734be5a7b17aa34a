"""Public commitments: found by who made them, in the order in which they were made."""

from collections.abc import Sequence

from bot.campaign.models import Commitment
from bot.campaign.search import Field, Index
from bot.i18n import msg
from bot.services.errors import NoLongerThere, NothingFound
from bot.services.naming import searched
from bot.text import escape


class Commitments:
    """All commitments of one campaign."""

    def __init__(self, commitments: Sequence[Commitment]) -> None:
        self._by_id = {commitment.id: commitment for commitment in sorted(commitments, key=_when_made)}
        self._index = Index(
            {c.id: [Field(c.who), Field(c.kind, 0.5)] for c in commitments},
        )
        self.makers = sorted({commitment.who for commitment in commitments}, key=str.casefold)

    def get(self, commitment_id: str) -> Commitment:
        """Raises NoLongerThere for one that the content does not have."""
        try:
            return self._by_id[commitment_id]
        except KeyError:
            raise NoLongerThere from None

    def by(self, who: str) -> list[Commitment]:
        """Those of `who`, a maker's name or words of it or a kind such as 'university'; all when it is empty.

        Raises NothingFound when there is none.
        """
        if not who and not self._by_id:
            raise NothingFound(msg("There is none in this campaign yet."))
        words = searched(who)
        found = self._index.find(words) if who else self._by_id
        if not found:
            raise NothingFound(
                msg(
                    "I know of no commitment by “{who}”. Choose from the list that opens while you type, "
                    "or try a kind: government, organisation, company, university or leader.",
                    who=escape(words),
                )
            )
        return [commitment for commitment in self._by_id.values() if commitment.id in found]


def _when_made(commitment: Commitment) -> tuple[int, int, int]:
    promised = commitment.promised
    return promised.year, promised.month or 0, promised.day or 0
