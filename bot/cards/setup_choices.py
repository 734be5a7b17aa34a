"""What moderators choose for their server: one class a choice, each telling how it stands and what is wrong with it.

The panel shows whatever stands in CHOICES, in that order: a new setting is a new class there.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import discord

from bot.cards.base import Reader
from bot.cards.permissions import Channel, cant_be_given, cant_give, cant_move, cant_post, is_for_all, opened_by
from bot.storage.guilds import GuildRecord, Setting

MOST_NAMED = 3
"""Channels or roles that one sentence names, so that the panel fits into a message whatever the server looks like."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the panel is about: a server as the bot sees it, what it has chosen, and who is choosing."""

    reader: Reader
    guild: discord.Guild
    me: discord.Member
    chooser: discord.Member
    record: GuildRecord
    given: frozenset[int] = frozenset()
    """The roles that members have for a yes: also those that are the supporter role no longer."""
    left_over: tuple[tuple[int, int], ...] = ()
    """Members who should have such a role no longer, and which; a moderator can have it taken off them."""

    @property
    def review_channel(self) -> discord.TextChannel | None:
        channel = self.guild.get_channel(self.record.review_channel_id or 0)
        return channel if isinstance(channel, discord.TextChannel) else None


class Choice(ABC):
    """One setting in the panel."""

    setting: ClassVar[Setting]

    @abstractmethod
    def title(self, desk: Desk) -> str: ...

    @abstractmethod
    def now(self, desk: Desk) -> str:
        """What is chosen, and what follows from it."""

    @abstractmethod
    def told(self, desk: Desk, before: int | bool | None) -> str:
        """What a choice that was just stored means; the desk has it already, and `before` is what it took over from."""

    def trouble(self, desk: Desk) -> str:
        """What worked once and does so no longer, with what mends it; empty where all is well."""
        return ""


class Picked(Choice):
    """A channel or a role of the server, or none."""

    @abstractmethod
    def refuses(self, desk: Desk, picked: int) -> str:
        """Why the channel or role with this id can't be chosen, and what to do; empty when it can."""

    @abstractmethod
    def clear_label(self, desk: Desk) -> str: ...

    def exists(self, desk: Desk) -> bool:
        """Whether what is chosen is still there."""
        return False


class Switch(Choice):
    """Yes or no."""

    @abstractmethod
    def label(self, desk: Desk) -> str:
        """What the button says that turns it over."""


class ReviewChannel(Picked):
    setting = "review_channel_id"
    types = (discord.ChannelType.text,)
    """A thread would close by itself when nothing is reported for a while."""

    def title(self, desk: Desk) -> str:
        return desk.reader.words.gettext("Review channel")

    def now(self, desk: Desk) -> str:
        _, moderate = desk.reader.words.gettext, desk.reader.mention_of("moderate pledges")
        if desk.record.review_channel_id is None:
            return _(
                "None. What members report, and what waits for review, is found with {moderate}.", moderate=moderate
            )
        return _(
            "{channel}. What members report, and what waits for review, is shown there.",
            channel=f"<#{desk.record.review_channel_id}>",
        )

    def exists(self, desk: Desk) -> bool:
        return desk.review_channel is not None

    def clear_label(self, desk: Desk) -> str:
        return desk.reader.words.gettext("No review channel")

    def refuses(self, desk: Desk, picked: int) -> str:
        _, channel = desk.reader.words.gettext, desk.guild.get_channel(picked)
        if channel is None:
            return _("I see no such channel in this server.")
        if not isinstance(channel, discord.TextChannel):
            return _("{channel} is no text channel. Please choose one that is.", channel=channel.mention)
        return cant_post(desk.reader, channel, desk.me)

    def told(self, desk: Desk, before: int | bool | None) -> str:
        _ = desk.reader.words.gettext
        if desk.record.review_channel_id is None:
            return _("There is no review channel now.")
        return _("The review channel is {channel} now.", channel=f"<#{desk.record.review_channel_id}>")

    def trouble(self, desk: Desk) -> str:
        _, channel = desk.reader.words.gettext, desk.review_channel
        if desk.record.review_channel_id is None:
            return ""
        if channel is None:
            return _("The channel that was chosen is no longer there. Choose another one, or none.")
        if lacking := cant_post(desk.reader, channel, desk.me):
            return lacking
        if is_for_all(channel):
            return _(
                "Everybody in the server can read {channel}, and so what is reported. "
                "Choose a channel that only moderators see.",
                channel=channel.mention,
            )
        return ""


class Review(Switch):
    setting = "reviews_pledges"

    def title(self, desk: Desk) -> str:
        return desk.reader.words.gettext("Public pledges")

    def now(self, desk: Desk) -> str:
        _ = desk.reader.words.gettext
        if not desk.record.reviews_pledges:
            return _("They stand on the wall at once.")
        if channel := desk.review_channel:
            return _("They wait in {channel} until a moderator lets them through.", channel=channel.mention)
        return _(
            "They wait until a moderator lets them through. Without a review channel they are found with {moderate}.",
            moderate=desk.reader.mention_of("moderate pledges"),
        )

    def label(self, desk: Desk) -> str:
        _ = desk.reader.words.gettext
        return _("Show them at once") if desk.record.reviews_pledges else _("Review them first")

    def told(self, desk: Desk, before: int | bool | None) -> str:
        _ = desk.reader.words.gettext
        if desk.record.reviews_pledges:
            return _("Public pledges wait for a moderator from now on. What stands on the wall already stays there.")
        return _(
            "Public pledges stand on the wall at once from now on. "
            "Those that wait stay in the queue until somebody decides: {moderate} shows them.",
            moderate=desk.reader.mention_of("moderate pledges"),
        )


class Links(Switch):
    setting = "allows_links"

    def title(self, desk: Desk) -> str:
        return desk.reader.words.gettext("Links in pledges")

    def now(self, desk: Desk) -> str:
        _ = desk.reader.words.gettext
        if desk.record.allows_links:
            return _("Allowed. Invitations and mentions are not.")
        return _("Not allowed, nor are invitations and mentions.")

    def label(self, desk: Desk) -> str:
        _ = desk.reader.words.gettext
        return _("Allow no links") if desk.record.allows_links else _("Allow links")

    def told(self, desk: Desk, before: int | bool | None) -> str:
        _ = desk.reader.words.gettext
        if desk.record.allows_links:
            return _("Links may stand in pledges from now on.")
        return _("No links may stand in pledges from now on. What stands on the wall already stays as it is.")


class _Role(Picked):
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


class ModeratorRole(_Role):
    setting = "moderator_role_id"

    def title(self, desk: Desk) -> str:
        return desk.reader.words.gettext("Moderator role")

    def now(self, desk: Desk) -> str:
        _ = desk.reader.words.gettext
        if desk.record.moderator_role_id is None:
            return _("None. Who has “Manage Server” reviews pledges.")
        return _(
            "{role}. Who has it reviews pledges, as does who has “Manage Server”. Whoever has the role and does not "
            "see {moderate} can be given it in Server Settings → Integrations → {me}.",
            role=f"<@&{desk.record.moderator_role_id}>",
            moderate=desk.reader.mention_of("moderate pledges"),
            me=desk.me.mention,
        )

    def clear_label(self, desk: Desk) -> str:
        return desk.reader.words.gettext("No moderator role")

    def unfit(self, desk: Desk, role: discord.Role) -> str:
        return cant_be_given(desk.reader, role) or self.worn(desk, role)

    def worn(self, desk: Desk, role: discord.Role) -> str:
        if role.id not in desk.given | {desk.record.supporter_role_id}:
            return ""
        return desk.reader.words.gettext(
            "{role} is, or was, the supporter role: whoever has it for a pledge would be a moderator. "
            "Choose another one.",
            role=role.mention,
        )

    def told(self, desk: Desk, before: int | bool | None) -> str:
        _ = desk.reader.words.gettext
        if desk.record.moderator_role_id is None:
            return _("There is no moderator role now.")
        return _("Who has {role} can review pledges now.", role=f"<@&{desk.record.moderator_role_id}>")


class SupporterRole(_Role):
    setting = "supporter_role_id"

    def title(self, desk: Desk) -> str:
        return desk.reader.words.gettext("Supporter role")

    def now(self, desk: Desk) -> str:
        _ = desk.reader.words.gettext
        if desk.record.supporter_role_id is None:
            return _("None. I could offer one to those who pledge.")
        said = _(
            "{role}. I offer it after a pledge, give it only to who says yes, "
            "and take it off with their last pledge here.",
            role=f"<@&{desk.record.supporter_role_id}>",
        )
        role = self.role(desk)
        opened = opened_by(role) if role else []
        return f"{said}\n{_warning(desk.reader, opened)}" if opened else said

    def clear_label(self, desk: Desk) -> str:
        return desk.reader.words.gettext("No supporter role")

    def unfit(self, desk: Desk, role: discord.Role) -> str:
        _ = desk.reader.words.gettext
        if reason := self.worn(desk, role):
            return reason
        if desk.guild.owner_id != desk.chooser.id and role >= desk.chooser.top_role:
            # Else the bot would hand out, to the chooser too, what the chooser could not.
            return _(
                "{role} does not stand below your own highest role. "
                "Please ask somebody who stands above it to choose it.",
                role=role.mention,
            )
        return ""

    def trouble(self, desk: Desk) -> str:
        earlier = desk.given - {desk.record.supporter_role_id}
        roles = [role for id in sorted(earlier) if (role := desk.guild.get_role(id))]
        stuck = [cant_move(desk.reader, role, desk.me) for role in roles[:MOST_NAMED]]
        return " ".join(reason for reason in (super().trouble(desk), *stuck) if reason)

    def worn(self, desk: Desk, role: discord.Role) -> str:
        if role.id == desk.record.moderator_role_id:
            return desk.reader.words.gettext(
                "{role} is the moderator role, and everybody who pledges could have it. Choose another one.",
                role=role.mention,
            )
        return cant_give(desk.reader, role, desk.me)

    def told(self, desk: Desk, before: int | bool | None) -> str:
        _, chosen = desk.reader.words.gettext, desk.record.supporter_role_id
        said = _("There is no supporter role now.")
        if chosen is not None:
            said = _("I offer {role} to those who pledge here from now on.", role=f"<@&{chosen}>")
        if before is None or desk.guild.get_role(before) is None:
            return said
        kept = _(
            "I give {old} to nobody any more. Whoever has it from me keeps it until their last pledge here goes.",
            old=f"<@&{before}>",
        )
        return f"{said} {kept}"


def _warning(reader: Reader, opened: Sequence[Channel]) -> str:
    """Nothing to be refused: a server may well have a room for its supporters."""
    _, further = reader.words.gettext, len(opened) - MOST_NAMED
    named = [channel.mention for channel in opened[:MOST_NAMED]]
    if further > 0:
        named.append(reader.words.ngettext("{n} other channel", "{n} other channels", further))
    return "⚠️ " + _(
        "Who has it sees, or can moderate, what not everybody can: {channels}. "
        "If that is not meant for all who pledge, change the permissions there.",
        channels=reader.words.list(named),
    )


CHOICES: tuple[Picked | Switch, ...] = (ReviewChannel(), Review(), Links(), ModeratorRole(), SupporterRole())
