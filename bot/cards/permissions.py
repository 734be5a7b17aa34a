"""What the bot may not do, where, and how to mend it: in words for those who look after a server."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias, cast

import discord

from bot.cards.base import Reader
from bot.i18n import Message, msg

Channel: TypeAlias = "discord.abc.GuildChannel"

_TO_POST: Mapping[str, Message] = {"view_channel": msg("View Channel"), "send_messages": msg("Send Messages")}
_TO_POST_ONCE: Mapping[str, Message] = {**_TO_POST, "read_message_history": msg("Read Message History")}
"""After a crash or a lost answer the channel itself tells whether a post stands there already."""

POWERS: Mapping[str, Message] = {
    "administrator": msg("Administrator"),
    "manage_guild": msg("Manage Server"),
    "manage_roles": msg("Manage Roles"),
    "manage_channels": msg("Manage Channels"),
    "manage_messages": msg("Manage Messages"),
    "manage_threads": msg("Manage Threads"),
    "manage_nicknames": msg("Manage Nicknames"),
    "manage_webhooks": msg("Manage Webhooks"),
    "manage_expressions": msg("Manage Expressions"),
    "manage_events": msg("Manage Events"),
    "kick_members": msg("Kick Members"),
    "ban_members": msg("Ban Members"),
    "moderate_members": msg("Time Out Members"),
    "mute_members": msg("Mute Members"),
    "deafen_members": msg("Deafen Members"),
    "move_members": msg("Move Members"),
    "view_audit_log": msg("View Audit Log"),
    "mention_everyone": msg("Mention everyone"),
}
"""Rights that a role must not bring which everybody can have who pledges."""


def me_in(guild: discord.Guild) -> discord.Member | None:
    """The bot as a member; None while Discord has not told it about the server."""
    return cast("discord.Member | None", guild.me)


def cant_post(reader: Reader, channel: Channel, me: discord.Member) -> str:
    """What the bot lacks to post in a channel, and how to grant it; empty when it lacks nothing."""
    return _cant_post(reader, channel, me, _TO_POST)


def cant_announce(reader: Reader, channel: Channel, me: discord.Member) -> str:
    """What the bot lacks to post in a channel by itself, each thing once; empty when it lacks nothing."""
    lacking = _cant_post(reader, channel, me, _TO_POST_ONCE)
    rights = channel.permissions_for(me)
    if not lacking or not all(getattr(rights, name) for name in _TO_POST):
        return lacking
    why = reader.words.gettext("Without it I could not make sure that nothing is posted twice.")
    return f"{lacking} {why}"


def cant_mention(role: discord.Role, channel: "Channel | None", member: discord.Member) -> bool:
    """Whether a member may not mention a role in a channel, or in general where no channel is chosen."""
    rights = channel.permissions_for(member) if channel else member.guild_permissions
    return not rights.mention_everyone and (role.is_default() or not role.mentionable)


def cant_ping(reader: Reader, role: discord.Role, channel: "Channel | None", me: discord.Member) -> str:
    """What keeps the bot from mentioning a role so that its members notice, and how to mend it; empty when nothing."""
    _ = reader.words.gettext
    if not cant_mention(role, channel, me):
        return ""
    if role.is_default():
        return _(
            "I can't mention @everyone: I lack {right}. Grant it in the channel's settings: Permissions → {me}.",
            right=_named(reader, [POWERS["mention_everyone"]]),
            me=me.mention,
        )
    return _(
        "I can't mention {role}: allow anyone to mention it in Server Settings → Roles → {role}, "
        "or grant me {right} in the channel's settings: Permissions → {me}.",
        role=role.mention,
        right=_named(reader, [POWERS["mention_everyone"]]),
        me=me.mention,
    )


def _cant_post(reader: Reader, channel: Channel, me: discord.Member, needed: Mapping[str, Message]) -> str:
    rights = channel.permissions_for(me)
    missing = [name for name in needed if not getattr(rights, name)]
    if not missing:
        return ""
    return reader.words.ngettext(
        "I can't post in {channel}: I lack {rights} there. Grant it in the channel's settings: Permissions → {me}.",
        "I can't post in {channel}: I lack {rights} there. Grant them in the channel's settings: Permissions → {me}.",
        len(missing),
        channel=channel.mention,
        rights=_named(reader, (needed[name] for name in missing)),
        me=me.mention,
    )


def is_for_all(channel: Channel) -> bool:
    """Whether everybody in the server can read it."""
    return channel.permissions_for(channel.guild.default_role).view_channel


def cant_be_given(reader: Reader, role: discord.Role) -> str:
    """Why nobody could give a role to single members; empty when somebody could."""
    _ = reader.words.gettext
    if role.is_default():
        return _("That role is everybody. Choose one that only some have.")
    if role.managed:
        return _("{role} belongs to an app or to Discord itself. Choose a role of your own.", role=role.mention)
    return ""


def cant_give(reader: Reader, role: discord.Role, me: discord.Member) -> str:
    """What keeps the bot from giving a role to everybody who pledges, and how to mend it; empty when nothing does."""
    _ = reader.words.gettext
    if reason := cant_be_given(reader, role):
        return reason
    everyone = role.guild.default_role
    if powers := _powers_of(role.permissions, everyone.permissions):
        return _(
            "{role} brings {rights}, and everybody who pledges could have it. "
            "Choose a role without such rights, or take them from it.",
            role=role.mention,
            rights=_named(reader, powers),
        )
    return cant_move(reader, role, me)


def cant_move(reader: Reader, role: discord.Role, me: discord.Member) -> str:
    """What keeps the bot from giving a role or taking it off, and how to mend it; empty when nothing does."""
    _ = reader.words.gettext
    own = role.guild.self_role.mention if role.guild.self_role else me.mention
    if not me.guild_permissions.manage_roles:
        return _(
            "I can't give or take {role}: I lack {right}. Grant it in Server Settings → Roles → {own} → Permissions.",
            role=role.mention,
            right=_named(reader, [POWERS["manage_roles"]]),
            own=own,
        )
    if role >= me.top_role:
        return _(
            "I can't give or take {role}: it must stand below my own role. "
            "In Server Settings → Roles, drag {own} above it.",
            role=role.mention,
            own=own,
        )
    return ""


def opened_by(role: discord.Role) -> list[Channel]:
    """The channels that who has a role can see, or moderate, and not everybody in the server can."""
    opened: list[Channel] = []
    for channel in role.guild.channels:
        theirs, common = channel.permissions_for(role), channel.permissions_for(role.guild.default_role)
        sees_more = theirs.view_channel and not common.view_channel
        # Who can't see a channel has no rights in it, whatever it says about them.
        if sees_more or (theirs.view_channel and _powers_of(theirs, common)):
            opened.append(channel)
    return opened


def _powers_of(theirs: discord.Permissions, common: discord.Permissions) -> list[Message]:
    """Those that somebody has beyond what everybody may do."""
    brought = discord.Permissions(theirs.value & ~common.value)
    return [name for power, name in POWERS.items() if getattr(brought, power)]


def _named(reader: Reader, rights: Iterable[Message]) -> str:
    return reader.words.list([f"“{reader.words.say(right)}”" for right in rights])
