"""A pledge in the review channel, and what moderators press on it. Decided, the card says who decided what.

A decided card holds the pledge's words no longer: its author may take them back, and a channel forgets nothing.
"""

import re
from collections.abc import Awaitable, Callable, Sequence

import discord

from bot.cards.base import Block, Card, Interaction, Reader, reader_of, reply, saved
from bot.cards.blocking import block, refuse_at_once
from bot.cards.forms import Filled, LastingForm
from bot.cards.lasting import BIG_ID, LastingButton
from bot.cards.moderate_words import blocked, decided, pledge_paragraphs, refusal_sentence
from bot.cards.reasons import block_form, hide_form, reason_in
from bot.cards.review_channel import bring_up_to_date
from bot.cards.rights import require_moderator
from bot.services.moderation import Look, NotDecided, NotReadable
from bot.storage.guilds import GuildRecord
from bot.storage.ledger import Pledge
from bot.storage.moderation import version_of
from bot.storage.tables import OPEN, WAITING

VERSION = r"[A-Za-z0-9_-]{22}"
"""The `version_of` a pledge, whole."""


async def review_card(reader: Reader, guild_id: int, pledge_id: int) -> tuple[Card, bool]:
    """The card of a pledge as it stands now: to be decided, decided, or gone; and whether it is to be decided."""
    try:
        look = await reader.services.moderation.look(guild_id, pledge_id)
    except NotReadable as gone:
        return Card(reader.colour, [reader.words.say(gone.message)]), False
    if look.pledge.queued_at:
        return _waiting_card(reader, look), True
    return _decided_card(reader, look), False


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
    interaction: Interaction,
    pledge_id: int,
    work: Callable[[GuildRecord, Reader], Awaitable[Sequence[Pledge]]],
) -> None:
    """Does it for a moderator, and shows what came of it; `work` returns whatever pledges it was done to."""
    record = await require_moderator(interaction)
    reader, on_card = reader_of(interaction, private=True), interaction.message is not None
    try:
        changed = await saved(interaction, work(record, reader), in_place=on_card)
    except NotDecided as late:
        await _show(interaction, record.id, pledge_id, refusal=late)
    else:
        await _show(interaction, record.id, pledge_id, *(one.id for one in changed))


async def _show(
    interaction: Interaction, guild_id: int, pledge_id: int, *changed: int, refusal: NotDecided | None = None
) -> None:
    """Brings the card up to date on which something was pressed, and those of what was changed by it.

    Whoever is refused, because somebody was quicker perhaps, learns privately why.
    """
    reader, message = reader_of(interaction, private=True), interaction.message  # None: the form was forged
    reviews = reader.services.moderation.reviews
    card, waits = await review_card(reader_of(interaction, private=False), guild_id, pledge_id)
    posted, others = reviews.known(pledge_id), {pledge_id, *changed}
    if posted and message and posted.message_id == message.id:  # not one in a channel where none are posted any more
        others.discard(pledge_id)
        if not waits:
            reviews.forget(pledge_id)
    try:
        await reply(interaction, card, in_place=message is not None)
        if refusal is not None:
            told = Card(reader.colour, [refusal_sentence(reader, refusal)])
            await interaction.followup.send(view=told, ephemeral=True)
    finally:  # even if the answer is lost
        for other in others:
            await bring_up_to_date(interaction.client, guild_id, other, review_card, asks=False)


class LetStand(LastingButton, template=rf"mod:review:ok:(?P<pledge>{BIG_ID}):(?P<read>{VERSION})"):
    """Shows a pledge, unless its author has changed what the moderator read here."""

    def __init__(self, pledge: str, read: str, label: str = "") -> None:
        super().__init__(f"mod:review:ok:{pledge}:{read}", label, discord.ButtonStyle.success)
        self.pledge_id, self.read = int(pledge), read

    async def press(self, interaction: Interaction) -> None:
        moderator_id = interaction.user.id

        async def show(record: GuildRecord, reader: Reader) -> list[Pledge]:
            restoring = reader.services.moderation.restore(
                record.id, moderator_id, self.pledge_id, only_queued=True, read=self.read
            )
            return [await restoring]

        await _decide(interaction, self.pledge_id, show)


class AskReason(LastingButton, template=rf"mod:review:(?P<what>hide|block):(?P<pledge>{BIG_ID})"):
    """Asks why the pledge is to be hidden, or its author blocked: whatever its author has made of it since."""

    def __init__(self, what: str, pledge: str, label: str = "") -> None:
        style = discord.ButtonStyle.danger if what == "hide" else discord.ButtonStyle.secondary
        super().__init__(f"mod:review:{what}:{pledge}", label, style)
        self.what, self.pledge = what, pledge

    async def press(self, interaction: Interaction) -> None:
        record = await require_moderator(interaction)
        reader = reader_of(interaction, private=True)
        custom_id = f"mod:review:{self.what}:{self.pledge}"
        try:
            look = await reader.services.moderation.look(record.id, int(self.pledge))
        except NotReadable as gone:
            await _show(interaction, record.id, int(self.pledge), refusal=gone)
            return
        if self.what == "hide":
            await interaction.response.send_modal(hide_form(reader, custom_id))
            return
        refuse_at_once(interaction, look.pledge.member_id)
        await interaction.response.send_modal(block_form(reader, custom_id))


class ReviewReason(LastingForm):
    """Hides the pledge, or blocks its author, for the reason that was given."""

    pattern = re.compile(rf"mod:review:(?P<what>hide|block):(?P<pledge>{BIG_ID})")

    @classmethod
    async def sent(cls, interaction: Interaction, filled: Filled, **words: str) -> None:
        pledge_id, moderator_id = int(words["pledge"]), interaction.user.id
        reason = reason_in(reader_of(interaction, private=False), filled)

        async def hide(record: GuildRecord, reader: Reader) -> list[Pledge]:
            hiding = reader.services.moderation.hide(record.id, moderator_id, pledge_id, reason, only_queued=True)
            return [await hiding]

        async def block_author(record: GuildRecord, reader: Reader) -> list[Pledge]:
            look = await reader.services.moderation.look(record.id, pledge_id)
            return (await block(interaction, record, look.pledge.member_id, reason)).hidden

        await _decide(interaction, pledge_id, hide if words["what"] == "hide" else block_author)
