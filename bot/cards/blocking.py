"""Blocking a member, with what only Discord knows: who is a moderator here."""

import discord

from bot.cards.base import Interaction, reader_of
from bot.i18n import msg
from bot.services.errors import DomainError
from bot.services.moderation import CantBlock, CantBlockOneself
from bot.storage.guilds import GuildRecord
from bot.storage.moderation import Blocked


class NobodyKnown(DomainError):
    """Discord does not tell who somebody is just now."""

    def __init__(self) -> None:
        super().__init__(msg("Discord does not tell me who this is just now. Please try again in a minute."))


def refuse_at_once(interaction: Interaction, member_id: int) -> None:
    """Raises CantBlock for oneself and the bot, before anybody fills in a form for it."""
    if member_id == interaction.user.id:
        raise CantBlockOneself
    if interaction.client.user is not None and member_id == interaction.client.user.id:
        raise CantBlock(msg("That is me. I make no pledges, so there is nothing to block."))


async def block(interaction: Interaction, record: GuildRecord, member_id: int, reason: str) -> Blocked:
    """Blocks a member, who may have left by now. Raises CantBlock for oneself, the bot and moderators; NoReason."""
    refuse_at_once(interaction, member_id)
    if await _is_moderator(interaction, record, member_id):
        raise CantBlock(
            msg("{whom} looks after this server, too. Moderators can't block one another.", whom=f"<@{member_id}>")
        )
    services = reader_of(interaction, private=True).services
    return await services.moderation.block(record.id, interaction.user.id, member_id, reason)


async def _is_moderator(interaction: Interaction, record: GuildRecord, member_id: int) -> bool:
    if interaction.guild is None:
        return False
    try:
        member = await interaction.guild.fetch_member(member_id)
    except discord.NotFound:
        return False  # has left, and can be blocked against coming back
    except (discord.HTTPException, OSError) as trouble:
        raise NobodyKnown from trouble
    rights = member.guild_permissions
    has_role = record.moderator_role_id is not None and member.get_role(record.moderator_role_id) is not None
    return rights.manage_guild or rights.administrator or has_role
