"""What moderators chose not to have shown in their server, and how they choose it."""

from collections.abc import Sequence

from discord.app_commands import Choice

from bot.cards.base import Card, Interaction, Reader, reader_of, reply, saved
from bot.cards.choices import MOST_CHOICES
from bot.cards.rights import require_moderator
from bot.i18n import msg
from bot.services.errors import NotAllowedHere
from bot.services.mutes import Showable
from bot.services.naming import shortened
from bot.storage.guilds import Mutable
from bot.text import escape

LONGEST_CHOICE = 100  # Discord shows no more

_NAMES = {"topic": msg("Topic: {name}"), "fact": msg("Fact: {name}"), "quote": msg("Quote: {name}")}
_MUTED = {
    "topic": msg("Facts and quotes about it are not shown in this server any more."),
    "fact": msg("This fact is not shown in this server any more."),
    "quote": msg("This quote is not shown in this server any more."),
}
_UNMUTED = {
    "topic": msg("Facts and quotes about it are shown in this server again."),
    "fact": msg("This fact is shown in this server again."),
    "quote": msg("This quote is shown in this server again."),
}


async def mute_item(interaction: Interaction, item: str) -> None:
    """Shows an item or topic in this server no more. Raises ModeratorsOnly and what the service raises."""
    record = await require_moderator(interaction)
    reader = reader_of(interaction, private=True)
    muting = reader.services.mutes.mute(record.id, interaction.user.id, item)
    muted = await saved(interaction, muting)
    back = reader.words.gettext("To have it back: {unmute}.", unmute=reader.mention_of("moderate unmute"))
    await reply(interaction, _card(reader, muted, f"{muted_sentence(reader, muted.kind)} {back}"))


async def unmute_item(interaction: Interaction, item: str) -> None:
    """Shows it in this server again. Raises ModeratorsOnly and what the service raises."""
    record = await require_moderator(interaction)
    reader = reader_of(interaction, private=True)
    shown = await saved(interaction, reader.services.mutes.unmute(record.id, interaction.user.id, item))
    await reply(interaction, _card(reader, shown, reader.words.say(_UNMUTED[shown.kind])))


def muted_sentence(reader: Reader, kind: Mutable) -> str:
    return reader.words.say(_MUTED[kind])


def _card(reader: Reader, item: Showable, said: str) -> Card:
    return Card(reader.colour, [f"> {escape(item.name)}", said])


async def mute_choices(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """What is shown in this server, topics first; for moderators of it only."""
    try:
        record = await require_moderator(interaction)
    except NotAllowedHere:
        return []
    reader = reader_of(interaction, private=True)
    return _choices(reader, reader.services.mutes.choices(typed, record.muted))


async def unmute_choices(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """What is muted in this server; for moderators of it only."""
    try:
        record = await require_moderator(interaction)
    except NotAllowedHere:
        return []
    reader = reader_of(interaction, private=True)
    return _choices(reader, await reader.services.mutes.muted(record.id, typed))


def _choices(reader: Reader, items: Sequence[Showable]) -> list[Choice[str]]:
    return [
        Choice(
            name=shortened(reader.words.gettext(_NAMES[one.kind].text, name=one.name), LONGEST_CHOICE), value=one.key
        )
        for one in items[:MOST_CHOICES]
    ]
