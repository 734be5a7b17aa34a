"""The campaign's dates as cards: the next one whole, and the coming year as a list in pages."""

from datetime import date, timedelta
from itertools import takewhile

from discord.utils import format_dt

from bot.campaign.calendar import CampaignDay, Occurrence, coming_days
from bot.campaign.models import Milestone, Observance
from bot.cards.base import Card, Interaction, Reader, turn
from bot.cards.lasting import LastingButton
from bot.cards.sourced import source_of
from bot.cards.support import FindHelp, way_to_support
from bot.i18n import msg
from bot.services.errors import NoLongerThere, NothingFound
from bot.text import escape

DAYS_ON_A_PAGE = 8

_OLDEST_LIST = timedelta(days=366)
"""The age at which a list is no longer turned, since its whole year is over; also bounds what a forged id can ask."""


def next_card(reader: Reader) -> Card:
    """The next day on which something is posted by default. Raises NothingFound in a campaign without dates."""
    today = reader.services.clock.now().date()
    day = next(coming_days(reader.services.campaign.milestones, today), None)
    if day is None:
        raise NothingFound(msg("This campaign has no dates yet."))
    _ = reader.words.gettext
    milestone = day.lead.milestone
    paragraphs = [
        f"### {_title(milestone)}\n**{reader.words.day(day.on)}** · {_when(reader, day, today)}",
        f"{_since(reader, day.lead)}\n{escape(milestone.description)}",
    ]
    if isinstance(milestone, Milestone) and milestone.date_note:
        paragraphs.append(_("About the date: {note}", note=escape(milestone.date_note)))
    if day.others:
        others = [f"- {_title(other.milestone)} · {_since(reader, other)}" for other in day.others]
        paragraphs.append(f"**{_('Also on this day')}**\n" + "\n".join(others))
    paragraphs.append(f"-# {source_of(reader.words, milestone)} · {_counted_in(reader)}")
    if not day.is_solemn:
        return Card(reader.colour, paragraphs)
    return Card(reader.colour, [*paragraphs, way_to_support(reader)], [FindHelp(_("Find help"))])


def list_card(reader: Reader, start: date, page: int, *, minor: bool) -> Card:
    """The days of the year from `start` on, `DAYS_ON_A_PAGE` at a time; `page` counts from 0 and is bounded here."""
    today = reader.services.clock.now().date()
    days = _year_from(reader, start, minor=minor)
    if not days:
        raise NothingFound(msg("This campaign has no dates yet."))
    pages = -(-len(days) // DAYS_ON_A_PAGE)
    page = min(page, pages - 1)
    _ = reader.words.gettext
    paragraphs = [f"### {_('The dates of the coming year')}"]
    for day in days[page * DAYS_ON_A_PAGE :][:DAYS_ON_A_PAGE]:
        titles = " · ".join(_title(occurrence.milestone) for occurrence in day.occurrences)
        paragraphs.append(f"**{reader.words.day(day.on)}** · {_when(reader, day, today)}\n{titles}")
    page_of = _("Page {page} of {pages}", page=reader.words.number(page + 1), pages=reader.words.number(pages))
    paragraphs.append(f"-# {page_of} · {_counted_in(reader)}")
    every = "1" if minor else "0"
    earlier = Page(str(start), str(page - 1), every, _("Earlier"))
    later = Page(str(start), str(page + 1), every, _("Later"))
    earlier.item.disabled = page == 0
    later.item.disabled = page == pages - 1
    return Card(reader.colour, paragraphs, [earlier, later] if pages > 1 else [], airy=True)


def _year_from(reader: Reader, start: date, *, minor: bool) -> list[CampaignDay]:
    end = start + timedelta(days=365)
    days = coming_days(reader.services.campaign.milestones, start, minor=minor)
    return list(takewhile(lambda day: day.on < end, days))


def _when(reader: Reader, day: CampaignDay, today: date) -> str:
    """'today', or how far away, as Discord counts it for each reader."""
    return reader.words.gettext("today") if day.on == today else format_dt(day.at, "R")


def _title(milestone: Milestone | Observance) -> str:
    """With its year where it happened once: 'HeForShe is launched' alone would be false of any other year."""
    title = escape(milestone.title)
    return f"{title} ({milestone.date.year})" if isinstance(milestone, Milestone) else title


def _since(reader: Reader, occurrence: Occurrence) -> str:
    milestone = occurrence.milestone
    if isinstance(milestone, Observance):
        since = str(milestone.first_observed)
        if milestone.end_date is None:
            return reader.words.gettext("Observed every year since {year}", year=since)
        last = reader.words.month_day(milestone.end_date.month, milestone.end_date.day)
        return reader.words.gettext("Until {last}, observed every year since {year}", last=last, year=since)
    first = milestone.date
    return reader.words.ngettext(
        "{n} year after {date}",
        "{n} years after {date}",
        occurrence.years,
        date=reader.words.date(first.year, first.month, first.day),
    )


def _counted_in(reader: Reader) -> str:
    return reader.words.gettext("days are counted in UTC")


class Page(
    LastingButton, template=r"dates:(?P<start>[0-9]{4}-[0-9]{2}-[0-9]{2}):(?P<page>-?[0-9]{1,2}):(?P<minor>[01])"
):
    """Another page of the list, which goes on counting from the day on which it was asked for."""

    def __init__(self, start: str, page: str, minor: str, label: str = "") -> None:
        super().__init__(f"dates:{start}:{page}:{minor}", label)
        self.start, self.page, self.minor = start, page, minor

    async def press(self, interaction: Interaction) -> None:
        await turn(interaction, self._card)

    def _card(self, reader: Reader) -> Card:
        try:
            start = date.fromisoformat(self.start)
        except ValueError:
            raise NoLongerThere from None
        if abs(start - reader.services.clock.now().date()) > _OLDEST_LIST:
            raise NoLongerThere
        return list_card(reader, start, max(int(self.page), 0), minor=self.minor == "1")
