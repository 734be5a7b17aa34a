"""/fact: one sourced fact, never the same twice in a channel until all were shown."""

import discord
from discord import app_commands
from discord.app_commands import locale_str as _l
from discord.ext import commands

from bot.cards.choices import topic_choices
from bot.cards.sourced import show
from bot.client import Uplift
from bot.services.naming import LONGEST_SEARCH


class Facts(commands.Cog):
    def __init__(self, bot: Uplift) -> None:
        self.facts = bot.services.facts
        self.mutes = bot.services.mutes

    @app_commands.command(name=_l("fact"), description=_l("A fact about the campaign, with its source"))
    @app_commands.rename(topic=_l("topic"), search=_l("search"), private=_l("private"))
    @app_commands.describe(
        topic=_l("What it is about"),
        search=_l("Words to look for; typing errors are forgiven"),
        private=_l("Show it to me only"),
    )
    async def fact(
        self,
        interaction: discord.Interaction[Uplift],
        topic: str | None = None,
        search: app_commands.Range[str, 1, LONGEST_SEARCH] | None = None,
        private: bool = False,
    ) -> None:
        await show(interaction, "fact", self.facts.wanted(topic, None, search), private=private)

    @fact.autocomplete("topic")
    async def _topics(self, interaction: discord.Interaction[Uplift], typed: str) -> list[app_commands.Choice[str]]:
        return topic_choices(self.facts, typed, await self.mutes.of(interaction.guild_id))


async def setup(bot: Uplift) -> None:
    await bot.add_cog(Facts(bot))
