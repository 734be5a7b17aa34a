"""/pledge: make one, live with it, and see what has come together."""

import discord
from babel import Locale
from discord import app_commands
from discord.app_commands import locale_str as _l
from discord.ext import commands

from bot.cards.base import reader_of, reply
from bot.cards.choices import country_choices, theme_choices
from bot.cards.pledge_form import LONGEST_COUNTRY, ask_or_open
from bot.cards.pledge_mine import own_card
from bot.cards.pledge_stats import show_stats
from bot.cards.pledge_wall import Filter, show_wall
from bot.client import Uplift
from bot.services.pledges import OneFilter, country_named

CountryOption = app_commands.Range[str, 1, LONGEST_COUNTRY]


class PledgesCog(
    commands.GroupCog,
    name="Pledges",
    group_name=_l("pledge"),
    group_description=_l("Promise something, and see what comes together"),
):
    def __init__(self, bot: Uplift) -> None:
        super().__init__()
        self.pledges = bot.services.pledges
        self.countries = bot.services.countries

    @app_commands.command(name=_l("make"), description=_l("Make a pledge: something that you will do"))
    @app_commands.rename(theme=_l("theme"), country=_l("country"))
    @app_commands.describe(theme=_l("What it is about"), country=_l("Your country, if you like"))
    async def make(
        self, interaction: discord.Interaction[Uplift], theme: str | None = None, country: CountryOption | None = None
    ) -> None:
        chosen = self.pledges.theme(theme) if theme else ""
        meant = self.countries.match(country, _locale(interaction)) if country else None
        await ask_or_open(interaction, chosen, self.countries.name(meant, _locale(interaction)) if meant else country)

    @app_commands.command(name=_l("mine"), description=_l("Your own pledges: edit, show or withdraw them"))
    async def mine(self, interaction: discord.Interaction[Uplift]) -> None:
        await reply(interaction, await own_card(interaction))

    @app_commands.command(name=_l("wall"), description=_l("What people here have pledged in public"))
    @app_commands.rename(theme=_l("theme"), country=_l("country"))
    @app_commands.describe(theme=_l("Only pledges about this"), country=_l("Or only those from this country"))
    async def wall(
        self, interaction: discord.Interaction[Uplift], theme: str | None = None, country: CountryOption | None = None
    ) -> None:
        if theme and country:
            raise OneFilter
        chosen = self.pledges.theme(theme) if theme else ""
        meant = country_named(self.countries, country, _locale(interaction)) if country else ""
        await show_wall(interaction, Filter(chosen, meant))

    @app_commands.command(name=_l("stats"), description=_l("How many stand up here, from where, and the next goal"))
    @app_commands.rename(everywhere=_l("everywhere"))
    @app_commands.describe(everywhere=_l("The whole campaign instead of this server"))
    async def stats(self, interaction: discord.Interaction[Uplift], everywhere: bool = False) -> None:
        await show_stats(interaction, whole=everywhere)

    @make.autocomplete("theme")
    @wall.autocomplete("theme")
    async def _themes(self, _: discord.Interaction[Uplift], typed: str) -> list[app_commands.Choice[str]]:
        return theme_choices(self.pledges, typed)

    @make.autocomplete("country")
    @wall.autocomplete("country")
    async def _countries(self, interaction: discord.Interaction[Uplift], typed: str) -> list[app_commands.Choice[str]]:
        return country_choices(self.countries, typed, _locale(interaction))


def _locale(interaction: discord.Interaction[Uplift]) -> Locale:
    """The member's own language, in which they name countries."""
    return reader_of(interaction, private=True).words.locale


async def setup(bot: Uplift) -> None:
    await bot.add_cog(PledgesCog(bot))
