"""/setup: one panel for all that a server can choose."""

import discord
from discord import app_commands
from discord.app_commands import locale_str as _l
from discord.ext import commands

from bot.cards.setup import show_setup
from bot.client import Uplift


class Setup(commands.Cog):
    @app_commands.command(
        name=_l("setup"), description=_l("Choose channels, roles and rules for this server; for moderators")
    )
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.default_permissions(manage_guild=True)
    async def setup(self, interaction: discord.Interaction[Uplift]) -> None:
        await show_setup(interaction)


async def setup(bot: Uplift) -> None:
    await bot.add_cog(Setup())
