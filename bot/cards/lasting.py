"""Buttons and menus that outlive a restart: all they know stands in their custom_id. Ids stand there, never rights."""

import re
import zlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Self, TypeVar, cast

import discord
from discord import ui

from bot.cards.base import Interaction, came_too_late
from bot.cards.errors import answer_error

ITEM = r"[a-z0-9-]{1,40}"
"""An item's id, as bot.campaign.models bounds it."""

BIG_ID = r"[0-8]?[0-9]{1,18}"
"""A Discord snowflake, of 63 bits at most: what is larger would not fit into the database. Good until 2082."""

W = TypeVar("W", bound="ui.Item[Any]")


class Lasting(ui.DynamicItem[W], ABC, template=r"(?!)"):
    """Something to press or choose from, rebuilt from its custom_id whenever that happens.

    A subclass names the pattern of its custom_ids; the pattern's groups are its constructor's words. A custom_id may
    be forged: what stands in it is looked up and checked as if a member had typed it.
    """

    _pattern: ClassVar[re.Pattern[str]]

    def __init_subclass__(cls, *, template: str) -> None:
        cls._pattern = re.compile(template)
        super().__init_subclass__(template=template)

    @classmethod
    def matches(cls, custom_id: str) -> bool:
        return cls._pattern.fullmatch(custom_id) is not None

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str]) -> Self:
        groups: dict[str, Any] = match.groupdict()
        return cls(**groups)

    async def interaction_check(self, interaction: Interaction) -> bool:
        return not came_too_late(interaction)

    async def callback(self, interaction: Interaction) -> None:
        """discord.py only logs what a dynamic item raises: the member would read 'did not respond'."""
        try:
            await self.press(interaction)
        except Exception as error:
            await answer_error(interaction, error)

    @abstractmethod
    async def press(self, interaction: Interaction) -> None:
        """What it does; it may raise anything, and the member is answered."""


class LastingButton(Lasting["ui.Button[Any]"], template=r"(?!)"):
    def __init__(
        self,
        custom_id: str,
        label: str,
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
        *,
        disabled: bool = False,
    ) -> None:
        super().__init__(ui.Button(custom_id=custom_id, label=label or None, style=style, disabled=disabled))

    def card_without_me(self) -> ui.LayoutView:
        """The card on which this button was pressed, as discord.py built it from the message, without the button."""
        card = cast(ui.LayoutView, self.view)
        for row in list(card.walk_children()):
            if isinstance(row, ui.ActionRow) and self in row.children:
                row.remove_item(self)
                if not row.children and isinstance(row.parent, ui.Container):
                    row.parent.remove_item(row)  # Discord takes no empty row
        card.stop()  # discord.py need not keep it
        return card


class LastingMenu(Lasting["ui.Select[Any]"], template=r"(?!)"):
    def __init__(self, custom_id: str, placeholder: str, options: Sequence[discord.SelectOption]) -> None:
        menu = ui.Select[Any](
            custom_id=custom_id,
            placeholder=placeholder or None,
            options=list(options),
            id=_identity(custom_id, *(option.value for option in options if option.default)),
        )
        super().__init__(menu)


class LastingChannelMenu(Lasting["ui.ChannelSelect[Any]"], template=r"(?!)"):
    """Lets one channel be chosen, of these types."""

    def __init__(
        self, custom_id: str, placeholder: str, chosen: int | None, types: Sequence[discord.ChannelType]
    ) -> None:
        kind = discord.SelectDefaultValueType.channel
        menu = ui.ChannelSelect[Any](
            custom_id=custom_id,
            placeholder=placeholder or None,
            channel_types=list(types),
            id=_identity(custom_id, chosen),
            default_values=[discord.SelectDefaultValue(id=chosen, type=kind)] if chosen else [],
        )
        super().__init__(menu)


class LastingRoleMenu(Lasting["ui.RoleSelect[Any]"], template=r"(?!)"):
    """Lets one role be chosen."""

    def __init__(self, custom_id: str, placeholder: str, chosen: int | None) -> None:
        kind = discord.SelectDefaultValueType.role
        menu = ui.RoleSelect[Any](
            custom_id=custom_id,
            id=_identity(custom_id, chosen),
            placeholder=placeholder or None,
            default_values=[discord.SelectDefaultValue(id=chosen, type=kind)] if chosen else [],
        )
        super().__init__(menu)


def _identity(custom_id: str, *chosen: object) -> int:
    """A number for a menu by what it is and shows: else what was chosen on one page of a card is seen on the next."""
    return zlib.crc32(repr((custom_id, *chosen)).encode()) >> 1 or 1


def chosen_id(interaction: Interaction) -> int:
    """The id that was chosen in a menu of channels or roles; 0, which nothing has, where none was, or none that is one.

    It may be forged: whether this server has such a channel or role is for the caller to look up.
    """
    data = cast(dict[str, Any], interaction.data or {})
    values = [str(value) for value in data.get("values", ())]
    return int(values[0]) if values and re.fullmatch(BIG_ID, values[0]) else 0
