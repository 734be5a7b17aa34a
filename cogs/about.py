"""/about, /help and /support: what this is, what it can do, and where to find help."""

import discord
from discord import app_commands
from discord.app_commands import locale_str as _l
from discord.ext import commands

from bot.cards.about import about_card, help_card
from bot.cards.base import answer
from bot.cards.support import support_card
from bot.client import Uplift


class About(commands.Cog):
    @app_commands.command(name=_l("about"), description=_l("What Uplift is, and what it does with your data"))
    async def about(self, interaction: discord.Interaction[Uplift]) -> None:
        await answer(interaction, about_card, private=True)

    @app_commands.command(name=_l("help"), description=_l("What each command does"))
    async def help(self, interaction: discord.Interaction[Uplift]) -> None:
        tree = interaction.client.tree
        listed = [command for command in tree.walk_commands() if isinstance(command, app_commands.Command)]
        await answer(interaction, lambda reader: help_card(reader, listed), private=True)

    @app_commands.command(
        name=_l("support"), description=_l("Where to find help when someone is hurt or in danger; only you see it")
    )
    async def support(self, interaction: discord.Interaction[Uplift]) -> None:
        await answer(interaction, support_card, private=True)


async def setup(bot: Uplift) -> None:
    await bot.add_cog(About())
