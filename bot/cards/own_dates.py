"""A date of a server's own as a card: what it is, when it is posted next, and what moderators can do with it."""

import re

import discord
from discord.app_commands import Choice

from bot.cards.base import Block, Card, Interaction, Reader, may_turn, reader_of, reply, saved
from bot.cards.choices import MOST_CHOICES
from bot.cards.errors import answer_error
from bot.cards.forms import Filled, LastingForm
from bot.cards.lasting import BIG_ID, LastingButton
from bot.cards.own_dates_form import CHANGED, date_form, draft_in
from bot.cards.own_dates_preview import PreviewDate
from bot.cards.rights import require_moderator
from bot.cards.setup_coming import said_local
from bot.services.errors import DomainError, NotAllowedHere
from bot.services.naming import shortened
from bot.services.own_dates import DateDraft
from bot.services.zones import known_zone
from bot.storage.guilds import GuildRecord
from bot.storage.milestones import OwnDate
from bot.text import escape, escape_but_links

LONGEST_CHOICE = 100  # Discord shows no more


async def add_date(interaction: Interaction, draft: DateDraft) -> None:
    """Stores a date, and answers with when it is posted next. Raises ModeratorsOnly, and NotSaved of the storage.

    Of what can't stand, the moderator reads why, and gets the text back.
    """
    record = await require_moderator(interaction)
    reader = reader_of(interaction, private=True)
    adding = reader.services.own_dates.add(
        draft,
        id=interaction.id,
        guild_id=record.id,
        moderator_id=interaction.user.id,
        words=reader.words,
        app_locale=interaction.locale.value,
    )
    try:
        own = await saved(interaction, adding)
    except DomainError as refused:
        typed = (draft.title, draft.day, draft.words, draft.time)
        await answer_error(interaction, refused, keep="\n".join(filter(None, typed)))
        return
    await reply(interaction, date_card(reader, own, record, reader.words.gettext("The date is saved.")))


async def edit_date(interaction: Interaction, which: str) -> None:
    """Opens the form of a date, filled with what stands. Raises ModeratorsOnly and NothingFound."""
    record = await require_moderator(interaction)
    reader = reader_of(interaction, private=True)
    own = await reader.services.own_dates.named(record.id, which)
    await interaction.response.send_modal(date_form(reader, own, said_day(reader, own)))


async def ask_remove_date(interaction: Interaction, which: str) -> None:
    """Asks before a date is removed. Raises ModeratorsOnly and NothingFound."""
    record = await require_moderator(interaction)
    reader = reader_of(interaction, private=True)
    await reply(interaction, _question(reader, await reader.services.own_dates.named(record.id, which)))


async def date_choices(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """The server's own dates, for moderators of it only."""
    try:
        record = await require_moderator(interaction)
    except NotAllowedHere:
        return []
    reader = reader_of(interaction, private=True)
    dates = await reader.services.own_dates.matching(record.id, typed)
    return [
        Choice(name=shortened(f"{said_day(reader, one)} · {one.title}", LONGEST_CHOICE), value=str(one.id))
        for one in dates[:MOST_CHOICES]
    ]


def date_card(reader: Reader, own: OwnDate, record: GuildRecord, notice: str = "") -> Card:
    """All that is known of a date; `notice` tells what was just done."""
    _ = reader.words.gettext
    paragraphs = [
        *([notice] if notice else []),
        f"### {escape(own.title)}\n**{said_day(reader, own)}** · {_('every year')}",
        *([f"> {_shown_words(own, record)}"] if own.words else []),
        said_next(reader, own, record),
    ]
    if (own.month, own.day) == (2, 29):
        paragraphs.append(
            _("In years without 29 February it is posted on 1 March.")
            if own.in_march
            else _("In years without 29 February it is posted on 28 February.")
        )
    which = str(own.id)
    buttons: list[Block] = [
        EditDateButton(which, _("Edit")),
        PreviewDate(which, _("Preview")),
        AskRemoveDate(which, _("Remove …")),
    ]
    return Card(reader.colour, paragraphs, buttons)


def said_day(reader: Reader, own: OwnDate) -> str:
    """The date, with its year where that is known."""
    if own.year is None:
        return reader.words.month_day(own.month, own.day)
    return reader.words.date(own.year, own.month, own.day)


def said_next(reader: Reader, own: OwnDate, record: GuildRecord) -> str:
    """When it is posted next, by the server's clock and the reader's; or what is missing before it can be."""
    _, setup = reader.words.gettext, reader.mention_of("setup")
    at, zone = reader.services.own_dates.next_of(own, record), known_zone(record.zone)
    if at is None or zone is None:
        return _("Nothing is posted yet: choose a channel and the time zone in {setup}.", setup=setup)
    when = said_local(reader, at, zone)
    if record.announcement_channel_id is None:
        return _("It comes round {when}, but nothing is posted: choose a channel in {setup}.", when=when, setup=setup)
    return _("It is posted next {when}.", when=when)


def _shown_words(own: OwnDate, record: GuildRecord) -> str:
    return escape_but_links(own.words) if record.allows_links else escape(own.words)


def _question(reader: Reader, own: OwnDate) -> Card:
    _, which = reader.words.gettext, str(own.id)
    said = _("It is not posted any more, and can't be brought back. What was posted of it stays.")
    text = f"### {_('Remove this date?')}\n> {escape(own.title)} · {said_day(reader, own)}\n{said}"
    return Card(reader.colour, [text], [RemoveDate(which, _("Yes, remove it")), KeepDate(which, _("No, keep it"))])


class EditDateButton(LastingButton, template=rf"own:edit:(?P<which>{BIG_ID})"):
    """Opens the form of a date of this server's own."""

    def __init__(self, which: str, label: str = "") -> None:
        super().__init__(f"own:edit:{which}", label, discord.ButtonStyle.primary)
        self.date_id = int(which)

    async def press(self, interaction: Interaction) -> None:
        record = await require_moderator(interaction)
        reader = reader_of(interaction, private=True)
        own = await reader.services.own_dates.one(record.id, self.date_id)
        await interaction.response.send_modal(date_form(reader, own, said_day(reader, own)))


class AskRemoveDate(LastingButton, template=rf"own:ask:(?P<which>{BIG_ID})"):
    """Asks before a date is removed."""

    def __init__(self, which: str, label: str = "") -> None:
        super().__init__(f"own:ask:{which}", label)
        self.date_id = int(which)

    async def press(self, interaction: Interaction) -> None:
        record = await require_moderator(interaction)
        reader = reader_of(interaction, private=True)
        own = await reader.services.own_dates.one(record.id, self.date_id)
        await reply(interaction, _question(reader, own), in_place=may_turn(interaction))


class RemoveDate(LastingButton, template=rf"own:remove:(?P<which>{BIG_ID})"):
    """Removes a date."""

    def __init__(self, which: str, label: str = "") -> None:
        super().__init__(f"own:remove:{which}", label, discord.ButtonStyle.danger)
        self.date_id = int(which)

    async def press(self, interaction: Interaction) -> None:
        record = await require_moderator(interaction)
        reader = reader_of(interaction, private=True)
        removing = reader.services.own_dates.remove(record.id, interaction.user.id, self.date_id)
        removed = await saved(interaction, removing, in_place=may_turn(interaction))
        _ = reader.words.gettext
        text = f"### {_('The date is removed')}\n> {escape(removed.title)} · {said_day(reader, removed)}"
        others = _("{list} shows what is left.", list=reader.mention_of("milestone list"))
        await reply(interaction, Card(reader.colour, [f"{text}\n{others}"]), in_place=may_turn(interaction))


class KeepDate(LastingButton, template=rf"own:keep:(?P<which>{BIG_ID})"):
    """Back to the date, which stays as it is."""

    def __init__(self, which: str, label: str = "") -> None:
        super().__init__(f"own:keep:{which}", label)
        self.date_id = int(which)

    async def press(self, interaction: Interaction) -> None:
        record = await require_moderator(interaction)
        reader = reader_of(interaction, private=True)
        own = await reader.services.own_dates.one(record.id, self.date_id)
        await reply(interaction, date_card(reader, own, record), in_place=may_turn(interaction))


class DateChanged(LastingForm):
    """A date's form, sent with what it should be from now on."""

    pattern = re.compile(rf"{CHANGED}(?P<which>{BIG_ID})")

    @classmethod
    async def sent(cls, interaction: Interaction, filled: Filled, **words: str) -> None:
        record = await require_moderator(interaction)
        reader = reader_of(interaction, private=True)
        changing = reader.services.own_dates.edit(
            draft_in(filled),
            date_id=int(words["which"]),
            guild_id=record.id,
            moderator_id=interaction.user.id,
            words=reader.words,
            app_locale=interaction.locale.value,
        )
        own = await saved(interaction, changing, in_place=may_turn(interaction))
        card = date_card(reader, own, record, reader.words.gettext("The date is saved."))
        await reply(interaction, card, in_place=may_turn(interaction))
