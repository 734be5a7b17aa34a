"""The pages of the panel, and what can be chosen on each; a new setting is a new class, named here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bot.cards.setup_choices import Links, ModeratorRole, Review, ReviewChannel, SupporterRole
from bot.cards.setup_dates import (
    DailyChannel,
    DailyEvery,
    DailyKind,
    Major,
    Minor,
    Observances,
    OfCampaign,
    OfHistory,
    Targets,
    WallChannel,
)
from bot.cards.setup_desk import Choice
from bot.cards.setup_posts import AnnouncementChannel, PingRole, TimeOfDay
from bot.cards.setup_zones import Zone
from bot.i18n import Message, msg

OVERVIEW, ANNOUNCEMENTS, DATES, DAILY, PLEDGES = "overview", "announcements", "dates", "daily", "pledges"

Group: TypeAlias = Sequence[Choice]
"""Choices that stand in one frame."""


@dataclass(frozen=True, slots=True)
class PageOf:
    """One page of the panel."""

    name: Message
    intro: Message
    groups: Sequence[Group]


PAGES: Mapping[str, PageOf] = {
    OVERVIEW: PageOf(msg("Overview"), msg("How everything stands, and what comes next."), ()),
    ANNOUNCEMENTS: PageOf(
        msg("Announcements"),
        msg("Where and when the dates are posted, each once, on its day."),
        ((AnnouncementChannel(),), (Zone(), TimeOfDay()), (PingRole(),)),
    ),
    DATES: PageOf(
        msg("Which dates"),
        msg(
            "As it is: {posts}. All that falls on one day stands in one post. "
            "Your own dates, added with {milestone}, always count."
        ),
        ((Major(), Minor()), (OfCampaign(), OfHistory(), Observances()), (Targets(),)),
    ),
    DAILY: PageOf(
        msg("Daily and wall"),
        msg("What can be posted beside the dates. It comes at the same time of day."),
        ((DailyKind(), DailyEvery()), (DailyChannel(),), (WallChannel(),)),
    ),
    PLEDGES: PageOf(
        msg("Pledges and roles"),
        msg("What you choose is checked and saved at once."),
        ((ReviewChannel(),), (Review(),), (Links(),), (ModeratorRole(),), (SupporterRole(),)),
    ),
}

CHOICES: Mapping[str, tuple[str, Choice]] = {
    choice.setting: (page, choice) for page, of in PAGES.items() for group in of.groups for choice in group
}
"""Each setting with its page."""
