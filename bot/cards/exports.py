"""What moderators can take away: their server's pledges, as files that only they see."""

from pathlib import Path
from tempfile import TemporaryDirectory

import discord
from discord import ui

from bot.cards.base import Card, Interaction, Reader, reader_of, saved
from bot.cards.rights import require_moderator
from bot.services.exports import Export, TooLargeToSend

LEAST_LIMIT = 10 * 1024 * 1024
"""Bytes of a file that Discord takes everywhere."""


async def export_pledges(interaction: Interaction) -> None:
    """Answers a moderator with the server's pledges. Raises ModeratorsOnly and what the service raises."""
    record = await require_moderator(interaction)
    reader = reader_of(interaction, private=True)
    limit = max(interaction.filesize_limit, LEAST_LIMIT)
    with TemporaryDirectory() as folder:
        making = reader.services.exports.pledges(record.id, interaction.user.id, Path(folder), limit)
        export = await saved(interaction, making)
        await _send(interaction, export_card(reader, export), export)


def export_card(reader: Reader, export: Export) -> Card:
    _, words = reader.words.gettext, reader.words
    counted = words.ngettext("**{n}** pledge stands here.", "**{n}** pledges stand here.", export.count)
    private = _("Of private ones it tells when and about what they were made, and nothing else.")
    card = Card(reader.colour, [f"### {_('The pledges of this server')}\n{counted} {private}"])
    for file in export.files:
        card.add_item(ui.File[Card](f"attachment://{file.name}"))
    return card


async def _send(interaction: Interaction, card: Card, export: Export) -> None:
    files = [discord.File(path) for path in export.files]
    try:
        if interaction.response.is_done():
            await interaction.followup.send(view=card, files=files, ephemeral=True)
        else:
            await interaction.response.send_message(view=card, files=files, ephemeral=True)
    except discord.HTTPException as trouble:
        if trouble.status == 413:  # more than it said it takes
            raise TooLargeToSend from None
        raise
    finally:
        for file in files:
            file.close()
