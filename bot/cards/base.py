"""What all cards share: the frame, the reader's words, and who may see an answer."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar, cast

import discord
from discord import ui

from bot.i18n import Message, Words, msg
from bot.services import HasServices, Services

Interaction: TypeAlias = "discord.Interaction[discord.Client]"
Block: TypeAlias = "ui.Item[Any]"
T = TypeVar("T")

PATIENCE = 1.0
"""Seconds that a write may take before Discord is told to wait."""


class Card(ui.LayoutView):
    """A framed message. It is stateless: discord.py is told at once not to keep it, whatever buttons it has.

    Its buttons must be links or `LastingButton`s, which are rebuilt from their custom_id when pressed. A view that
    discord.py keeps costs memory for every answer, and an ephemeral one a task for 15 minutes besides.
    """

    def __init__(
        self, colour: int, paragraphs: Sequence[str], buttons: Sequence[Block] = (), *, airy: bool = False
    ) -> None:
        """`paragraphs` stand in reading order; `airy` puts space between them, for lists. At most five buttons fit."""
        super().__init__(timeout=None)
        frame: ui.Container[Card] = ui.Container(accent_colour=colour)
        for number, paragraph in enumerate(paragraphs):
            if airy and number:
                frame.add_item(ui.Separator(visible=False))
            frame.add_item(ui.TextDisplay(paragraph))
        if buttons:
            frame.add_item(ui.ActionRow(*buttons))
        self.add_item(frame)
        self.stop()


def frame(text: str, rows: Sequence[Block], colour: int) -> "ui.Container[Any]":
    """A further frame for a card: a text, and under it what can be pressed or chosen from, each on a row of its own."""
    made: ui.Container[Any] = ui.Container(ui.TextDisplay[Any](text), accent_colour=colour)
    for row in rows:
        made.add_item(ui.ActionRow[Any](row))
    return made


@dataclass(frozen=True, slots=True)
class Reader:
    """Who a card is for: their words, the services behind it, and whether others will see it."""

    words: Words
    services: Services
    mention_of: Callable[[str], str]
    is_private: bool
    may_share: bool
    """Whether it is private, but could be posted for all to see."""

    @property
    def colour(self) -> int:
        return self.services.campaign.info.rgb


def services_of(interaction: Interaction) -> Services:
    return cast(HasServices, interaction.client).services


def reader_of(interaction: Interaction, *, private: bool) -> Reader:
    """The reader of an answer: a private one is in the member's language, a public one in the server's."""
    bot = cast(HasServices, interaction.client)
    locale = interaction.locale if private else interaction.guild_locale or interaction.locale
    words = bot.services.languages.words(locale.value)
    may_share = private and why_private(interaction) is None
    return Reader(words, bot.services, bot.mention_of, private, may_share)


def why_private(interaction: Interaction) -> Message | None:
    """Why an answer must not be public here; None when it may be.

    An answer to a command is not bound by the channel's permissions on Discord's side: a member who may not write
    here could do so through the bot, and the bot where it is not wanted.
    """
    if interaction.guild_id is None:
        return None
    in_thread = isinstance(interaction.channel, discord.Thread)
    right = "send_messages_in_threads" if in_thread else "send_messages"
    if not getattr(interaction.permissions, right):
        return msg("Only you can see this: in this channel you can read, but not write.")
    if not getattr(interaction.app_permissions, right):
        return msg("Only you can see this: I am not allowed to post in this channel.")
    return None


def came_too_late(interaction: Interaction) -> bool:
    """Whether it was under way so long that Discord takes no answer: nothing is to be done for it."""
    return services_of(interaction).lateness.is_late(interaction.created_at.timestamp())


def place_of(interaction: Interaction) -> int:
    """Where something is shown, as the memory of what was shown counts it: the channel, or in direct messages the
    person, so that it is found again when they ask what is kept of them."""
    if interaction.guild_id is None:
        return interaction.user.id
    return interaction.channel_id or interaction.user.id


async def answer(interaction: Interaction, make: Callable[[Reader], Card], *, private: bool) -> None:
    """Answers with the card that `make` gives for the reader; publicly unless `private` or not allowed here."""
    reason = None if private else why_private(interaction)
    private = private or reason is not None
    reader = reader_of(interaction, private=private)
    card = make(reader)
    if reason is not None:
        card.add_item(ui.TextDisplay(f"-# {reader.words.say(reason)}"))
    await interaction.response.send_message(view=card, ephemeral=private)


async def turn(interaction: Interaction, make: Callable[[Reader], Card]) -> None:
    """Answers a button that shows something else on a card.

    Whoever asked for the card turns it in place. It stays as it is for others, who get a private card of their own:
    nobody takes away what somebody else is reading, and nobody floods a channel by pressing a button.
    """
    message = interaction.message
    asked_by = message.interaction_metadata if message else None
    is_private = message is not None and message.flags.ephemeral
    if is_private or (asked_by is not None and asked_by.user.id == interaction.user.id):
        await interaction.response.edit_message(view=make(reader_of(interaction, private=is_private)))
    else:
        await interaction.response.send_message(view=make(reader_of(interaction, private=True)), ephemeral=True)


def may_turn(interaction: Interaction) -> bool:
    """Whether the card whose button was pressed may be changed: a private one. One that others see stays as it is."""
    return interaction.message is not None and interaction.message.flags.ephemeral


async def saved(interaction: Interaction, work: Awaitable[T], *, in_place: bool = False) -> T:
    """Waits for a write. One that takes over a second is announced to Discord, which gives up after three.

    To announce it always would double the requests. `in_place` as for `reply`, which answers afterwards.
    """
    task = asyncio.ensure_future(work)
    await asyncio.wait({task}, timeout=PATIENCE)
    if not task.done():
        if in_place:
            await interaction.response.defer()
        else:
            await interaction.response.defer(ephemeral=True, thinking=True)
    return await task


async def reply(interaction: Interaction, card: Card, *, in_place: bool = False) -> None:
    """Answers privately, or with `in_place` changes the private card whose button was pressed."""
    if in_place and interaction.response.is_done():
        await interaction.edit_original_response(view=card)
    elif in_place:
        await interaction.response.edit_message(view=card)
    elif interaction.response.is_done():
        await interaction.followup.send(view=card, ephemeral=True)
    else:
        await interaction.response.send_message(view=card, ephemeral=True)
