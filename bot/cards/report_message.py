"""*Report to moderators* in the menu of a message: what the message shows decides what is asked."""

from collections.abc import Iterable, Iterator
from typing import Any

import discord

from bot.campaign.models import Campaign, Fact, Quote
from bot.cards.base import Interaction, reader_of
from bot.cards.report import ReportWall, ask_which, server_with_moderators
from bot.cards.report_fault import open_fault_form
from bot.i18n import msg
from bot.services.errors import DomainError
from bot.text import escape


class NotMineToReport(DomainError):
    """The message is not one that reports are taken of here."""

    def __init__(self) -> None:
        super().__init__(
            msg(
                "Here you can report what I post: pledges on the wall, facts and quotes. "
                "For anything else, Discord's own “Report Message” is the way, or a word to the moderators."
            )
        )


async def report_message(interaction: Interaction, message: discord.Message) -> None:
    """Asks what is wrong with what a message of the bot shows.

    Raises NotAllowedHere outside of servers, NotMineToReport for any other message, and what the forms raise.
    """
    server_with_moderators(interaction)
    me = interaction.client.user
    if me is None or message.author.id != me.id:
        raise NotMineToReport
    parts = list(_parts(message.components))
    if wall := next(_walls(parts), None):
        await ask_which(interaction, *wall.edges, *wall.filter)
        return
    texts = [part.content for part in parts if isinstance(part, discord.TextDisplay)]
    item = item_shown(reader_of(interaction, private=True).services.campaign, texts)
    if item is None:
        raise NotMineToReport
    await open_fault_form(interaction, item)


def item_shown(campaign: Campaign, texts: Iterable[str]) -> Fact | Quote | None:
    """The fact or quote whose text stands in these; of several the longest, since one may be part of another."""
    text = "\n".join(texts)
    found = [item for item in (*campaign.facts, *campaign.quotes) if escape(item.text) in text]
    return max(found, key=lambda item: len(item.text), default=None)


def _parts(components: Iterable[Any]) -> Iterator[Any]:
    for component in components:
        yield component
        yield from _parts(getattr(component, "children", ()))


def _walls(parts: Iterable[Any]) -> Iterator[ReportWall]:
    """The buttons that report a page of the wall."""
    for part in parts:
        custom_id = getattr(part, "custom_id", None) or ""
        if ReportWall.matches(custom_id):
            yield ReportWall(*custom_id.split(":")[2:])
