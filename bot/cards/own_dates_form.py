"""The form of a date of a server's own, filled with what stands."""

from typing import Any

import discord
from discord import ui

from bot.announcements.occurrences import LEAP_DAY
from bot.cards.base import Reader
from bot.cards.forms import Filled, Form, room
from bot.services.own_dates import LONGEST_TITLE, LONGEST_WORDS, DateDraft
from bot.services.times import LONGEST_TIME, clock_time
from bot.storage.milestones import OwnDate

CHANGED = "own:change:"
"""What the form's custom_id begins with; the date's id follows."""

LONGEST_DAY = 50


def date_form(reader: Reader, own: OwnDate, day: str) -> Form:
    """`day`: the date as the reader would type it."""
    _ = reader.words.gettext
    usual = _("Empty for the usual time that is chosen in /setup")
    rows: list[ui.Item[Any]] = [
        ui.Label(text=_("Title"), component=_line("title", own.title, LONGEST_TITLE)),
        ui.Label(
            text=_("Date"),
            description=_("With its year, or without: it is posted every year"),
            component=_line("on", day, LONGEST_DAY),
        ),
        ui.Label(
            text=_("Text"),
            description=_("What is posted below the title"),
            component=_line("words", own.words, LONGEST_WORDS, required=False, style=discord.TextStyle.paragraph),
        ),
        ui.Label(
            text=_("Time of day"),
            description=usual,
            component=_line(
                "time", "" if own.post_at is None else clock_time(own.post_at), LONGEST_TIME, required=False
            ),
        ),
    ]
    if (own.month, own.day) == LEAP_DAY:
        march = ui.Checkbox[Form](custom_id="march", default=own.in_march)
        rows.append(
            ui.Label(
                text=_("In other years on 1 March"),
                description=_("Else on 28 February, in years without 29 February"),
                component=march,
            )
        )
    return Form(f"{CHANGED}{own.id}", _("A date of this server"), rows)


def draft_in(filled: Filled) -> DateDraft:
    """What somebody filled in."""
    return DateDraft(
        title=filled.text("title"),
        day=filled.text("on"),
        words=filled.text("words"),
        time=filled.text("time"),
        in_march=filled.ticked("march"),
    )


def _line(
    name: str, value: str, most: int, *, required: bool = True, style: discord.TextStyle = discord.TextStyle.short
) -> "ui.TextInput[Form]":
    return ui.TextInput(
        custom_id=name, style=style, default=value or None, max_length=room(most, value), required=required
    )
