"""The form that asks moderators for a reason: one to choose, words of their own, or both."""

from typing import Any

import discord
from discord import ui

from bot.cards.base import Reader
from bot.cards.forms import Filled, Form
from bot.i18n import msg
from bot.services.moderation import LONGEST_REASON

READY = {
    "hurts": msg("It may hurt somebody."),
    "private": msg("It tells something private about somebody."),
    "advert": msg("It advertises something."),
    "off-topic": msg("It is no pledge, or not about this campaign."),
    "again": msg("It says the same as others before it."),
}
"""What is chosen most often. Its sentence is stored: the author reads it, and so do other moderators."""

LONGEST_OWN = 120
"""Characters of a moderator's own words: they fit beside any ready sentence."""


def hide_form(reader: Reader, custom_id: str) -> Form:
    _ = reader.words.gettext
    note = _("It leaves the wall and still counts. Its author reads the reason, and can change it.")
    return _form(reader, custom_id, _("Hide this pledge"), note)


def hide_all_form(reader: Reader, custom_id: str) -> Form:
    _ = reader.words.gettext
    note = _("Everything this member has made public here leaves the wall. It still counts. They read the reason.")
    return _form(reader, custom_id, _("Hide all of this member"), note)


def block_form(reader: Reader, custom_id: str) -> Form:
    _ = reader.words.gettext
    note = _(
        "The member can make no pledges and no reports here any more, and what they made public is hidden. "
        "They read the reason."
    )
    return _form(reader, custom_id, _("Block this member"), note)


def _form(reader: Reader, custom_id: str, title: str, note: str) -> Form:
    """Asks for a reason; `note` says what comes of it."""
    _ = reader.words.gettext
    options = [discord.SelectOption(label=reader.words.say(said), value=key) for key, said in READY.items()]
    menu = ui.Select[Form](custom_id="ready", placeholder=_("Choose a reason"), options=options, required=False)
    own = ui.TextInput[Form](custom_id="own", style=discord.TextStyle.paragraph, max_length=LONGEST_OWN, required=False)
    rows: list[ui.Item[Any]] = [
        ui.Label(text=_("Reason"), component=menu),
        ui.Label(text=_("In your own words"), description=_("Instead, or besides"), component=own),
        ui.TextDisplay[Any](f"-# {note}"),
    ]
    return Form(custom_id, title, rows)


def reason_in(reader: Reader, filled: Filled) -> str:
    """What was chosen and written, as one text in the reader's language."""
    ready = READY.get(filled.chosen("ready") or "")
    parts = [reader.words.say(ready) if ready else "", filled.text("own")[:LONGEST_REASON]]
    return " ".join(part for part in parts if part)
