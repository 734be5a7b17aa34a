"""What a server reads when it has just added the bot: once, short, and only where the bot may write."""

from collections.abc import Iterable

import discord
import structlog

from bot.cards.base import Card, Reader
from bot.cards.permissions import me_in
from bot.cards.privacy import policy_link
from bot.cards.review_channel import reader_in, services_behind
from bot.storage.errors import NotSaved
from bot.text import escape

log = structlog.get_logger("bot.greeting")


async def greet(client: discord.Client, guild: discord.Guild) -> None:
    """Greets a server that is new, and none twice. Where there is no channel for it, it stays unsaid.

    That it was greeted is stored first: a greeting that is lost on its way is missed less than one that comes twice.
    """
    channel = channel_for(guild)
    if channel is None:
        log.info("no channel to greet in", guild=guild.id)
        return
    try:
        if not await services_behind(client).leaving.is_new(guild.id):
            return
        await channel.send(view=greeting(reader_in(client, channel)))
    except (NotSaved, discord.HTTPException, OSError) as trouble:
        log.warning("a server was not greeted", guild=guild.id, trouble=type(trouble).__name__)


def channel_for(guild: discord.Guild) -> discord.TextChannel | None:
    """The system channel if the bot may write there, else the first in which it may; where members may write, too,
    before others: rules and news are no place for it."""
    me = me_in(guild)
    if me is None:
        return None
    first_talks = sorted(guild.text_channels, key=lambda one: not _may_write(one, guild.default_role))
    wanted: Iterable[discord.TextChannel | None] = (guild.system_channel, *first_talks)
    return next((channel for channel in wanted if channel and _may_write(channel, me)), None)


def greeting(reader: Reader) -> Card:
    """What the bot is, how to begin, and whose it is not."""
    _, info = reader.words.gettext, reader.services.campaign.info
    paragraphs = [
        f"### {_('Hello! I am Uplift, for {campaign}.', campaign=escape(info.name))}\n"
        + _(
            "I share sourced facts and quotes, take pledges, and remember the dates of the campaign and your own. "
            "By myself I post nothing until moderators choose where and when."
        ),
        _(
            "Moderators begin with {setup}. What everybody can do stands in {help}.",
            setup=reader.mention_of("setup"),
            help=reader.mention_of("help"),
        ),
        f"-# {escape(info.disclaimer)}",
    ]
    return Card(reader.colour, paragraphs, policy_link(reader))


def _may_write(channel: discord.TextChannel, who: discord.Member | discord.Role) -> bool:
    rights = channel.permissions_for(who)
    return rights.view_channel and rights.send_messages
