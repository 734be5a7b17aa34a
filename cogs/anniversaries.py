"""/anniversary: the dates that are coming, the campaign's and the server's own."""

import discord
from discord import app_commands
from discord.app_commands import locale_str as _l
from discord.ext import commands

from bot.cards.base import answer
from bot.cards.calendar_file import send_calendar
from bot.cards.dates import days_here, list_card, next_card
from bot.client import Uplift


class Anniversaries(
    commands.GroupCog, group_name=_l("anniversary"), group_description=_l("The dates that this campaign remembers")
):
    def __init__(self, bot: Uplift) -> None:
        super().__init__()
        self.clock = bot.services.clock

    @app_commands.command(name=_l("next"), description=_l("The next date, and what happened on it"))
    async def next(self, interaction: discord.Interaction[Uplift]) -> None:
        days = await days_here(interaction)
        await answer(interaction, lambda reader: next_card(reader, days), private=False)

    @app_commands.command(name=_l("list"), description=_l("The dates of the coming year"))
    @app_commands.rename(every=_l("every"))
    @app_commands.describe(every=_l("The lesser dates too, which are not posted unless moderators ask for it"))
    async def list(self, interaction: discord.Interaction[Uplift], every: bool = False) -> None:
        days = await days_here(interaction)
        today = days.today(self.clock.now())
        await answer(interaction, lambda reader: list_card(reader, days, today, 0, every=every), private=False)

    @app_commands.command(name=_l("calendar"), description=_l("The dates as a file for your own calendar"))
    @app_commands.rename(every=_l("every"))
    @app_commands.describe(every=_l("The lesser dates too, which are not posted unless moderators ask for it"))
    async def calendar(self, interaction: discord.Interaction[Uplift], every: bool = False) -> None:
        await send_calendar(interaction, every=every)


async def setup(bot: Uplift) -> None:
    await bot.add_cog(Anniversaries(bot))
