"""What every choice in the panel of /setup is: one class each, telling how it stands and what is wrong with it."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar, TypeAlias, cast

import discord

from bot.cards.base import Interaction, Reader, reader_of
from bot.cards.permissions import me_in
from bot.cards.rights import require_moderator
from bot.i18n import msg
from bot.services.announcements import Health
from bot.services.days import ServerDays
from bot.services.errors import NotAllowedHere
from bot.storage.guilds import GuildRecord, Setting, Value

MOST_AT_ONCE = 20
"""Members whom one press rids of the supporter role: each costs a request."""

MOST_NAMED = 3
"""Channels or roles that one sentence names, so that the panel fits into a message whatever the server looks like."""

Offered: TypeAlias = "tuple[str, str]"
"""What a menu shows, and the value that stands for it."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the panel is about: a server as the bot sees it, what it has chosen, and who is choosing."""

    reader: Reader
    guild: discord.Guild
    me: discord.Member
    chooser: discord.Member
    record: GuildRecord
    days: ServerDays
    """The server's dates, by its own clock."""
    health: Health
    now: datetime
    given: frozenset[int] = frozenset()
    """The roles that members have for a yes: also those that are the supporter role no longer."""
    found: tuple[Offered, ...] = ()
    """Time zones that a search has found."""
    left_over: tuple[tuple[int, int], ...] = ()
    """Members who should have such a role no longer, and which; a moderator can have it taken off them."""

    @property
    def today(self) -> date:
        """The date by the server's clock."""
        return self.days.today(self.now)

    @property
    def review_channel(self) -> discord.TextChannel | None:
        return self.text_channel(self.record.review_channel_id)

    def text_channel(self, channel_id: int | None) -> discord.TextChannel | None:
        """A text or announcement channel of the server; None where it has none with this id."""
        channel = self.guild.get_channel(channel_id or 0)
        return channel if isinstance(channel, discord.TextChannel) else None


class CantSeeServer(NotAllowedHere):
    def __init__(self) -> None:
        super().__init__(msg("Discord has not told me about this server yet. Please try again in a minute."))


async def desk_of(interaction: Interaction) -> Desk:
    """The desk of who pressed, as everything stands now. Raises ModeratorsOnly for who may not choose."""
    record = await require_moderator(interaction, of_settings=True)
    guild = interaction.guild
    me = me_in(guild) if guild else None
    if guild is None or me is None:
        raise CantSeeServer
    reader, chooser = reader_of(interaction, private=True), cast(discord.Member, interaction.user)
    services = reader.services
    days, health = await services.days.of(guild.id), await services.announcements.health(guild.id)
    desk = Desk(reader, guild, me, chooser, record, days, health, services.clock.now())
    given = await services.supporter_roles.given(guild.id)
    left_over = await services.supporter_roles.left_over(guild.id, MOST_AT_ONCE)
    return replace(desk, given=frozenset(given), left_over=tuple(left_over))


class Choice(ABC):
    """One setting in the panel."""

    setting: ClassVar[Setting]

    @abstractmethod
    def title(self, desk: Desk) -> str: ...

    @abstractmethod
    def now(self, desk: Desk) -> str:
        """What is chosen, and what follows from it."""

    @abstractmethod
    def told(self, desk: Desk, before: Value) -> str:
        """What a choice that was just stored means; the desk has it already, and `before` is what it took over from."""

    def trouble(self, desk: Desk) -> str:
        """What worked once and does so no longer, with what mends it; empty where all is well."""
        return ""


class Picked(Choice):
    """A channel or a role of the server, or none."""

    types: ClassVar[Sequence[discord.ChannelType]] = ()
    """Which channels; empty for a role."""

    @abstractmethod
    def refuses(self, desk: Desk, picked: int) -> str:
        """Why the channel or role with this id can't be chosen, and what to do; empty when it can."""

    def asks(self, desk: Desk, picked: int) -> str:
        """What is asked before it is chosen; empty where nothing is."""
        return ""

    @abstractmethod
    def clear_label(self, desk: Desk) -> str: ...

    @abstractmethod
    def mention(self, desk: Desk) -> str:
        """What is chosen, as Discord shows it; empty for none."""

    def exists(self, desk: Desk) -> bool:
        """Whether what is chosen is still there."""
        return False


class Switch(Choice):
    """Yes or no."""

    @abstractmethod
    def label(self, desk: Desk) -> str:
        """What the button says that turns it over."""


class Typed(Choice):
    """Something that is written into a form."""

    @abstractmethod
    def read(self, desk: Desk, typed: str) -> Value:
        """What is stored for what somebody wrote. Raises DomainError where that is nothing that can be chosen."""

    @abstractmethod
    def ask_label(self, desk: Desk) -> str:
        """What the button says that opens the form; the form's title, too."""

    @abstractmethod
    def field_label(self, desk: Desk) -> str:
        """What is asked for, in at most 45 characters."""

    @abstractmethod
    def hint(self, desk: Desk) -> str:
        """How it is written."""

    def written(self, desk: Desk) -> str:
        """What stands in the form when it opens."""
        return ""

    def clear_label(self, desk: Desk) -> str:
        """What the button says that takes it back; empty where it can only be changed."""
        return ""


class Listed(Choice):
    """One of a few values that a menu lists."""

    @abstractmethod
    def placeholder(self, desk: Desk) -> str: ...

    @abstractmethod
    def offers(self, desk: Desk) -> list[Offered]:
        """What the menu lists, at most 25."""

    @abstractmethod
    def chosen(self, desk: Desk) -> str:
        """The menu's value for what is chosen; empty for none."""

    @abstractmethod
    def taken(self, desk: Desk, value: str) -> Value:
        """What is stored for a value of the menu. It may be forged: raises DomainError for what can't be chosen."""


class PickedRole(Picked):
    def mention(self, desk: Desk) -> str:
        chosen = getattr(desk.record, self.setting)
        if chosen == desk.guild.id:
            return "@everyone"
        return f"<@&{chosen}>" if chosen else ""

    def role(self, desk: Desk) -> discord.Role | None:
        return desk.guild.get_role(getattr(desk.record, self.setting) or 0)

    def exists(self, desk: Desk) -> bool:
        return self.role(desk) is not None

    def refuses(self, desk: Desk, picked: int) -> str:
        role = desk.guild.get_role(picked)
        if role is None:
            return desk.reader.words.gettext("I see no such role in this server.")
        return self.unfit(desk, role)

    def trouble(self, desk: Desk) -> str:
        if getattr(desk.record, self.setting) is None:
            return ""
        role = self.role(desk)
        if role is None:
            return desk.reader.words.gettext(
                "The role that was chosen is no longer there. Choose another one, or none."
            )
        return self.worn(desk, role)

    @abstractmethod
    def unfit(self, desk: Desk, role: discord.Role) -> str:
        """Why this role can't be chosen, and what to do; empty when it can."""

    def worn(self, desk: Desk, role: discord.Role) -> str:
        """What is wrong by now with the role that was chosen; empty where nothing is."""
        return ""


class PickedChannel(Picked):
    def mention(self, desk: Desk) -> str:
        chosen = getattr(desk.record, self.setting)
        return f"<#{chosen}>" if chosen else ""

    def channel(self, desk: Desk) -> discord.TextChannel | None:
        return desk.text_channel(getattr(desk.record, self.setting))

    def exists(self, desk: Desk) -> bool:
        return self.channel(desk) is not None

    def refuses(self, desk: Desk, picked: int) -> str:
        _, channel = desk.reader.words.gettext, desk.guild.get_channel(picked)
        if channel is None:
            return _("I see no such channel in this server.")
        if not isinstance(channel, discord.TextChannel):
            return _("{channel} is no text channel. Please choose one that is.", channel=channel.mention)
        return self.lacking(desk, channel)

    def trouble(self, desk: Desk) -> str:
        channel = self.channel(desk)
        if getattr(desk.record, self.setting) is None:
            return ""
        if channel is None:
            return desk.reader.words.gettext(
                "The channel that was chosen is no longer there. Choose another one, or none."
            )
        return self.lacking(desk, channel) or self.worn(desk, channel)

    @abstractmethod
    def lacking(self, desk: Desk, channel: discord.TextChannel) -> str:
        """What the bot may not do there and must, and how to mend it; empty where nothing is missing."""

    def worn(self, desk: Desk, channel: discord.TextChannel) -> str:
        """What else is wrong by now with the channel that was chosen; empty where nothing is."""
        return ""
