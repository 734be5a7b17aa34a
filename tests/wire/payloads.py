"""Discord's objects as it sends them, with the fields that its documentation calls always there."""

from collections.abc import Iterable, Iterator
from typing import Any

from tests.wire.permissions import USUAL

TEXT, DM, ANNOUNCEMENTS, PUBLIC_THREAD = 0, 1, 5, 11

EPHEMERAL, LOADING, COMPONENTS_V2 = 1 << 6, 1 << 7, 1 << 15

Object = dict[str, Any]


def user(user_id: str, name: str, *, bot: bool = False) -> Object:
    return {
        "id": user_id,
        "username": name,
        "discriminator": "0",
        "global_name": None if bot else name.capitalize(),
        "avatar": None,
        "public_flags": 0,
        "bot": bot,
    }


def application(me: Object) -> Object:
    return {
        "id": me["id"],
        "name": me["username"],
        "icon": None,
        "description": "",
        "rpc_origins": None,
        "bot_public": True,
        "bot_require_code_grant": False,
        "owner": user("900", "operator"),
        "verify_key": "",
        "team": None,
        "flags": 0,
        "summary": "",
    }


def role(role_id: str, name: str, permissions: int, position: int = 1) -> Object:
    return {
        "id": role_id,
        "name": name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": position,
        "permissions": str(permissions),
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


def guild(guild_id: str, name: str, owner_id: str, locale: str) -> Object:
    """A new server with the role of everybody and no channel."""
    nothing = dict.fromkeys(
        (
            *("icon", "splash", "discovery_splash", "afk_channel_id", "application_id", "system_channel_id"),
            *("rules_channel_id", "vanity_url_code", "description", "banner", "public_updates_channel_id"),
            "safety_alerts_channel_id",
        )
    )
    numbers = {
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "system_channel_flags": 0,
        "max_members": 500_000,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "nsfw_level": 0,
    }
    return {
        "id": guild_id,
        "name": name,
        "owner_id": owner_id,
        "preferred_locale": locale,
        "roles": [role(guild_id, "@everyone", USUAL, 0)],
        "emojis": [],
        "stickers": [],
        "features": [],
        "premium_progress_bar_enabled": False,
        **nothing,
        **numbers,
    }


def member(who: Object, joined_at: str, roles: Iterable[str] = ()) -> Object:
    return {
        "user": who,
        "nick": None,
        "avatar": None,
        "banner": None,
        "roles": list(roles),
        "joined_at": joined_at,
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
        "communication_disabled_until": None,
    }


def channel(channel_id: str, guild_id: str, name: str, kind: int = TEXT) -> Object:
    return {
        "id": channel_id,
        "guild_id": guild_id,
        "name": name,
        "type": kind,
        "position": 0,
        "permission_overwrites": [],
        "nsfw": False,
        "topic": None,
        "parent_id": None,
        "last_message_id": None,
        "rate_limit_per_user": 0,
        "flags": 0,
    }


def dm_channel(channel_id: str, recipient: Object) -> Object:
    return {"id": channel_id, "type": DM, "recipients": [recipient], "last_message_id": None, "flags": 0}


def message(message_id: str, channel_id: str, author: Object, timestamp: str) -> Object:
    """A message in which nothing stands yet."""
    return {
        "id": message_id,
        "channel_id": channel_id,
        "author": author,
        "content": "",
        "timestamp": timestamp,
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "components": [],
        "pinned": False,
        "type": 0,
        "flags": 0,
    }


def parts_of(components: Iterable[Object]) -> Iterator[Object]:
    """Every component, in reading order, at whatever depth: what stands in rows, containers, sections and labels."""
    for component in components:
        yield component
        yield from parts_of(component.get("components", ()))
        for key in ("component", "accessory"):
            if key in component:
                yield from parts_of([component[key]])
