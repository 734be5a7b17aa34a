"""Pledges as moderators see them: lists to look through, and one at a time to decide about. Always private."""

import re
from collections.abc import Awaitable, Sequence

import discord
from discord import ui
from discord.utils import format_dt

from bot.cards.base import Block, Card, Interaction, Reader, may_turn, reader_of, reply, saved
from bot.cards.lasting import BIG_ID, LastingButton, LastingMenu
from bot.cards.moderate_asks import AskBlock, AskHide, AskHideAll
from bot.cards.moderate_where import WHERE, Where
from bot.cards.moderate_words import blocked, pledge_paragraphs, refusal_sentence, standing, waiting
from bot.cards.review import settle
from bot.cards.rights import require_moderator
from bot.i18n import msg
from bot.services.moderation import Listing, Look, NotDecided, NotReadable
from bot.services.naming import shortened
from bot.storage.ledger import Pledge
from bot.storage.moderating import OpenReports, Way
from bot.storage.moderation import version_of
from bot.storage.tables import HIDDEN
from bot.text import escape

LONGEST_SHOWN = 150
"""Characters of each pledge in a list: five of them fit, even escaped; it is shown whole when it is chosen."""
READ = 7
"""Characters of a pledge's version that a button has room for: 42 bits, which an author can't search (`version_of`)."""

_WAYS: dict[str, Way] = {"f": "first", "n": "next", "p": "previous", "t": "at"}

_TITLES = {
    "a": msg("Public pledges"),
    "w": msg("Pledges that wait for a moderator"),
    "h": msg("Hidden pledges"),
}
_NONE = {
    "a": msg("There are no public pledges here."),
    "w": msg("Nothing waits for a moderator here."),
    "h": msg("Nothing is hidden here."),
}


async def show_pledges(interaction: Interaction, where: Where, *, way: Way = "first", start: int = 0) -> None:
    """Answers a moderator with a page of pledges. Raises ModeratorsOnly."""
    await require_moderator(interaction)
    await reply(interaction, await list_card(interaction, where, way=way, start=start), in_place=may_turn(interaction))


async def list_card(
    interaction: Interaction, where: Where, *, way: Way = "first", start: int = 0, notice: str = ""
) -> Card:
    """A page of the pledges of a moderator's server; `notice` is a sentence about what was just done."""
    reader = reader_of(interaction, private=True)
    listing = await reader.services.moderation.page(_server_of(interaction), where.wanted(reader), way, start)
    entries = [
        _entry(reader, number, pledge, listing.reports.get(pledge.id, OpenReports()))
        for number, pledge in enumerate(listing.page.pledges, 1)
    ]
    paragraphs = [*([notice] if notice else []), _head(reader, where, listing), *entries]
    card = Card(reader.colour, paragraphs, _turns(reader, where, listing), airy=True)
    if listing.page.pledges:
        menu: list[Block] = [PickPledge(*where.parts, *_options(reader, listing))]
        card.add_item(ui.ActionRow(*menu))
    if where.whose:
        card.add_item(ui.ActionRow(*_about_member(reader, where.whose, where, is_blocked=listing.block is not None)))
    return card


async def pledge_card(interaction: Interaction, pledge_id: int, where: Where, *, notice: str = "") -> Card:
    """One pledge, to decide about; the list where it can't be read any more."""
    reader = reader_of(interaction, private=True)
    try:
        look = await reader.services.moderation.look(_server_of(interaction), pledge_id)
    except NotReadable as gone:
        return await list_card(interaction, where, notice=notice or reader.words.say(gone.message))
    paragraphs = [*([notice] if notice else []), *pledge_paragraphs(reader, look)]
    return Card(reader.colour, paragraphs, _decisions(reader, look, where))


def _server_of(interaction: Interaction) -> int:
    assert interaction.guild_id is not None  # noqa: S101 (whoever comes here was found to be a moderator of it)
    return interaction.guild_id


def _head(reader: Reader, where: Where, listing: Listing) -> str:
    """What is listed, what waits, and the member's own state where the list is of one member."""
    _ = reader.words.gettext
    lines = [f"### {reader.words.say(_TITLES[where.show])}"]
    if where.whose:
        whom = f"<@{where.whose}>"
        free = _("Of {whom}, who is not blocked.", whom=whom)
        lines.append(blocked(reader, int(where.whose), listing.block) if listing.block else free)
    if where.words:
        lines.append(_("With “{words}”", words=escape(where.words)))
    if queue := waiting(reader, listing.queue):
        lines.append(queue)
    if not listing.page.pledges:
        lines.append(_("I find none with these words.") if where.words else reader.words.say(_NONE[where.show]))
        lines.append("-# " + _("Private pledges are read by their authors alone, and never stand here."))
    return "\n".join(lines)


def _entry(reader: Reader, number: int, pledge: Pledge, reports: OpenReports) -> str:
    said = escape(shortened(reader.services.pledges.text_of(pledge), LONGEST_SHOWN))
    stands = standing(reader, pledge, reports)
    small = [reader.words.number(number), stands, f"<@{pledge.member_id}>", format_dt(pledge.made_at, "R")]
    return f"> {said}\n-# " + " · ".join(small)


def _turns(reader: Reader, where: Where, listing: Listing) -> list[Block]:
    """The way through the list, and to the other lists."""
    _, page = reader.words.gettext, listing.page
    buttons: list[Block] = []
    if page.has_previous:
        buttons.append(TurnPledges("p", str(page.pledges[0].id), *where.parts, _("Back")))
    if page.has_next:
        buttons.append(TurnPledges("n", str(page.pledges[-1].id), *where.parts, _("Further")))
    others = {"w": _("What waits"), "h": _("What is hidden"), "a": _("All")}
    for show, label in others.items():
        if show != where.show:
            buttons.append(TurnPledges("f", "0", show, where.whose, where.words, label))
    return buttons


def _options(reader: Reader, listing: Listing) -> tuple[str, list[discord.SelectOption]]:
    """What the menu says, and one choice for each pledge."""
    _ = reader.words.gettext
    options = [
        discord.SelectOption(
            label=_("Pledge {number}", number=reader.words.number(number)),
            value=str(pledge.id),
            description=standing(reader, pledge, listing.reports.get(pledge.id, OpenReports()))[:100],
        )
        for number, pledge in enumerate(listing.page.pledges, 1)
    ]
    return _("Choose a pledge to read it whole, or to decide"), options


def _about_member(reader: Reader, whom: str, where: Where, *, is_blocked: bool) -> list[Block]:
    _ = reader.words.gettext
    buttons: list[Block] = [AskHideAll(whom, *where.parts, _("Hide all of this member"))]
    if is_blocked:
        buttons.append(Unblock(whom, *where.parts, _("Unblock this member")))
    else:
        buttons.append(AskBlock(whom, *where.parts, _("Block this member")))
    return buttons


def _decisions(reader: Reader, look: Look, where: Where) -> list[Block]:
    """What can be decided about a pledge and its author, and the way back."""
    _, pledge, which = reader.words.gettext, look.pledge, str(look.pledge.id)
    queued = "1" if pledge.queued_at else "0"
    buttons: list[Block] = []
    if pledge.queued_at or not pledge.on_wall:
        label = _("Let it stand") if pledge.on_wall else _("Show it")
        buttons.append(ShowPledge(queued, which, version_of(pledge)[:READ], *where.parts, label))
    if pledge.queued_at or pledge.state != HIDDEN:
        buttons.append(AskHide(queued, which, *where.parts, _("Hide it")))
    buttons += _about_member(reader, str(pledge.member_id), where, is_blocked=look.block is not None)
    return [*buttons, TurnPledges("t", which, *where.parts, _("To the list"))]


class TurnPledges(LastingButton, template=rf"mod:p:(?P<way>[fnpt]):(?P<start>{BIG_ID}):{WHERE}"):
    """Another page, or another list."""

    def __init__(self, way: str, start: str, show: str, whose: str, words: str, label: str = "") -> None:
        self.where = Where(show, whose, words)
        super().__init__(f"mod:p:{way}:{start}:{self.where}", label)
        self.way: Way = _WAYS[way]
        self.start = int(start)

    async def press(self, interaction: Interaction) -> None:
        await show_pledges(interaction, self.where, way=self.way, start=self.start)


class PickPledge(LastingMenu, template=rf"mod:pick:{WHERE}"):
    """Shows the pledge that is chosen."""

    def __init__(
        self,
        show: str,
        whose: str,
        words: str,
        placeholder: str = "",
        options: Sequence[discord.SelectOption] = (),
    ) -> None:
        self.where = Where(show, whose, words)
        super().__init__(f"mod:pick:{self.where}", placeholder, options)

    async def press(self, interaction: Interaction) -> None:
        await require_moderator(interaction)
        chosen = next(iter(self.item.values), "")
        if not re.fullmatch(BIG_ID, chosen):
            raise NotReadable
        card = await pledge_card(interaction, int(chosen), self.where)
        await reply(interaction, card, in_place=may_turn(interaction))


class ShowPledge(
    LastingButton,
    template=rf"mod:s:(?P<queued>[01]):(?P<pledge>{BIG_ID}):(?P<read>[A-Za-z0-9_-]{{{READ}}}):{WHERE}",
):
    """Shows a pledge, for the first time or again; `read` begins the version that the moderator has read."""

    def __init__(self, queued: str, pledge: str, read: str, show: str, whose: str, words: str, label: str = "") -> None:
        self.where = Where(show, whose, words)
        super().__init__(f"mod:s:{queued}:{pledge}:{read}:{self.where}", label, discord.ButtonStyle.success)
        self.only_queued, self.pledge_id, self.read = queued == "1", int(pledge), read

    async def press(self, interaction: Interaction) -> None:
        record = await require_moderator(interaction)
        moderation = reader_of(interaction, private=True).services.moderation
        showing = moderation.restore(
            *(record.id, interaction.user.id, self.pledge_id), only_queued=self.only_queued, read=self.read
        )
        done = reader_of(interaction, private=True).words.gettext("It stands on the wall now.")
        await decide(interaction, self.pledge_id, self.where, showing, done)


async def decide(
    interaction: Interaction, pledge_id: int, where: Where, deciding: Awaitable[Pledge], done: str
) -> None:
    """Carries a decision out, and shows the pledge as it stands then: with `done`, or with who was first."""
    notice = done
    try:
        await saved(interaction, deciding, in_place=may_turn(interaction))
    except NotDecided as late:
        notice = refusal_sentence(reader_of(interaction, private=True), late)
    card = await pledge_card(interaction, pledge_id, where, notice=notice)
    await reply(interaction, card, in_place=may_turn(interaction))
    await settle(interaction.client, _server_of(interaction), pledge_id)


class Unblock(LastingButton, template=rf"mod:u:(?P<whom>{BIG_ID}):{WHERE}"):
    """Lets a member take part again."""

    def __init__(self, whom: str, show: str, whose: str, words: str, label: str = "") -> None:
        super().__init__(f"mod:u:{whom}:{Where(show, whose, words)}", label)
        self.whom = whom

    async def press(self, interaction: Interaction) -> None:
        record = await require_moderator(interaction)
        reader = reader_of(interaction, private=True)
        unblocking = reader.services.moderation.unblock(record.id, interaction.user.id, int(self.whom))
        was_blocked = await saved(interaction, unblocking, in_place=may_turn(interaction))
        _ = reader.words.gettext
        notice = _("{whom} was not blocked.", whom=f"<@{self.whom}>")
        if was_blocked:
            notice = _(
                "{whom} can take part again. What was hidden stays so until you show it again.", whom=f"<@{self.whom}>"
            )
        card = await list_card(interaction, Where(whose=self.whom), notice=notice)
        await reply(interaction, card, in_place=may_turn(interaction))
