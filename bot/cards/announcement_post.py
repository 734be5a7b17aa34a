"""What every post of the bot's own accord has in common: its card, whom it mentions, and what it is found by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord import ui

from bot.cards.base import Card, Reader

IS_V2 = 1 << 15
"""Discord's flag for a message that is made of components alone."""

SUBDUED = 0x6B6B76
"""The colour of a solemn post: a grey that can be seen on dark and on light."""

MOST_CHARACTERS = 4000
"""Of all the texts of a message together, as Discord counts them: with the addresses of links."""


TRIAL = "trial"
"""The subject of what is shown and not announced: with the key of the real one, the outbox would take it for that."""


@dataclass(frozen=True, slots=True)
class Post:
    """A message that nobody asked for, as it is to be posted."""

    card: Card
    role_id: int | None = None
    """The one role that it mentions; the server's own id stands for @everyone."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where something is posted, for whom, and whether it is posted in earnest."""

    reader: Reader
    channel: discord.TextChannel
    key: str
    is_trial: bool
    """A preview or a test: what it shows does not count as shown."""

    @property
    def guild_id(self) -> int:
        return self.channel.guild.id


def with_mention(card: Card, channel: discord.TextChannel, role_id: int | None) -> Post:
    """The post whose first line mentions the role; without one where the server has no such role any more."""
    role = channel.guild.get_role(role_id) if role_id else None
    if role is None:
        return Post(card)
    parts = card.children
    card.clear_items()
    for part in (ui.TextDisplay[Any]("@everyone" if role.is_default() else role.mention), *parts):
        card.add_item(part)
    return Post(card, role.id)


def body_of(post: Post, guild_id: int) -> dict[str, Any]:
    """The message as Discord's REST interface takes it. It mentions its one role, if any, and else nobody."""
    mentions: dict[str, Sequence[str]] = {"parse": []}
    if post.role_id == guild_id:
        mentions = {"parse": ["everyone"]}
    elif post.role_id is not None:
        mentions = {"parse": [], "roles": [str(post.role_id)]}
    return {"components": post.card.to_components(), "flags": IS_V2, "allowed_mentions": mentions}
