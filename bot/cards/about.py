"""What Uplift is, and what its commands do."""

from collections.abc import Iterable
from typing import Any

import discord
from discord import app_commands, ui

from bot import __version__
from bot.cards.base import Block, Card, Reader
from bot.text import escape


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
            "I can't read your messages. Of you I store what you tell me: your pledges, and your country if you "
            "choose one. A pledge that you withdraw is gone."
        ),
        f"-# {escape(campaign.info.disclaimer)}\n"
        "-# " + _("Version {version}. Free software under the MIT licence.", version=__version__),
    ]
    links: list[Block] = [
        ui.Button(style=discord.ButtonStyle.link, label=link.label, url=link.url) for link in campaign.links[:5]
    ]
    return Card(reader.colour, paragraphs, links, airy=True)


def help_card(reader: Reader, commands: Iterable[app_commands.Command[Any, ..., Any]]) -> Card:
    """What each command does, in the order of their names."""
    _ = reader.words.gettext
    described = sorted((command.qualified_name, _(command.description)) for command in commands)
    lines = [f"{reader.mention_of(name)}\n{escape(description)}" for name, description in described]
    closing = _("Type a slash in the message field to see these commands with their choices.")
    return Card(reader.colour, [f"### {_('What I can do')}", *lines, f"-# {closing}"], airy=True)
