"""A server's public pledges, newest first, in pages; by theme or by country."""

from dataclasses import dataclass
from typing import cast

from discord.utils import format_dt

from bot.cards.base import Block, Card, Interaction, Reader, answer, reader_of, turn
from bot.cards.lasting import BIG_ID, LastingButton
from bot.cards.pledge_form import MakePledgeButton, server_of
from bot.cards.report import ReportWall
from bot.i18n import msg
from bot.services.errors import NoLongerThere, NotAllowedHere
from bot.storage.ledger import Pledge
from bot.storage.reading import WallPage, Way
from bot.storage.tables import WHOLE_CAMPAIGN
from bot.text import escape, escape_but_links


@dataclass(frozen=True, slots=True)
class Filter:
    """Which pledges: of one theme or one country, or all when both are empty."""

    theme: str = ""
    country: str = ""


async def show_wall(interaction: Interaction, wanted: Filter, *, private: bool = False) -> None:
    """Answers with the newest page. Only in servers: raises NotAllowedHere elsewhere."""
    page = await _read(interaction, wanted, "newest", 0)
    with_links = await _allows_links(interaction)
    await answer(interaction, lambda reader: wall_card(reader, page, wanted, with_links=with_links), private=private)


async def _allows_links(interaction: Interaction) -> bool:
    services = reader_of(interaction, private=True).services
    return (await services.guilds.of(server_of(interaction))).allows_links


async def _read(interaction: Interaction, wanted: Filter, way: Way, start: int) -> WallPage:
    server = server_of(interaction)
    if server == WHOLE_CAMPAIGN:
        raise NotAllowedHere(msg("A pledge wall belongs to a server. Ask for it in a channel of one that I am in."))
    services = reader_of(interaction, private=True).services
    return await services.pledges.wall(server, wanted.theme, wanted.country, way, start)


def wall_card(reader: Reader, page: WallPage, wanted: Filter, *, with_links: bool = False) -> Card:
    """One page of the wall, or an invitation where nothing stands there yet; `with_links`: they can be pressed."""
    _ = reader.words.gettext
    title = _title(reader, wanted)
    if not page.pledges:
        invitation = _("Nothing stands here yet. Yours could be the first.")
        return Card(reader.colour, [f"### {title}\n{invitation}"], [MakePledgeButton(wanted.theme, _("Make a pledge"))])
    paragraphs = [f"### {title}", *(wall_entry(reader, pledge, with_links) for pledge in page.pledges)]
    newest, oldest = str(page.pledges[0].id), str(page.pledges[-1].id)
    buttons: list[Block] = [
        TurnWall("newer", newest, wanted.theme, wanted.country, _("Newer"), disabled=not page.has_newer),
        TurnWall("older", oldest, wanted.theme, wanted.country, _("Older"), disabled=not page.has_older),
        TurnWall("oldest", "0", wanted.theme, wanted.country, _("Oldest"), disabled=not page.has_older),
        MakePledgeButton(wanted.theme, _("Make a pledge")),
        ReportWall(newest, oldest, wanted.theme, wanted.country, _("Report")),
    ]
    if not page.has_newer and not page.has_older:
        buttons = buttons[-2:]
    return Card(reader.colour, paragraphs, buttons, airy=True)


def _title(reader: Reader, wanted: Filter) -> str:
    _ = reader.words.gettext
    if wanted.theme:
        return _("The pledge wall: {theme}", theme=escape(reader.services.campaign.topics[wanted.theme].name))
    if wanted.country:
        name = reader.services.countries.name(wanted.country, reader.words.locale)
        return _("The pledge wall: {country}", country=escape(name))
    return _("The pledge wall")


def wall_entry(reader: Reader, pledge: Pledge, with_links: bool) -> str:
    text = reader.services.pledges.text_of(pledge)
    said = escape_but_links(text) if with_links else escape(text)
    name = reader.services.countries.name(pledge.country, reader.words.locale) if pledge.country else ""
    small = [f"<@{pledge.member_id}>", escape(name), format_dt(pledge.made_at, "R")]
    return f"> {said}\n-# " + " · ".join(part for part in small if part)


class TurnWall(
    LastingButton,
    template=rf"wall:(?P<way>newer|older|oldest):(?P<start>{BIG_ID}):(?P<theme>[a-z0-9-]{{0,24}}):(?P<country>[A-Z]{{0,2}})",
):
    """Another page of the wall, going on from the pledge at its edge."""

    def __init__(
        self, way: str, start: str, theme: str, country: str, label: str = "", *, disabled: bool = False
    ) -> None:
        super().__init__(f"wall:{way}:{start}:{theme}:{country}", label, disabled=disabled)
        self.way: Way = cast(Way, way)
        self.start = int(start)
        self.wanted = Filter(theme, country)

    async def press(self, interaction: Interaction) -> None:
        services = reader_of(interaction, private=True).services
        if self.wanted.theme and not services.pledges.has_theme(self.wanted.theme):
            raise NoLongerThere
        if self.wanted.country and services.countries.get(self.wanted.country) is None:
            raise NoLongerThere
        page = await _read(interaction, self.wanted, self.way, self.start)
        if not page.pledges:  # what stood there was withdrawn since
            page = await _read(interaction, self.wanted, "newest" if self.way == "newer" else "oldest", 0)
        with_links = await _allows_links(interaction)
        await turn(interaction, lambda reader: wall_card(reader, page, self.wanted, with_links=with_links))
