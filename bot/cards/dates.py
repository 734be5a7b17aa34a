"""The dates that are coming as cards: the next one whole, and the coming year as a list in pages."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice, takewhile

from discord.utils import format_dt

from bot.campaign.models import Milestone, Observance
from bot.cards.base import Card, Interaction, Reader, services_of, turn
from bot.cards.lasting import LastingButton
from bot.cards.pledge_form import server_of
from bot.cards.sourced import source_of
from bot.cards.support import FindHelp, way_to_support
from bot.i18n import msg
from bot.services.days import YEAR, Entry, Item, ServerDay, ServerDays
from bot.services.errors import NoLongerThere, NothingFound
from bot.storage.milestones import OwnDate
from bot.text import escape

DAYS_ON_A_PAGE = 8
MOST_WRITTEN = 2800
"""Characters of the days on a page: a message holds 4,000, and other languages need more of them."""

MOST_ON_A_DAY = 6
"""Dates that are named of one day; a server may have a hundred of its own on it."""

_OLDEST_LIST = timedelta(days=366)
"""The age at which a list is no longer turned, since its whole year is over; also bounds what a forged id can ask."""


async def days_here(interaction: Interaction) -> ServerDays:
    """The days of the server where something was asked; in direct messages the campaign's."""
    return await services_of(interaction).days.of(server_of(interaction))


def next_card(reader: Reader, days: ServerDays) -> Card:
    """The next day on which something is posted here. Raises NothingFound where nothing ever is."""
    today = days.today(reader.services.clock.now())
    day = next(days.coming(today, apart=True), None)
    if day is None:
        raise nothing_to_remember(days)
    _, item = reader.words.gettext, day.lead.item
    paragraphs = [
        f"### {title_of(item)}\n**{reader.words.day(day.on)}** · {_when(reader, days, day, today)}",
        f"{_since(reader, day.lead)}\n{escape(item.words if isinstance(item, OwnDate) else item.description)}".rstrip(),
    ]
    if isinstance(item, Milestone) and item.date_note:
        paragraphs.append(_("About the date: {note}", note=escape(item.date_note)))
    if day.others:
        others = [f"- {title_of(other.item)} · {_since(reader, other)}" for other in day.others[:MOST_ON_A_DAY]]
        paragraphs.append("\n".join([f"**{_('Also on this day')}**", *others, *_more(reader, len(day.others))]))
    paragraphs.append(f"-# {_source(reader, item)} · {_counted_in(reader, days)}")
    if not day.is_solemn:
        return Card(reader.colour, paragraphs)
    return Card(reader.colour, [*paragraphs, way_to_support(reader)], [FindHelp(_("Find help"))])


def list_card(reader: Reader, days: ServerDays, start: date, page: int, *, every: bool) -> Card:
    """The days of the year from `start` on, in pages; `page` counts from 0 and is bounded here.

    With `every` also what is not posted here, and what is muted is marked. Raises NothingFound where nothing is.
    """
    today = days.today(reader.services.clock.now())
    coming = takewhile(lambda day: day.on < start + YEAR, days.coming(start, every=every, apart=True))
    pages = list(_pages([_line(reader, days, day, today) for day in coming]))
    if not pages:
        raise nothing_to_remember(days)
    page = min(page, len(pages) - 1)
    _ = reader.words.gettext
    page_of = _("Page {page} of {pages}", page=reader.words.number(page + 1), pages=reader.words.number(len(pages)))
    paragraphs = [
        f"### {_('The dates of the coming year')}",
        *pages[page],
        f"-# {page_of} · {_counted_in(reader, days)}",
    ]
    minor = "1" if every else "0"
    earlier = Page(str(start), str(page - 1), minor, _("Earlier"))
    later = Page(str(start), str(page + 1), minor, _("Later"))
    earlier.item.disabled = page == 0
    later.item.disabled = page == len(pages) - 1
    return Card(reader.colour, paragraphs, [earlier, later] if len(pages) > 1 else [], airy=True)


def nothing_to_remember(days: ServerDays) -> NothingFound:
    """Why there is no date to show."""
    if days.items(every=True):
        return NothingFound(msg("The moderators of this server have turned off all dates; `every` lists them."))
    return NothingFound(msg("This campaign has no dates yet."))


def title_of(item: Item) -> str:
    """With its year where it happened once: 'HeForShe is launched' alone would be false of any other year."""
    title = escape(item.title)
    if isinstance(item, Observance):
        return title
    year = item.date.year if isinstance(item, Milestone) else item.year
    return title if year is None else f"{title} ({year})"


def _pages(lines: list[str]) -> Iterator[list[str]]:
    page: list[str] = []
    for line in lines:
        if page and (len(page) == DAYS_ON_A_PAGE or sum(map(len, page)) + len(line) > MOST_WRITTEN):
            yield page
            page = []
        page.append(line)
    if page:
        yield page


def _line(reader: Reader, days: ServerDays, day: ServerDay, today: date) -> str:
    titles = [_marked(reader, days, entry) for entry in islice(day.entries, MOST_ON_A_DAY)]
    named = " · ".join([*titles, *_more(reader, len(day.entries))])
    return f"**{reader.words.day(day.on)}** · {_when(reader, days, day, today)}\n{named}"


def _marked(reader: Reader, days: ServerDays, entry: Entry) -> str:
    title = title_of(entry.item)
    return reader.words.gettext("{title} (muted here)", title=title) if days.is_muted(entry.item) else title


def _more(reader: Reader, there: int) -> list[str]:
    left = there - MOST_ON_A_DAY
    return [reader.words.ngettext("and {n} more", "and {n} more", left)] if left > 0 else []


def _when(reader: Reader, days: ServerDays, day: ServerDay, today: date) -> str:
    """'today', or how far away, as Discord counts it for each reader."""
    return reader.words.gettext("today") if day.on == today else format_dt(days.shown_at(day), "R")


def _since(reader: Reader, entry: Entry) -> str:
    item, words = entry.item, reader.words
    if isinstance(item, Observance):
        since = str(item.first_observed)
        if item.end_date is None:
            return words.gettext("Observed every year since {year}", year=since)
        last = words.month_day(item.end_date.month, item.end_date.day)
        return words.gettext("Until {last}, observed every year since {year}", last=last, year=since)
    if isinstance(item, OwnDate) and item.year is None:
        return words.gettext("Every year on {day}", day=words.month_day(item.month, item.day))
    first = item.date if isinstance(item, Milestone) else date(item.year or entry.on.year, item.month, item.day)
    return words.ngettext(
        "{n} year after {date}",
        "{n} years after {date}",
        entry.years or 0,
        date=words.date(first.year, first.month, first.day),
    )


def _source(reader: Reader, item: Item) -> str:
    if isinstance(item, OwnDate):
        return reader.words.gettext("A date of this server's own")
    return source_of(reader.words, item)


def _counted_in(reader: Reader, days: ServerDays) -> str:
    today = days.today(reader.services.clock.now())
    return reader.words.gettext(
        "days are counted in {zone}, where it is {date}",
        zone=escape(days.zone.key),
        date=reader.words.date(today.year, today.month, today.day),
    )


class Page(
    LastingButton, template=r"dates:(?P<start>[0-9]{4}-[0-9]{2}-[0-9]{2}):(?P<page>-?[0-9]{1,2}):(?P<minor>[01])"
):
    """Another page of the list, which goes on counting from the day on which it was asked for."""

    def __init__(self, start: str, page: str, minor: str, label: str = "") -> None:
        super().__init__(f"dates:{start}:{page}:{minor}", label)
        self.start, self.page, self.minor = start, page, minor

    async def press(self, interaction: Interaction) -> None:
        days = await days_here(interaction)
        await turn(interaction, lambda reader: self._card(reader, days))

    def _card(self, reader: Reader, days: ServerDays) -> Card:
        try:
            start = date.fromisoformat(self.start)
        except ValueError:
            raise NoLongerThere from None
        if abs(start - days.today(reader.services.clock.now())) > _OLDEST_LIST:
            raise NoLongerThere
        return list_card(reader, days, start, max(int(self.page), 0), every=self.minor == "1")
