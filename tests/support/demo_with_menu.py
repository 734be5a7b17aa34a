"""The demo with a bot that has a command in the context menu of messages. Run with the port as its argument."""

import sys

import discord

from bot.client import Uplift, make_bot
from bot.clock import Clock
from bot.demo import run
from bot.settings import Settings


def build(settings: Settings, clock: Clock) -> Uplift:
    bot = make_bot(settings, clock)
    joined: list[str] = []

    @bot.listen()
    async def on_guild_join(guild: discord.Guild) -> None:
        joined.append(guild.name)

    @bot.tree.context_menu(name="Count the words")
    async def count(interaction: discord.Interaction[Uplift], message: discord.Message) -> None:
        words = len(message.content.split())
        by_server = interaction.is_guild_integration()
        said = f"{words} words. I speak {interaction.locale}, joined {joined}, installed by the server: {by_server}"
        await interaction.response.send_message(said, ephemeral=True)

    return bot


if __name__ == "__main__":
    sys.exit(run(int(sys.argv[1]), build))
