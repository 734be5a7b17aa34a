"""A pledge in the review channel, and what moderators press on it. Decided, the card says who decided what.

A decided card holds the pledge's words no longer: its author may take them back, and a channel forgets nothing.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import discord

from bot.cards.base import Block, Card, Interaction, Reader, reader_of, reply, saved
from bot.cards.blocking import block, refuse_at_once
from bot.cards.forms import Filled, LastingForm
from bot.cards.lasting import BIG_ID, LastingButton
from bot.cards.moderate_words import blocked, decided, pledge_paragraphs, refusal_sentence
from bot.cards.reasons import block_form, hide_form, reason_in
from bot.cards.rights import require_moderator
from bot.services.errors import DomainError
from bot.services.moderation import AlreadyDecided, ChangedSince, Look, NotReadable
from bot.storage.guilds import GuildRecord
from bot.storage.moderation import version_of
from bot.storage.tables import OPEN, WAITING


async def review_card(reader: Reader, guild_id: int, pledge_id: int) -> Card:
    """The card of a pledge as it stands now: to be decided, decided, or gone."""
    try:
        look = await reader.services.moderation.look(guild_id, pledge_id)
    except NotReadable as gone:
        return Card(reader.colour, [reader.words.say(gone.message)])
    return _waiting_card(reader, look) if look.pledge.queued_at else _decided_card(reader, look)


def _waiting_card(reader: Reader, look: Look) -> Card:
    _, pledge = reader.words.gettext, look.pledge
    title = _("A pledge waits for review") if pledge.state == WAITING else _("A pledge was reported")
    which = str(pledge.id)
    buttons: list[Block] = [
        LetStand(which, version_of(pledge), _("Let it stand") if pledge.state == OPEN else _("Show it")),
        AskReason("hide", which, _("Hide it")),
    ]
    if look.block is None:
        buttons.append(AskReason("block", which, _("Block its author")))
    return Card(reader.colour, [f"### {title}", *pledge_paragraphs(reader, look)], buttons)


def _decided_card(reader: Reader, look: Look) -> Card:
    _ = reader.words.gettext
    pledge = look.pledge
    whose = _("A pledge of {author}", author=f"<@{pledge.member_id}>")
    said = decided(reader, look.decision) if look.decision else _("It does not wait for a decision any more.")
    paragraphs = [f"**{whose}**\n{said}"]
    if look.block:
        paragraphs.append(blocked(reader, pledge.member_id, look.block))
    paragraphs.append("-# " + _("{moderate} shows it.", moderate=reader.mention_of("moderate pledges")))
    return Card(reader.colour, paragraphs)


async def _decide(
    interaction: Interaction, pledge_id: int, work: Callable[[GuildRecord, Reader], Awaitable[Any]]
) -> None:
    """Does it for a moderator and brings the card up to date. Whoever was late learns privately who was first."""
    record = await require_moderator(interaction)
    reader = reader_of(interaction, private=True)
    on_card = interaction.message is not None  # else the form was forged
    late: DomainError | None = None
    try:
        await saved(interaction, work(record, reader), in_place=on_card)
    except (AlreadyDecided, ChangedSince, NotReadable) as error:
        late = error
    if not isinstance(late, ChangedSince):
        reader.services.moderation.reviews.forget(pledge_id)
    card = await review_card(reader_of(interaction, private=False), record.id, pledge_id)
    await reply(interaction, card, in_place=on_card)
    if late is not None:
        told = Card(reader.colour, [refusal_sentence(reader, late)])
        await interaction.followup.send(view=told, ephemeral=True)


class LetStand(LastingButton, template=rf"mod:review:ok:(?P<pledge>{BIG_ID}):(?P<read>[0-9a-f]{{6}})"):
    """Shows a pledge, unless its author has changed what the moderator read here."""

    def __init__(self, pledge: str, read: str, label: str = "") -> None:
        super().__init__(f"mod:review:ok:{pledge}:{read}", label, discord.ButtonStyle.success)
        self.pledge_id, self.read = int(pledge), read

    async def press(self, interaction: Interaction) -> None:
        moderator_id = interaction.user.id

        async def show(record: GuildRecord, reader: Reader) -> None:
            await reader.services.moderation.restore(
                record.id, moderator_id, self.pledge_id, only_queued=True, read=self.read
            )

        await _decide(interaction, self.pledge_id, show)


class AskReason(LastingButton, template=rf"mod:review:(?P<what>hide|block):(?P<pledge>{BIG_ID})"):
    """Asks why the pledge is to be hidden, or its author blocked."""

    def __init__(self, what: str, pledge: str, label: str = "") -> None:
        style = discord.ButtonStyle.danger if what == "hide" else discord.ButtonStyle.secondary
        super().__init__(f"mod:review:{what}:{pledge}", label, style)
        self.what, self.pledge = what, pledge

    async def press(self, interaction: Interaction) -> None:
        record = await require_moderator(interaction)
        reader = reader_of(interaction, private=True)
        custom_id = f"mod:review:{self.what}:{self.pledge}"
        if self.what == "hide":
            await interaction.response.send_modal(hide_form(reader, custom_id))
            return
        look = await reader.services.moderation.look(record.id, int(self.pledge))
        refuse_at_once(interaction, look.pledge.member_id)
        await interaction.response.send_modal(block_form(reader, custom_id))


class ReviewReason(LastingForm):
    """Hides the pledge, or blocks its author, for the reason that was given."""

    pattern = re.compile(rf"mod:review:(?P<what>hide|block):(?P<pledge>{BIG_ID})")

    @classmethod
    async def sent(cls, interaction: Interaction, filled: Filled, **words: str) -> None:
        pledge_id, moderator_id = int(words["pledge"]), interaction.user.id
        reason = reason_in(reader_of(interaction, private=False), filled)

        async def hide(record: GuildRecord, reader: Reader) -> None:
            await reader.services.moderation.hide(record.id, moderator_id, pledge_id, reason, only_queued=True)

        async def block_author(record: GuildRecord, reader: Reader) -> None:
            look = await reader.services.moderation.look(record.id, pledge_id)
            await block(interaction, record, look.pledge.member_id, reason)

        await _decide(interaction, pledge_id, hide if words["what"] == "hide" else block_author)
