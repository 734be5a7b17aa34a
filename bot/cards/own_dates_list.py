"""All dates of a server, its own and the campaign's, each with the day on which it comes round next; to choose from."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import takewhile

from discord import SelectOption
from discord.utils import format_dt

from bot.campaign.models import Milestone
from bot.cards.base import Block, Card, Interaction, Reader, frame, may_turn, reader_of, reply, saved
from bot.cards.lasting import LastingButton, LastingMenu
from bot.cards.own_dates import date_card
from bot.cards.rights import require_moderator
from bot.services.days import Entry, Item, ServerDay, ServerDays
from bot.services.errors import NoLongerThere
from bot.services.naming import shortened
from bot.services.times import clock_time
from bot.storage.milestones import OwnDate
from bot.text import escape

ON_A_PAGE = 8
LONGEST_LABEL = 100  # Discord shows no more

_A_YEAR_AND_LEAP_DAYS = timedelta(days=367)


async def show_dates(interaction: Interaction, page: int = 0, notice: str = "") -> None:
    """Answers a moderator with a page of the list, which counts from 0 and is bounded here. Raises ModeratorsOnly."""
    record = await require_moderator(interaction)
    reader = reader_of(interaction, private=True)
    days = await reader.services.days.of(record.id)
    await reply(interaction, _list_card(reader, days, page, notice), in_place=may_turn(interaction))


def _list_card(reader: Reader, days: ServerDays, page: int, notice: str) -> Card:
    _, number = reader.words.gettext, reader.words.number
    entries = list(_next_of_each(reader, days))
    pages = max(-(-len(entries) // ON_A_PAGE), 1)
    page = min(page, pages - 1)
    shown = entries[page * ON_A_PAGE :][:ON_A_PAGE]
    paragraphs = [
        *([notice] if notice else []),
        f"### {_('The dates of this server')}\n{_said_whether_posted(reader, days)}",
        *(_said(reader, days, day, entry.item) for day, entry in shown),
    ]
    if len(days.own) == 0:
        paragraphs.append(_("None of them is your own yet: {add} adds one.", add=reader.mention_of("milestone add")))
    counted = _("Page {page} of {pages}", page=number(page + 1), pages=number(pages))
    paragraphs.append(f"-# {counted}")
    buttons: list[Block] = []
    if pages > 1:
        buttons.append(TurnDates(str(page - 1), _("Earlier"), disabled=page == 0))
        buttons.append(TurnDates(str(page + 1), _("Later"), disabled=page == pages - 1))
    card = Card(reader.colour, paragraphs, buttons, airy=True)
    if shown:
        menu = PickDate(str(page), _("Choose a date"), [_option(reader, days, entry.item) for _day, entry in shown])
        card.add_item(frame(_("Change one of the dates on this page:"), [menu], reader.colour))
    return card


def _next_of_each(reader: Reader, days: ServerDays) -> Iterator[tuple[ServerDay, Entry]]:
    start = days.today(reader.services.clock.now())
    coming = days.coming(start, every=True, apart=True)
    seen: set[str] = set()
    for day in takewhile(lambda day: day.on < start + _A_YEAR_AND_LEAP_DAYS, coming):
        for entry in day.entries:
            if (key := _key(days, entry.item)) not in seen:
                seen.add(key)
                yield day, entry


def _key(days: ServerDays, item: Item) -> str:
    """What choosing a date means: to open one's own, or to have one of the campaign posted no more, or again."""
    if isinstance(item, OwnDate):
        return f"own:{item.id}"
    return f"{'unmute' if days.is_muted(item) else 'mute'}:{item.id}"


def _said_whether_posted(reader: Reader, days: ServerDays) -> str:
    _, setup = reader.words.gettext, reader.mention_of("setup")
    if days.record.announcement_channel_id is None or not days.has_zone:
        return _("Nothing is posted yet: choose a channel and the time zone in {setup}.", setup=setup)
    return _(
        "They are posted in {channel} at {time}.",
        channel=f"<#{days.record.announcement_channel_id}>",
        time=clock_time(days.post_at),
    )


def _said(reader: Reader, days: ServerDays, day: ServerDay, item: Item) -> str:
    _, today = reader.words.gettext, days.today(reader.services.clock.now())
    when = _("today") if day.on == today else format_dt(days.shown_at(day), "R")
    note = ""
    if isinstance(item, OwnDate):
        note = _("your own")
        if days.is_apart(item) and item.post_at is not None:
            note = _("your own, at {time}", time=clock_time(item.post_at))
    elif days.is_muted(item):
        note = f"**{_('not posted here: you chose so')}**"
    elif not days.choice.takes(item):
        note = _("not posted: left out under “Which dates” in {setup}", setup=reader.mention_of("setup"))
    line = " · ".join(part for part in (_titled(item), note) if part)
    return f"**{reader.words.day(day.on)}** · {when}\n{line}"


def _titled(item: Item) -> str:
    """With its year where it happened once: 'HeForShe is launched' alone would be false of any other year."""
    year = item.date.year if isinstance(item, Milestone) else item.year if isinstance(item, OwnDate) else None
    return escape(item.title) if year is None else f"{escape(item.title)} ({year})"


def _option(reader: Reader, days: ServerDays, item: Item) -> SelectOption:
    _ = reader.words.gettext
    if isinstance(item, OwnDate):
        said = _("Your own: open it, to edit or remove it")
    elif days.is_muted(item):
        said = _("Post it here again")
    else:
        said = _("Don't post it here")
    label = shortened(item.title, LONGEST_LABEL)
    return SelectOption(label=label, value=_key(days, item), description=shortened(said, LONGEST_LABEL))


class TurnDates(LastingButton, template=r"own:list:(?P<page>-?[0-9]{1,2})"):
    """Another page of the list."""

    def __init__(self, page: str, label: str = "", *, disabled: bool = False) -> None:
        super().__init__(f"own:list:{page}", label, disabled=disabled)
        self.page = max(int(page), 0)

    async def press(self, interaction: Interaction) -> None:
        await show_dates(interaction, self.page)


class PickDate(LastingMenu, template=r"own:pick:(?P<page>[0-9]{1,2})"):
    """Opens one of the server's own dates, or has one of the campaign posted no more, or again."""

    def __init__(self, page: str, placeholder: str = "", options: Sequence[SelectOption] = ()) -> None:
        super().__init__(f"own:pick:{page}", placeholder, options)
        self.page = int(page)

    async def press(self, interaction: Interaction) -> None:
        record = await require_moderator(interaction)
        reader = reader_of(interaction, private=True)
        verb, _colon, item = next(iter(self.item.values), "").partition(":")
        if verb == "own" and item.isdecimal():
            own = await reader.services.own_dates.one(record.id, int(item))
            await reply(interaction, date_card(reader, own, record))  # beside the list, which stays open
            return
        chosen = next((one for one in reader.services.campaign.milestones if one.id == item), None)
        if chosen is None or verb not in ("mute", "unmute"):
            raise NoLongerThere
        _, title, muted = reader.words.gettext, escape(chosen.title), verb == "mute"
        if muted == (("milestone", item) in record.muted):
            notice = _("Nothing to change: it is so already.")
        else:
            muting = reader.services.guilds.mute(record.id, interaction.user.id, "milestone", item, muted=muted)
            await saved(interaction, muting, in_place=may_turn(interaction))
            notice = _("“{title}” is not posted here any more.", title=title)
            if not muted:
                notice = _("“{title}” can be posted here again.", title=title)
        await show_dates(interaction, self.page, notice)
