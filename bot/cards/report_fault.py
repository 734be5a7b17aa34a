"""A report that a fact or quote is wrong: for the server's moderators, and for whoever runs the bot."""

import re
from typing import Any, Literal, cast

import discord
from discord import ui

from bot.campaign.models import Fact, Quote
from bot.cards.base import Block, Card, Interaction, Reader, reader_of, reply, saved
from bot.cards.forms import Filled, Form, LastingForm
from bot.cards.lasting import ITEM, LastingButton
from bot.cards.mutes import muted_sentence
from bot.cards.report import server_with_moderators
from bot.cards.review_channel import channel_of, reader_in, send, services_behind
from bot.cards.rights import require_moderator
from bot.cards.sourced import KIND, deck_of, small, source_of
from bot.services.decks import kind_of
from bot.services.mutes import MutedAlready
from bot.services.reports import LONGEST_FAULT, SHORTEST_FAULT, Kind
from bot.text import escape

Heard = Literal["moderators", "no channel", "lost"]
"""Who reads what a member wrote: moderators; or nobody, for want of a review channel that can be written to."""


async def open_fault_form(interaction: Interaction, item: Fact | Quote) -> None:
    """Asks what is wrong with an item. Raises NotAllowedHere outside of servers, and what `welcome` raises."""
    server, reader = server_with_moderators(interaction), reader_of(interaction, private=True)
    record = await reader.services.reports.welcome(server, interaction.user.id)
    has_channel = record.review_channel_id is not None
    await interaction.response.send_modal(fault_form(reader, item, has_channel=has_channel))


def fault_form(reader: Reader, item: Fact | Quote, *, has_channel: bool) -> Form:
    """The form; without a review channel it says beforehand that nobody reads what is written into it."""
    _ = reader.words.gettext
    words = ui.TextInput[Form](
        custom_id="words",
        style=discord.TextStyle.paragraph,
        min_length=SHORTEST_FAULT,
        max_length=LONGEST_FAULT,
    )
    rows: list[ui.Item[Any]] = [
        ui.TextDisplay(f"> {escape(item.text)}"),
        ui.Label(
            text=_("What is wrong with it?"),
            description=_("{least} to {most} characters", least=str(SHORTEST_FAULT), most=str(LONGEST_FAULT)),
            component=words,
        ),
    ]
    if not has_channel:
        nobody = _("This server has no channel for reports, so nobody here reads what you write.")
        operator = _("Whoever runs me learns only which one it is, not what you write.")
        rows.append(ui.TextDisplay(f"-# {nobody} {operator}"))
    title = _("Report this quote") if isinstance(item, Quote) else _("Report this fact")
    return Form(f"report:fault:{kind_of(item)}:{item.id}", title, rows)


class FaultReport(LastingForm):
    pattern = re.compile(rf"report:fault:(?P<kind>{KIND}):(?P<item>{ITEM})")

    @classmethod
    async def sent(cls, interaction: Interaction, filled: Filled, **words: str) -> None:
        server, reader = server_with_moderators(interaction), reader_of(interaction, private=True)
        item = deck_of(reader.services, words["kind"]).get(words["item"])
        said = await reader.services.reports.fault(
            server, interaction.user.id, kind_of(item), item.id, filled.text("words")
        )
        heard = await saved(interaction, _tell_moderators(interaction.client, server, item, said))
        await reply(interaction, _thanks_card(reader, heard))


async def _tell_moderators(client: discord.Client, server: int, item: Fact | Quote, said: str) -> Heard:
    """Posts it in the server's review channel, if there is one."""
    if (await services_behind(client).guilds.of(server)).review_channel_id is None:
        return "no channel"
    channel = await channel_of(client, server)
    posted = channel and await send(client, channel, fault_card(reader_in(client, channel), item, said))
    return "moderators" if posted else "lost"


def fault_card(reader: Reader, item: Fact | Quote, said: str) -> Card:
    """What moderators read: the item, its source, what is wrong with it in somebody's words, and what they can do."""
    _ = reader.words.gettext
    kind = kind_of(item)
    title = (
        _("Somebody says that this quote is wrong") if kind == "quote" else _("Somebody says that this fact is wrong")
    )
    paragraphs = [
        f"### {title}\n> {escape(item.text)}",
        f"{_('What is wrong:')}\n> {escape(said)}",
        small([f"`{item.id}`", source_of(reader.words, item)]),
    ]
    buttons: list[Block] = [MuteReported(kind, item.id, _("Don't show this here any more"))]
    if item.source_url:
        buttons.append(ui.Button(style=discord.ButtonStyle.link, label=_("Look at the source"), url=item.source_url))
    return Card(reader.colour, paragraphs, buttons)


def _thanks_card(reader: Reader, heard: Heard) -> Card:
    _ = reader.words.gettext
    operator = _("Whoever runs me learns only which one it was, not what you wrote.")
    if heard == "moderators":
        said = _("Moderators of this server will read it. Thank you.")
    elif heard == "no channel":
        said = _("Thank you. This server has no channel for reports, so nobody here reads what you wrote.")
    else:
        said = _("Thank you. I can't write in this server's channel for reports, so nobody here reads what you wrote.")
    return Card(reader.colour, [f"{said} {operator}"])


class MuteReported(LastingButton, template=rf"report:mute:(?P<kind>{KIND}):(?P<item>{ITEM})"):
    """Shows the item in this server no more; the report stays, with who decided so."""

    def __init__(self, kind: str, item: str, label: str = "") -> None:
        super().__init__(f"report:mute:{kind}:{item}", label, discord.ButtonStyle.danger)
        self.kind: Kind = cast(Kind, kind)
        self.item_id = item

    async def press(self, interaction: Interaction) -> None:
        record = await require_moderator(interaction)
        reader = reader_of(interaction, private=False)
        item = deck_of(reader.services, self.kind).get(self.item_id)
        muting = reader.services.mutes.mute(record.id, interaction.user.id, f"{self.kind}:{item.id}")
        decided = [muted_sentence(reader, self.kind)]
        try:
            await saved(interaction, muting, in_place=True)
            decided.append(reader.words.gettext("{member} decided so.", member=interaction.user.mention))
        except MutedAlready:  # by a command, or by somebody who was quicker
            pass
        card = self.card_without_me().add_item(ui.TextDisplay(f"-# {' '.join(decided)}"))
        if interaction.response.is_done():
            await interaction.edit_original_response(view=card)
        else:
            await interaction.response.edit_message(view=card)
