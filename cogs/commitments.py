"""/commitments: what organisations and leaders promised in public, and by when."""

import discord
from discord import app_commands
from discord.app_commands import locale_str as _l
from discord.ext import commands

from bot.cards.base import answer
from bot.cards.choices import maker_choices
from bot.cards.commitments import commitment_card
from bot.client import Uplift
from bot.services.naming import LONGEST_SEARCH


class CommitmentsCog(commands.Cog, name="Commitments"):
    def __init__(self, bot: Uplift) -> None:
        self.commitments = bot.services.commitments

    @app_commands.command(
        name=_l("commitments"), description=_l("Public promises: who made them, when, and to be reached by when")
    )
    @app_commands.rename(who=_l("who"))
    @app_commands.describe(who=_l("A country, company, university or leader"))
    async def list_commitments(
        self, interaction: discord.Interaction[Uplift], who: app_commands.Range[str, 1, LONGEST_SEARCH] | None = None
    ) -> None:
        await answer(interaction, lambda reader: commitment_card(reader, who or "", 0), private=False)

    @list_commitments.autocomplete("who")
    async def _makers(self, _: discord.Interaction[Uplift], typed: str) -> list[app_commands.Choice[str]]:
        return maker_choices(self.commitments, typed)


async def setup(bot: Uplift) -> None:
    await bot.add_cog(CommitmentsCog(bot))
