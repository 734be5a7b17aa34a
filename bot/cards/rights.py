"""Who may do what: asked anew at each press, since a panel outlives a demotion."""

from typing import cast

import discord

from bot.cards.base import Interaction, reader_of
from bot.i18n import msg
from bot.services.errors import NotAllowedHere
from bot.storage.guilds import GuildRecord


class ModeratorsOnly(NotAllowedHere):
    def __init__(self) -> None:
        super().__init__(
            msg("This is for moderators: those with the right “Manage Server”, or with the role named in `/setup`.")
        )


def manages_server(interaction: Interaction) -> bool:
    return interaction.permissions.manage_guild or interaction.permissions.administrator


async def require_moderator(interaction: Interaction, *, of_settings: bool = False) -> GuildRecord:
    """The server's record, for a moderator of it. Raises ModeratorsOnly for everybody else.

    `of_settings`: who chooses the moderator role must have Manage Server; the role alone is not enough. A server that
    has not added the bot has no moderators here, whoever uses it there from an account of their own.
    """
    if interaction.guild_id is None or not interaction.is_guild_integration():
        raise NotAllowedHere(msg("This belongs to a server. Use it in a channel of one that has added me."))
    record = await reader_of(interaction, private=True).services.guilds.of(interaction.guild_id)
    if manages_server(interaction):
        return record
    member = cast(discord.Member, interaction.user)
    has_role = record.moderator_role_id is not None and member.get_role(record.moderator_role_id) is not None
    if of_settings or not has_role:
        raise ModeratorsOnly
    return record
