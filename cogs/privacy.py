"""/privacy: what is stored about oneself; take it along, or have it erased."""

import discord
from discord import app_commands
from discord.app_commands import locale_str as _l
from discord.ext import commands

from bot.cards.base import reply
from bot.cards.privacy import confirmation_card, overview_card, send_export
from bot.client import Uplift


class PrivacyCog(
    commands.GroupCog,
    name="Privacy",
    group_name=_l("privacy"),
    group_description=_l("What I keep about you; only you see the answers"),
):
    @app_commands.command(name=_l("show"), description=_l("What I keep about you, how long, and who can see it"))
    async def show(self, interaction: discord.Interaction[Uplift]) -> None:
        await reply(interaction, await overview_card(interaction))

    @app_commands.command(name=_l("export"), description=_l("All that I keep about you, as a file"))
    async def export(self, interaction: discord.Interaction[Uplift]) -> None:
        await send_export(interaction)

    @app_commands.command(name=_l("erase"), description=_l("Have everything about you erased, after a confirmation"))
    async def erase(self, interaction: discord.Interaction[Uplift]) -> None:
        await reply(interaction, await confirmation_card(interaction))


async def setup(bot: Uplift) -> None:
    await bot.add_cog(PrivacyCog())
