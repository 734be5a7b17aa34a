"""/setup: one panel for all that a server can choose."""

import discord
from discord import app_commands
from discord.app_commands import locale_str as _l
from discord.ext import commands

from bot.cards.base import reader_of
from bot.cards.setup import show_setup
from bot.cards.setup_zones import zone_choices
from bot.client import Uplift


class Setup(commands.Cog):
    @app_commands.command(
        name=_l("setup"), description=_l("Choose channels, roles and rules for this server; for moderators")
    )
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.rename(timezone=_l("timezone"))
    @app_commands.describe(timezone=_l("By whose clock is posted: a city, a country, or the difference from UTC"))
    async def setup(
        self, interaction: discord.Interaction[Uplift], timezone: app_commands.Range[str, 1, 100] | None = None
    ) -> None:
        await show_setup(interaction, timezone)

    @setup.autocomplete("timezone")
    async def _zones(self, interaction: discord.Interaction[Uplift], typed: str) -> list[app_commands.Choice[str]]:
        server = interaction.guild_locale or interaction.locale
        return zone_choices(reader_of(interaction, private=True), typed, server.value)


async def setup(bot: Uplift) -> None:
    await bot.add_cog(Setup())
