"""What Uplift is, and what its commands do."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import discord
from discord import app_commands, ui

from bot import __version__
from bot.cards.base import Block, Card, Reader
from bot.cards.privacy import ShowData, policy_link
from bot.services.leaving import FORGOTTEN_AFTER
from bot.text import escape

MOST_BUTTONS = 5  # Discord shows no more in a row


def about_card(reader: Reader) -> Card:
    campaign = reader.services.campaign
    _, n = reader.words.gettext, reader.words.ngettext
    holdings = [
        n("{n} fact", "{n} facts", len(campaign.facts)),
        n("{n} quote", "{n} quotes", len(campaign.quotes)),
        n("{n} date", "{n} dates", len(campaign.milestones)),
    ]
    paragraphs = [
        f"### {_('Uplift for {campaign}', campaign=escape(campaign.info.name))}\n{escape(campaign.info.about)}",
        _(
            "I bring the campaign into this community: {holdings}, and each of them names its source. "
            "See {help} for all that I can do.",
            holdings=reader.words.list(holdings),
            help=reader.mention_of("help"),
        ),
        f"**{_('Your data')}**\n"
        + _(
            "I can't read your messages, and I keep no names. Of you I store what you tell me: your pledges, and your "
            "country if you choose one. A pledge that you withdraw is gone, and {erase} removes all there is. "
            "Servers that remove me are forgotten after {days} days.",
            erase=reader.mention_of("privacy erase"),
            days=reader.words.number(FORGOTTEN_AFTER.days),
        ),
        f"-# {escape(campaign.info.disclaimer)}\n"
        "-# " + _("Version {version}. Free software under the MIT licence.", version=__version__),
    ]
    own: list[Block] = [ShowData(_("My data")), *policy_link(reader)]
    links: list[Block] = [
        ui.Button(style=discord.ButtonStyle.link, label=link.label, url=link.url)
        for link in campaign.links[: MOST_BUTTONS - len(own)]
    ]
    return Card(reader.colour, paragraphs, [*own, *links], airy=True)


def help_card(reader: Reader, commands: Iterable[app_commands.Command[Any, ..., Any]]) -> Card:
    """What each command does, in the order of their names; those of one group stand together."""
    _ = reader.words.gettext
    described = sorted((command.qualified_name, _(command.description)) for command in commands)
    groups: dict[str, list[str]] = defaultdict(list)  # each command by itself would be more than a card can hold
    for name, description in described:
        groups[name.partition(" ")[0]].append(f"{reader.mention_of(name)}\n{escape(description)}")
    closing = _("Type a slash in the message field to see these commands with their choices.")
    paragraphs = [f"### {_('What I can do')}", *("\n".join(lines) for lines in groups.values()), f"-# {closing}"]
    return Card(reader.colour, paragraphs, airy=True)
