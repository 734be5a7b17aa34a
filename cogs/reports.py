"""Report to moderators: in the menu of a message, for what the bot posts."""

import discord
from discord import app_commands
from discord.app_commands import locale_str as _l
from discord.ext import commands

from bot.cards.report_message import report_message
from bot.client import Uplift


class ReportsCog(commands.Cog, name="Reports"):
    def __init__(self, bot: Uplift) -> None:
        self.tree = bot.tree
        self.menu = app_commands.ContextMenu(
            name=_l("Report to moderators"),
            callback=_report,
            # `guild_only` would leave what the tree allows by default.
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )

    async def cog_load(self) -> None:
        self.tree.add_command(self.menu)

    async def cog_unload(self) -> None:
        self.tree.remove_command(self.menu.name, type=self.menu.type)


async def _report(interaction: discord.Interaction[Uplift], message: discord.Message) -> None:
    await report_message(interaction, message)


async def setup(bot: Uplift) -> None:
    await bot.add_cog(ReportsCog(bot))
