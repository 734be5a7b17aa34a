"""Who may do what in a channel, reckoned as Discord does: roles, then the channel's overwrites."""

from collections.abc import Mapping
from typing import Any

ADMINISTRATOR = 1 << 3
VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
MANAGE_MESSAGES = 1 << 13
READ_MESSAGE_HISTORY = 1 << 16
MANAGE_ROLES = 1 << 28
SEND_IN_THREADS = 1 << 38
EVERYTHING = (1 << 53) - 1

BITS = {
    "administrator": ADMINISTRATOR,
    "manage_channels": 1 << 4,
    "manage_guild": 1 << 5,
    "view_channel": VIEW_CHANNEL,
    "send_messages": SEND_MESSAGES,
    "manage_messages": MANAGE_MESSAGES,
    "embed_links": 1 << 14,
    "attach_files": 1 << 15,
    "read_message_history": READ_MESSAGE_HISTORY,
    "mention_everyone": 1 << 17,
    "use_application_commands": 1 << 31,
    "manage_roles": MANAGE_ROLES,
    "create_public_threads": 1 << 35,
    "send_messages_in_threads": SEND_IN_THREADS,
}

USUAL = sum(BITS[name] for name in BITS if not name.startswith(("manage_", "administrator", "mention_")))
"""What everybody has in a new server."""


def bits_of(names: Mapping[str, bool], *, given: bool) -> int:
    """The bits of the permissions that are named as given, or as denied."""
    return sum(BITS[name] for name, value in names.items() if value is given)


def permissions_in(guild: Mapping[str, Any], member: Mapping[str, Any], channel: Mapping[str, Any] | None) -> int:
    """The permissions of a member in a channel, or in the whole server where that is None."""
    user_id = member["user"]["id"]
    if guild["owner_id"] == user_id:
        return EVERYTHING
    roles = {guild["id"], *member["roles"]}
    base = 0
    for role in guild["roles"]:
        if role["id"] in roles:
            base |= int(role["permissions"])
    if base & ADMINISTRATOR:
        return EVERYTHING
    overwrites = {each["id"]: each for each in channel.get("permission_overwrites", ())} if channel else {}
    for ids in ([guild["id"]], roles - {guild["id"]}, [user_id]):
        there = [overwrites[each] for each in ids if each in overwrites]
        for each in there:
            base &= ~int(each["deny"])
        for each in there:
            base |= int(each["allow"])
    return base if base & VIEW_CHANNEL or channel is None else 0
