"""The first page of the panel: what comes, what was posted, what was not and why, and how everything is set."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from discord.utils import format_dt

from bot.cards.announcement_trouble import link_to, name_of, reason_of
from bot.cards.setup_coming import next_daily, said_next, said_posts, said_when
from bot.cards.setup_desk import Desk, Picked
from bot.cards.setup_pages import CHOICES, DATES, PAGES
from bot.storage.announcements import Announcement
from bot.storage.tables import RETRY, UNKNOWN

MOST_COMING, MOST_TROUBLES, MOST_MENDED = 4, 2, 3
"""Lines and frames, so that the page fits into a message however long all titles are."""


def said_health(desk: Desk) -> list[str]:
    """What comes next, and what was posted last."""
    _ = desk.reader.words.gettext
    coming = [said_next(desk), *(line for _at, line in sorted(_coming(desk))[:MOST_COMING])]
    said = [f"**{_('Coming')}**\n" + "\n".join(coming)]
    if posted := [_posted(desk, one) for one in desk.health.posted]:
        said.append(f"**{_('Posted last')}**\n" + "\n".join(posted))
    return said


def _coming(desk: Desk) -> Iterator[tuple[datetime, str]]:
    """What else comes beside the next dates, which have their sentence; each with its instant."""
    _ = desk.reader.words.gettext
    if at := next_daily(desk):
        name = _("Fact of the day") if desk.record.daily_kind == "fact" else _("Quote of the day")
        yield at, f"- {name} · {said_when(desk, at)}"
    for one in desk.health.ahead:
        name = name_of(desk.reader, desk.days, one)
        if one.state == RETRY:
            yield one.due_at, f"- {name} · {reason_of(desk.reader, one, desk.guild)}"
        elif one.kind not in ("anniversary", "daily"):
            yield one.due_at, f"- {name} · {said_when(desk, one.due_at)}"


def _posted(desk: Desk, one: Announcement) -> str:
    name, at = name_of(desk.reader, desk.days, one), format_dt(one.sent_at or one.due_at, "R")
    return f"- {link_to(name, one)} · {at}"


def troubled(desk: Desk) -> Sequence[Announcement]:
    """What was not posted, or perhaps not, newest first."""
    return desk.health.troubled[:MOST_TROUBLES]


def said_trouble(desk: Desk, one: Announcement) -> str:
    _ = desk.reader.words.gettext
    head = _("Perhaps not posted") if one.state == UNKNOWN else _("Not posted")
    name, at = name_of(desk.reader, desk.days, one), format_dt(one.due_at, "f")
    return f"**⚠️ {head}: {name}**\n{at} · {reason_of(desk.reader, one, desk.guild)}"


def said_mending(desk: Desk) -> str:
    """What worked once and does so no longer, of all pages; empty where all is well."""
    _ = desk.reader.words.gettext
    found = [
        f"- {desk.reader.words.say(PAGES[page].name)} → {choice.title(desk)}: {trouble}"
        for page, choice in CHOICES.values()
        if (trouble := choice.trouble(desk))
    ]
    if not found:
        return ""
    further = len(found) - MOST_MENDED
    lines = found[:MOST_MENDED]
    if further > 0:
        lines.append("- " + desk.reader.words.ngettext("{n} more, on its page", "{n} more, on their pages", further))
    return f"**⚠️ {_('To be mended')}**\n" + "\n".join(lines)


def said_settings(desk: Desk) -> str:
    """How everything else is set, in a few words each."""
    _ = desk.reader.words.gettext
    lines = [f"{desk.reader.words.say(PAGES[DATES].name)}: {said_posts(desk)}"]
    for setting in ("daily_kind", "reviews_pledges"):
        choice = CHOICES[setting][1]
        lines.append(f"{choice.title(desk)}: {choice.now(desk)}")
    lines += [
        f"{choice.title(desk)}: {choice.mention(desk) or _('none')}"
        for _page, choice in CHOICES.values()
        if isinstance(choice, Picked)
    ]
    return f"**{_('As it is set')}**\n" + "\n".join(f"- {line}" for line in lines)
