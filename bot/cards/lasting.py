"""Buttons that outlive a restart: all they know stands in their custom_id. Ids stand there, never rights."""

import re
from typing import Any, ClassVar, Self

import discord
from discord import ui

from bot.cards.base import Interaction
from bot.cards.errors import answer_error

ITEM = r"[a-z0-9-]{1,40}"
"""An item's id, as bot.campaign.models bounds it."""


class LastingButton(ui.DynamicItem[ui.Button[Any]], template=r"(?!)"):
    """A button whose class names the pattern of its custom_ids; the pattern's groups are its constructor's words.

    A custom_id may be forged: what stands in it is looked up and checked as if a member had typed it.
    """

    _pattern: ClassVar[re.Pattern[str]]

    def __init_subclass__(cls, *, template: str) -> None:
        cls._pattern = re.compile(template)
        super().__init_subclass__(template=template)

    def __init__(self, custom_id: str, label: str, style: discord.ButtonStyle = discord.ButtonStyle.secondary) -> None:
        super().__init__(ui.Button(custom_id=custom_id, label=label or None, style=style))

    @classmethod
    def matches(cls, custom_id: str) -> bool:
        return cls._pattern.fullmatch(custom_id) is not None

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str]) -> Self:
        groups: dict[str, Any] = match.groupdict()
        return cls(**groups)

    async def callback(self, interaction: Interaction) -> None:
        """discord.py only logs what a dynamic item raises: the member would read 'did not respond'."""
        try:
            await self.press(interaction)
        except Exception as error:
            await answer_error(interaction, error)

    async def press(self, interaction: Interaction) -> None:
        """What the button does; it may raise anything, and the member is answered."""
        raise NotImplementedError
