"""Pledges as people make them over the wire, and what is kept of them."""

from typing import Any

from tests.wire.child import Child
from tests.wire.client import Answer, Guild, Member, Use

WORDS = "I will listen first and speak second, at home too."

THANKS = "Your pledge counts. Thank you!"
ALREADY = "You have made this pledge already. It counts."


async def form(bot: Child, member: Member, channel: str, theme: str = "home", **about: Any) -> Answer:
    """The form of a theme, open."""
    opened = await bot.wire.slash(member, channel, "pledge make", theme=theme, **about)
    assert opened.modal is not None
    return opened


def send(bot: Child, member: Member, opened: Answer, words: str = WORDS, **filled: Any) -> Use:
    """Sends the form. What is written is looked for in all that the bot says: it must not stand there."""
    if words:
        bot.canaries.append(words)
    return bot.wire.submit(member, opened, words=words, **filled)


async def pledge(bot: Child, member: Member, channel: str, words: str = WORDS, **filled: Any) -> Answer:
    """A pledge, all the way from the command to the answer."""
    return await send(bot, member, await form(bot, member, channel), words, **filled)


def kept(bot: Child, guild: Guild) -> int:
    """The pledges of a server, as a second reader of the database counts them."""
    [(count,)] = bot.rows("SELECT count(*) FROM pledge WHERE guild_id = ?", int(guild.id))
    return int(count)
