"""The parts of a post about a day: what happened, what else did, what this community does, a quote, a fact."""

from datetime import date

from bot.announcements.occurrences import yearly
from bot.campaign.calendar import Day
from bot.campaign.models import Fact, Milestone, Observance, Quote, Remembered
from bot.cards import announcement_repertoire as repertoire
from bot.cards.announcement_post import Stage
from bot.cards.announcement_repertoire import turn_of, years_ago_today
from bot.cards.base import Reader
from bot.cards.pledge_stats import goal_text
from bot.cards.sourced import below_fact, quote_texts, small, source_of
from bot.i18n import Message, Words
from bot.services.days import Entry, ServerDay, ServerDays
from bot.storage.milestones import OwnDate
from bot.text import escape, link

MOST_OTHERS = 4
"""Other dates of the same day that a post names."""

_SOME_LEAP_YEAR = 2000


class Turns:
    """Picks the sentences whose turn it is on this day of this year, in this server."""

    def __init__(self, stage: Stage, day: ServerDay) -> None:
        self._words = stage.reader.words
        self._guild_id = stage.guild_id
        self._first = _day_of_year(day.lead.item)
        self._year = day.on.year

    def order(self) -> "tuple[str, ...]":
        """In which order the parts of the post stand."""
        return tuple(turn_of(repertoire.ORDERS, f"{self._guild_id} order", self._first, self._year))

    def has_fact(self) -> bool:
        """Whether it is one of the years with a fact: every other one."""
        return turn_of((True, False), f"{self._guild_id} fact", self._first, self._year)

    def say(self, sentences: "tuple[Message, ...] | list[Message]", part: str, **values: object) -> str:
        chosen = turn_of(sentences, f"{self._guild_id} {part}", self._first, self._year)
        return self._words.gettext(chosen.text, **values)

    def beginning(self, day: ServerDay) -> str:
        item = day.lead.item
        sort: repertoire.Sort = "own" if isinstance(item, OwnDate) else item.kind
        mood: repertoire.Mood = "solemn" if day.is_solemn else "plain"
        if not isinstance(item, OwnDate) and not day.is_solemn:
            mood = item.tone
        return self.say(tuple(repertoire.BEGINNINGS[sort][mood]), "beginning")


def _day_of_year(item: Milestone | Observance | OwnDate) -> date:
    if isinstance(item, Milestone):
        return item.date
    month, day = (item.date.month, item.date.day) if isinstance(item, Observance) else (item.month, item.day)
    return date(_SOME_LEAP_YEAR, month, day)


def heading(reader: Reader, day: ServerDay) -> str:
    """How long ago it was, and below in large letters what; for what is observed every year, when that is."""
    when = [f"**{_when(reader.words, day.lead, day.on)}**", first_date(reader.words, day.lead)]
    return f"{' · '.join(part for part in when if part)}\n## {escape(day.lead.item.title)}"


def what_happened(reader: Reader, entry: Entry) -> str:
    """The story of a date, with its source; of a server's own date, what its moderators wrote."""
    item, _ = entry.item, reader.words.gettext
    if isinstance(item, OwnDate):
        return escape(item.words)
    lines = [escape(item.description)]
    if isinstance(item, Milestone) and item.date_note:
        lines.append("-# " + _("About the date: {note}", note=escape(item.date_note)))
    since = _("Observed every year since {year}", year=str(item.first_observed)) if isinstance(item, Observance) else ""
    lines.append(small([since, source_of(reader.words, item)]))
    return "\n".join(lines)


def _when(words: Words, entry: Entry, on: date) -> str:
    item, years, _ = entry.item, entry.years or 0, words.gettext
    if isinstance(item, Observance):
        if item.end_date is not None:
            return _(
                "From today until {last}, every year", last=words.month_day(item.end_date.month, item.end_date.day)
            )
        if not years:
            return _("Observed today for the first time")
        return _("Every year on {day}", day=words.month_day(item.date.month, item.date.day))
    if isinstance(item, OwnDate) and item.year is None:
        return _("Every year on {day}", day=words.month_day(item.month, item.day))
    if years < 1:
        return _("Today")
    if is_exact(item, on):
        return years_ago_today(words, years)
    return words.ngettext("{n} year ago", "{n} years ago", years)


def is_exact(item: Milestone | Observance | OwnDate, on: date) -> bool:
    """Whether it is certain that it was on this very day: else 'today' would say too much."""
    if isinstance(item, Milestone):
        return item.date_note is None and (item.date.month, item.date.day) == (on.month, on.day)
    first = _day_of_year(item)
    return (first.month, first.day) == (on.month, on.day)


def first_date(words: Words, entry: Entry) -> str:
    item = entry.item
    if isinstance(item, Milestone):
        return words.date(item.date.year, item.date.month, item.date.day)
    if isinstance(item, OwnDate) and item.year is not None and entry.years:
        return words.date(item.year, item.month, item.day)
    return ""


def also(reader: Reader, day: ServerDay) -> str:
    """What else falls on the day, each with its source behind its title; empty where nothing does."""
    if not day.others:
        return ""
    words = reader.words
    lines = [also_line(words, entry) for entry in day.others[:MOST_OTHERS]]
    more = len(day.others) - MOST_OTHERS
    if more > 0:
        lines.append("- " + words.ngettext("and {n} more: “More” shows it", "and {n} more: “More” shows them", more))
    return f"**{words.gettext('Also on this day')}**\n" + "\n".join(lines)


def also_line(words: Words, entry: Entry) -> str:
    item = entry.item
    if isinstance(item, OwnDate):
        return f"- {' · '.join(part for part in (escape(item.title), how_long(words, entry)) if part)}"
    url = item.source_url or item.also_url
    title = f"{link(item.title, url)} ({item.date.year})" if isinstance(item, Milestone) else link(item.title, url)
    source = "" if url else source_of(words, item)
    return f"- {' · '.join(part for part in (title, how_long(words, entry), source) if part)}"


def how_long(words: Words, entry: Entry) -> str:
    item = entry.item
    if isinstance(item, Observance):
        if item.end_date is not None:
            last = words.month_day(item.end_date.month, item.end_date.day)
            return words.gettext(
                "from today until {last}, every year since {year}", last=last, year=str(item.first_observed)
            )
        return words.gettext("every year since {year}", year=str(item.first_observed))
    if not entry.years:
        return ""
    return words.ngettext("{n} year ago", "{n} years ago", entry.years)


async def ours(stage: Stage, day: ServerDay, turns: Turns) -> str:
    """What has come together in this server, and since this day a year ago. Nothing is said that is not so.

    On a solemn day only how many have promised their part, without goals; empty where nobody has.
    """
    reader, words = stage.reader, stage.reader.words
    numbers = await reader.services.pledges.numbers(stage.guild_id)
    if day.is_solemn:
        return (
            words.ngettext(
                "**{n}** person in this community has promised to do their part.",
                "**{n}** people in this community have promised to do their part.",
                numbers.supporters,
            )
            if numbers.supporters
            else ""
        )
    title = f"**{turns.say(repertoire.OUR_PART, 'title')}**"
    if not numbers.supporters:
        return f"{title}\n{turns.say(repertoire.NOBODY_YET, 'nobody')}"
    before = yearly(day.on.month, day.on.day, day.on.year - 1)
    since = words.date(before.year, before.month, before.day)
    made = await reader.services.pledges.made_between(stage.guild_id, before, day.on)
    people = words.ngettext("**{n}** person stands up here", "**{n}** people stand up here", numbers.supporters)
    countries = len(numbers.countries)
    if countries:
        people = words.ngettext(
            "{people}, from **{n}** country.", "{people}, from **{n}** countries.", countries, people=people
        )
    else:
        people = words.gettext("{people}.", people=people)
    lately = (
        words.ngettext(
            "**{n}** pledge was made since {since}.", "**{n}** pledges were made since {since}.", made, since=since
        )
        if made
        else turns.say(repertoire.QUIET, "quiet", since=since)
    )
    goal = goal_text(reader, numbers.supporters)
    return "\n".join(part for part in (title, f"{people} {lately}", goal) if part)


def quoted(words: Words, quote: Quote) -> str:
    return "\n".join(quote_texts(words, quote))  # pyright: ignore[reportArgumentType]  (frozen, hence hashable)


def told(words: Words, fact: Fact, title: str) -> str:
    """A fact beside what the day is about, with its source."""
    return f"**{title}**\n{escape(fact.text)}\n{below_fact(words, fact)}"


def own_day(days: ServerDays, own_id: str, on: date) -> ServerDay | None:
    """The day with this own date alone, and with what makes it a solemn one; None where the date is not on it.

    The rest stands in the day's own post.
    """
    whole = days.on(on, apart=True)
    entries = whole.entries if whole else ()
    own = [entry for entry in entries if isinstance(entry.item, OwnDate) and str(entry.item.id) == own_id]
    grave = [entry for entry in entries if isinstance(entry.item, Remembered) and entry.item.tone == "solemn"]
    return Day(on, (*own, *grave)) if own else None
