"""/quote: somebody's words with occasion, date and source, not repeated in a channel until all were shown."""

import discord
from discord import app_commands
from discord.app_commands import locale_str as _l
from discord.ext import commands

from bot.cards.choices import speaker_choices, topic_choices
from bot.cards.sourced import show
from bot.client import Uplift
from bot.services.naming import LONGEST_SEARCH


class Quotes(commands.Cog):
    def __init__(self, bot: Uplift) -> None:
        self.quotes = bot.services.quotes
        self.mutes = bot.services.mutes

    @app_commands.command(name=_l("quote"), description=_l("Words worth remembering, with speaker and source"))
    @app_commands.rename(speaker=_l("speaker"), topic=_l("topic"), search=_l("search"), private=_l("private"))
    @app_commands.describe(
        speaker=_l("Who said it"),
        topic=_l("What it is about"),
        search=_l("Words to look for; typing errors are forgiven"),
        private=_l("Show it to me only"),
    )
    async def quote(
        self,
        interaction: discord.Interaction[Uplift],
        speaker: str | None = None,
        topic: str | None = None,
        search: app_commands.Range[str, 1, LONGEST_SEARCH] | None = None,
        private: bool = False,
    ) -> None:
        await show(interaction, "quote", self.quotes.wanted(topic, speaker, search), private=private)

    @quote.autocomplete("speaker")
    async def _speakers(self, _: discord.Interaction[Uplift], typed: str) -> list[app_commands.Choice[str]]:
        return speaker_choices(self.quotes, typed)

    @quote.autocomplete("topic")
    async def _topics(self, interaction: discord.Interaction[Uplift], typed: str) -> list[app_commands.Choice[str]]:
        return topic_choices(self.quotes, typed, await self.mutes.of(interaction.guild_id))


async def setup(bot: Uplift) -> None:
    await bot.add_cog(Quotes(bot))
