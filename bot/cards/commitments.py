"""Public commitments as cards, one at a time. A promise is shown as a promise, never as done."""

from bot.campaign.models import Commitment
from bot.cards.base import Block, Card, Interaction, Reader, answer, turn
from bot.cards.lasting import ITEM, LastingButton
from bot.cards.sourced import how_sure_card, said_date, small, source_of
from bot.cards.support import FindHelp, way_to_support
from bot.services.naming import searched
from bot.text import escape


def commitment_card(reader: Reader, who: str, page: int) -> Card:
    """The commitment at `page`, from 0, of those that `who` made; pages beyond the last show the last."""
    commitments = reader.services.commitments.by(who)
    page, who = min(page, len(commitments) - 1), searched(who)
    commitment = commitments[page]
    _ = reader.words.gettext
    counted = _("{n} of {all}", n=reader.words.number(page + 1), all=reader.words.number(len(commitments)))
    paragraphs = [
        f"### {escape(commitment.who)}\n{escape(commitment.text)}",
        "\n".join(_dates(reader, commitment)),
        small([source_of(reader.words, commitment), counted if len(commitments) > 1 else None]),
    ]
    buttons: list[Block] = []
    if len(commitments) > 1:
        earlier = Turn(str(page - 1), who, _("Previous"))
        later = Turn(str(page + 1), who, _("Next"))
        earlier.item.disabled = page == 0
        later.item.disabled = page == len(commitments) - 1
        buttons += [earlier, later]
    if commitment.note:
        buttons.append(HowSureOfPromise(commitment.id, _("How sure is this?")))
    if commitment.support:
        paragraphs.append(way_to_support(reader))
        buttons.append(FindHelp(_("Find help")))
    return Card(reader.colour, paragraphs, buttons)


def _dates(reader: Reader, commitment: Commitment) -> list[str]:
    """When it was promised, and by when it was to be reached. Past a deadline nothing is said of the outcome."""
    _ = reader.words.gettext
    lines = [_("**Promised:** {date}", date=said_date(reader.words, commitment.promised))]
    if commitment.deadline is None:
        return lines
    deadline = escape(commitment.deadline)
    if commitment.deadline_on is None:
        return [*lines, _("**Deadline, as promised:** {deadline}", deadline=deadline)]
    if commitment.deadline_on.last_day() < reader.services.clock.now().date():
        return [*lines, _("**Was to be reached by:** {deadline}", deadline=deadline)]
    return [*lines, _("**To be reached by:** {deadline}", deadline=deadline)]


class Turn(LastingButton, template=r"promise:turn:(?P<page>-?[0-9]{1,4}):(?P<who>.{0,50})"):
    """Another commitment of the same makers."""

    def __init__(self, page: str, who: str, label: str = "") -> None:
        super().__init__(f"promise:turn:{page}:{who}", label)
        self.page, self.who = page, who

    async def press(self, interaction: Interaction) -> None:
        await turn(interaction, lambda reader: commitment_card(reader, self.who, max(int(self.page), 0)))


class HowSureOfPromise(LastingButton, template=rf"promise:sure:(?P<item>{ITEM})"):
    """What its sources say differently."""

    def __init__(self, item: str, label: str = "") -> None:
        super().__init__(f"promise:sure:{item}", label)
        self.item_id = item

    async def press(self, interaction: Interaction) -> None:
        def make(reader: Reader) -> Card:
            commitment = reader.services.commitments.get(self.item_id)
            return how_sure_card(reader, commitment, commitment.text, commitment.note)

        await answer(interaction, make, private=True)
