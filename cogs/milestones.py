"""/milestone: the dates of a server's own, and which of the campaign's it does not want posted; for moderators."""

import discord
from discord import app_commands
from discord.app_commands import locale_str as _l
from discord.ext import commands

from bot.cards.own_dates import LONGEST_CHOICE, add_date, ask_remove_date, date_choices, edit_date
from bot.cards.own_dates_form import LONGEST_DAY
from bot.cards.own_dates_list import show_dates
from bot.cards.own_dates_preview import preview_date
from bot.client import Uplift
from bot.services.own_dates import LONGEST_TITLE, LONGEST_WORDS, DateDraft
from bot.services.times import LONGEST_TIME

Which = app_commands.Range[str, 1, LONGEST_CHOICE]


@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.default_permissions(manage_guild=True)
class Milestones(
    commands.GroupCog, group_name=_l("milestone"), group_description=_l("The dates of this server; for moderators")
):
    @app_commands.command(name=_l("add"), description=_l("Add a date of this server's own, to be posted every year"))
    @app_commands.rename(title=_l("title"), date=_l("date"), text=_l("text"), time=_l("time"))
    @app_commands.describe(
        title=_l("What happened, or what is remembered"),
        date=_l("Like 20 September 2014, or without the year"),
        text=_l("What is posted below the title"),
        time=_l("A time of day of its own, like 18:30"),
    )
    async def add(
        self,
        interaction: discord.Interaction[Uplift],
        title: app_commands.Range[str, 1, LONGEST_TITLE],
        date: app_commands.Range[str, 1, LONGEST_DAY],
        text: app_commands.Range[str, 1, LONGEST_WORDS] | None = None,
        time: app_commands.Range[str, 1, LONGEST_TIME] | None = None,
    ) -> None:
        await add_date(interaction, DateDraft(title, date, text or "", time or ""))

    @app_commands.command(name=_l("edit"), description=_l("Change one of this server's own dates"))
    @app_commands.rename(which=_l("which"))
    @app_commands.describe(which=_l("Its title; choose from the list that opens while you type"))
    async def edit(self, interaction: discord.Interaction[Uplift], which: Which) -> None:
        await edit_date(interaction, which)

    @app_commands.command(name=_l("remove"), description=_l("Remove one of this server's own dates"))
    @app_commands.rename(which=_l("which"))
    @app_commands.describe(which=_l("Its title; choose from the list that opens while you type"))
    async def remove(self, interaction: discord.Interaction[Uplift], which: Which) -> None:
        await ask_remove_date(interaction, which)

    @app_commands.command(name=_l("preview"), description=_l("How one of this server's own dates will be posted"))
    @app_commands.rename(which=_l("which"))
    @app_commands.describe(which=_l("Its title; choose from the list that opens while you type"))
    async def preview(self, interaction: discord.Interaction[Uplift], which: Which) -> None:
        await preview_date(interaction, which)

    @app_commands.command(name=_l("list"), description=_l("All dates of the coming year, and which are not posted"))
    async def list(self, interaction: discord.Interaction[Uplift]) -> None:
        await show_dates(interaction)

    @edit.autocomplete("which")
    @remove.autocomplete("which")
    @preview.autocomplete("which")
    async def _dates(self, interaction: discord.Interaction[Uplift], typed: str) -> "list[app_commands.Choice[str]]":
        return await date_choices(interaction, typed)


async def setup(bot: Uplift) -> None:
    await bot.add_cog(Milestones())
