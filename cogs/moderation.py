"""/moderate: what moderators look after, for their own server alone."""

import discord
from discord import app_commands
from discord.app_commands import locale_str as _l
from discord.ext import commands

from bot.cards.exports import export_pledges
from bot.cards.moderate_log import show_log
from bot.cards.moderate_pledges import show_pledges
from bot.cards.moderate_where import SHOWS, Where
from bot.cards.mutes import LONGEST_CHOICE, mute_choices, mute_item, unmute_choices, unmute_item
from bot.client import Uplift
from bot.services.moderation import LONGEST_SEARCH

Item = app_commands.Range[str, 1, LONGEST_CHOICE]


@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.default_permissions(manage_messages=True)
class ModerationCog(
    commands.GroupCog,
    name="Moderation",
    group_name=_l("moderate"),
    group_description=_l("For moderators: pledges that wait, and what was done"),
):
    """Discord shows it to those who may manage messages; whoever uses it is asked for more at run time."""

    def __init__(self, bot: Uplift) -> None:
        super().__init__()
        self.moderation = bot.services.moderation

    @app_commands.command(name=_l("pledges"), description=_l("Public pledges: read, hide, show again, block a member"))
    @app_commands.rename(member=_l("member"), search=_l("search"), show=_l("show"))
    @app_commands.describe(
        member=_l("Only those of one person, who may have left: an id will do"),
        search=_l("Words to look for in pledges"),
        show=_l("Which of them"),
    )
    @app_commands.choices(
        show=[
            app_commands.Choice(name=_l("All public ones"), value="a"),
            app_commands.Choice(name=_l("Those that wait for a moderator"), value="w"),
            app_commands.Choice(name=_l("Hidden ones"), value="h"),
        ]
    )
    async def pledges(
        self,
        interaction: discord.Interaction[Uplift],
        member: discord.User | None = None,
        search: app_commands.Range[str, 1, LONGEST_SEARCH] | None = None,
        show: str = "a",
    ) -> None:
        wanted = self.moderation.wanted(SHOWS.get(show, "all"), member.id if member else None, search or "")
        await show_pledges(interaction, Where.of(wanted))

    @app_commands.command(name=_l("log"), description=_l("Who did what here, and when"))
    async def log(self, interaction: discord.Interaction[Uplift]) -> None:
        await show_log(interaction)

    @app_commands.command(name=_l("export"), description=_l("The pledges of this server, as a table to take away"))
    async def export(self, interaction: discord.Interaction[Uplift]) -> None:
        await export_pledges(interaction)

    @app_commands.command(name=_l("mute"), description=_l("Don't show a topic, fact or quote in this server any more"))
    @app_commands.rename(item=_l("item"))
    @app_commands.describe(item=_l("A topic's name, or words of a fact or quote"))
    async def mute(self, interaction: discord.Interaction[Uplift], item: Item) -> None:
        await mute_item(interaction, item)

    @app_commands.command(name=_l("unmute"), description=_l("Show a topic, fact or quote in this server again"))
    @app_commands.rename(item=_l("item"))
    @app_commands.describe(item=_l("What is not shown here now"))
    async def unmute(self, interaction: discord.Interaction[Uplift], item: Item) -> None:
        await unmute_item(interaction, item)

    @mute.autocomplete("item")
    async def _mutable(self, interaction: discord.Interaction[Uplift], typed: str) -> list[app_commands.Choice[str]]:
        return await mute_choices(interaction, typed)

    @unmute.autocomplete("item")
    async def _muted(self, interaction: discord.Interaction[Uplift], typed: str) -> list[app_commands.Choice[str]]:
        return await unmute_choices(interaction, typed)


async def setup(bot: Uplift) -> None:
    await bot.add_cog(ModerationCog(bot))
