"""A report of a pledge: which one, then what is wrong with it. Private all the way; its author never learns of whom."""

import re
from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.cards.base import Card, Interaction, Reader, reader_of, reply, saved
from bot.cards.forms import Filled, Form, LastingForm
from bot.cards.lasting import BIG_ID, LastingButton, LastingMenu
from bot.cards.pledge_form import server_of
from bot.cards.review import ask_moderators
from bot.i18n import msg
from bot.services.errors import NoLongerThere, NotAllowedHere
from bot.services.naming import shortened
from bot.services.reports import LONGEST_REPORT, PledgeNotThere, YourOwn
from bot.storage.guilds import GuildRecord
from bot.storage.ledger import Pledge
from bot.storage.reports import Reported
from bot.storage.tables import WHOLE_CAMPAIGN
from bot.text import escape

SHOWN_OF_EACH = 100
"""Characters of each pledge that is listed: enough to tell one from another."""


def server_with_moderators(interaction: Interaction) -> int:
    """The server whose moderators a report goes to. Raises NotAllowedHere where there is none."""
    server = server_of(interaction)
    if server == WHOLE_CAMPAIGN:
        raise NotAllowedHere(msg("This belongs to a server. Use it in a channel of one that has added me."))
    return server


async def ask_which(interaction: Interaction, newest: int, oldest: int, theme: str, country: str) -> None:
    """Answers privately with the pledges of a page of the wall, to choose the one that is meant.

    Raises PledgeNotThere when none is left, YourOwn when all are the member's own, and what `welcome` raises.
    """
    server, reader = server_with_moderators(interaction), reader_of(interaction, private=True)
    reports = reader.services.reports
    await reports.welcome(server, interaction.user.id)
    standing = await reports.between(server, newest, oldest, theme, country)
    if not standing:
        raise PledgeNotThere
    of_others = [pledge for pledge in standing if pledge.member_id != interaction.user.id]
    if not of_others:
        raise YourOwn
    await reply(interaction, which_card(reader, of_others))


def which_card(reader: Reader, pledges: Sequence[Pledge]) -> Card:
    _ = reader.words.gettext
    title = f"### {_('Which pledge?')}\n{_('Choose the one that moderators should look at.')}"
    texts = [reader.services.pledges.text_of(pledge) for pledge in pledges]
    names = [_("Pledge {number}", number=reader.words.number(at)) for at in range(1, len(pledges) + 1)]
    entries = [
        f"**{name}** · <@{pledge.member_id}>\n> {escape(shortened(text, SHOWN_OF_EACH))}"
        for name, text, pledge in zip(names, texts, pledges, strict=True)
    ]
    options = [
        discord.SelectOption(label=name, description=shortened(text, SHOWN_OF_EACH), value=str(pledge.id))
        for name, text, pledge in zip(names, texts, pledges, strict=True)
    ]
    return Card(reader.colour, [title, *entries], [WhichPledge(_("Choose a pledge"), options)], airy=True)


class ReportWall(
    LastingButton,
    template=rf"report:wall:(?P<newest>{BIG_ID}):(?P<oldest>{BIG_ID}):"
    rf"(?P<theme>[a-z0-9-]{{0,24}}):(?P<country>[A-Z]{{0,2}})",
):
    """Asks which pledge of the page between these two is meant."""

    def __init__(self, newest: str, oldest: str, theme: str, country: str, label: str = "") -> None:
        super().__init__(f"report:wall:{newest}:{oldest}:{theme}:{country}", label)
        self.edges = int(newest), int(oldest)
        self.filter = theme, country

    async def press(self, interaction: Interaction) -> None:
        await ask_which(interaction, *self.edges, *self.filter)


class WhichPledge(LastingMenu, template=r"report:which"):
    """Opens the form for the pledge that is chosen."""

    def __init__(self, placeholder: str = "", options: Sequence[discord.SelectOption] = ()) -> None:
        super().__init__("report:which", placeholder, options)

    async def press(self, interaction: Interaction) -> None:
        chosen = next(iter(self.item.values), "")
        if not re.fullmatch(BIG_ID, chosen):
            raise NoLongerThere
        server, reader = server_with_moderators(interaction), reader_of(interaction, private=True)
        await reader.services.reports.welcome(server, interaction.user.id)
        pledge = await reader.services.reports.reportable(server, int(chosen), interaction.user.id)
        await interaction.response.send_modal(_form(reader, pledge))


def _form(reader: Reader, pledge: Pledge) -> Form:
    _ = reader.words.gettext
    words = ui.TextInput[Form](
        custom_id="words", style=discord.TextStyle.paragraph, max_length=LONGEST_REPORT, required=False
    )
    rows: list[ui.Item[Any]] = [
        ui.TextDisplay(f"> {escape(reader.services.pledges.text_of(pledge))}"),
        ui.Label(
            text=_("What is wrong with it?"),
            description=_("If you like. Moderators read it; the author does not learn who sent it."),
            component=words,
        ),
    ]
    return Form(f"report:pledge:{pledge.id}", _("Report a pledge"), rows)


class PledgeReport(LastingForm):
    pattern = re.compile(rf"report:pledge:(?P<pledge>{BIG_ID})")

    @classmethod
    async def sent(cls, interaction: Interaction, filled: Filled, **words: str) -> None:
        server, reader = server_with_moderators(interaction), reader_of(interaction, private=True)
        reporting = reader.services.reports.report(
            id=interaction.id,
            guild_id=server,
            pledge_id=int(words["pledge"]),
            member_id=interaction.user.id,
            words=filled.text("words"),
        )
        reported = await saved(interaction, reporting)
        try:
            record = await reader.services.guilds.of(server)
            await reply(interaction, thanks_card(reader, reported, record))
        finally:  # even if the answer is lost
            await tell_moderators(interaction.client, reported)


async def tell_moderators(client: discord.Client, reported: Reported) -> None:
    """Asks moderators to look at a pledge with each report of it: the next one may tell what the first did not."""
    if reported.is_new:
        await ask_moderators(client, reported.pledge)


def thanks_card(reader: Reader, reported: Reported, record: GuildRecord) -> Card:
    _ = reader.words.gettext
    if not reported.is_new:
        return Card(reader.colour, [_("You have reported this pledge already. Thank you.")])
    sentences = [_("Moderators will look at it. Thank you.")]
    if record.review_channel_id is None:
        sentences.append(
            _("This server has no channel for reports, so yours waits in a list until a moderator opens it.")
        )
    return Card(reader.colour, [" ".join(sentences)])
