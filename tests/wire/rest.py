"""The rest of the HTTP API that the bot uses: itself, commands, channels, threads, servers, members, roles."""

from typing import Any

from tests.wire import payloads
from tests.wire.errors import refusal
from tests.wire.gateway import world_gateway
from tests.wire.payloads import PUBLIC_THREAD, Object
from tests.wire.permissions import BITS, MANAGE_ROLES, permissions_in
from tests.wire.routes import Call, route
from tests.wire.world import World

# The bot itself.


@route("GET", "/users/@me")
def me(call: Call) -> Object:
    return call.world.me


@route("GET", "/oauth2/applications/@me")
@route("GET", "/applications/@me")
def application(call: Call) -> Object:
    return payloads.application(call.world.me)


@route("GET", "/gateway/bot")
def gateway(call: Call) -> Object:
    limit = {"total": 1000, "remaining": call.world.starts_left, "reset_after": 0, "max_concurrency": 1}
    return {"url": world_gateway(call.world), "shards": call.world.shards, "session_start_limit": limit}


# Commands.


@route("GET", "/applications/{application}/commands")
def list_commands(call: Call, _: str) -> list[Object]:
    return call.world.commands[""]


@route("GET", "/applications/{application}/guilds/{guild}/commands")
def list_guild_commands(call: Call, _: str, guild_id: str) -> list[Object]:
    return call.world.commands.get(guild_id, [])


@route("PUT", "/applications/{application}/commands")
def replace_commands(call: Call, _: str) -> list[Object]:
    return _replace(call, "")


@route("PUT", "/applications/{application}/guilds/{guild}/commands")
def replace_guild_commands(call: Call, _: str, guild_id: str) -> list[Object]:
    return _replace(call, guild_id)


def _replace(call: Call, guild_id: str) -> list[Object]:
    """Discord keeps the id of a command whose name and kind stay, and lists them in an order of its own."""
    world = call.world
    known = {(each["type"], each["name"]): each["id"] for each in world.commands.get(guild_id, [])}
    world.commands[guild_id] = [
        _command(world, each, known.get((each.get("type", 1), each["name"])), guild_id) for each in reversed(call.body)
    ]
    return world.commands[guild_id]


def _command(world: World, sent: Object, known: str | None, guild_id: str) -> Object:
    """A command as Discord lists it: with what it adds, and with numbers of permissions as text."""
    rights = sent.get("default_member_permissions")
    return {
        "id": known or world.new_id(),
        "application_id": world.me["id"],
        "version": world.new_id(),
        "type": 1,
        "description": "",
        "name_localizations": None,
        "description_localizations": None,
        "nsfw": False,
        "contexts": None,
        "integration_types": [0],
        **sent,
        "default_member_permissions": None if rights is None else str(rights),
        **({"guild_id": guild_id} if guild_id else {}),
    }


# Channels and threads.


@route("GET", "/channels/{channel}")
def get_channel(call: Call, channel_id: str) -> Object:
    channel = call.world.channel(channel_id)
    call.world.require(channel)
    return channel


@route("POST", "/users/@me/channels")
def open_dm(call: Call) -> Object:
    return call.world.dm_with(str(call.body["recipient_id"]))


@route("POST", "/channels/{channel}/threads")
def start_thread(call: Call, channel_id: str) -> Object:
    return _thread(call, channel_id, call.world.new_id())


@route("POST", "/channels/{channel}/messages/{message}/threads")
def start_thread_at(call: Call, channel_id: str, message_id: str) -> Object:
    call.world.message(channel_id, message_id)
    return _thread(call, channel_id, message_id)


def _thread(call: Call, channel_id: str, thread_id: str) -> Object:
    parent = call.world.channel(channel_id)
    call.world.require(parent, BITS["create_public_threads"])
    thread = new_thread(call.world, parent, call.body["name"], thread_id)
    call.world.gateway.dispatch("THREAD_CREATE", thread | {"newly_created": True}, parent["guild_id"])
    return thread


def new_thread(world: World, parent: Object, name: str, thread_id: str) -> Object:
    about = {"archived": False, "auto_archive_duration": 1440, "locked": False}
    thread = payloads.channel(thread_id, parent["guild_id"], name, PUBLIC_THREAD) | {
        "parent_id": parent["id"],
        "owner_id": world.me["id"],
        "message_count": 0,
        "member_count": 1,
        "total_message_sent": 0,
        "thread_metadata": about | {"archive_timestamp": world.timestamp(), "create_timestamp": world.timestamp()},
    }
    world.threads[thread_id] = thread
    return thread


# Servers, members, roles, people.


@route("GET", "/guilds/{guild}")
def get_guild(call: Call, guild_id: str) -> Object:
    guild = call.world.guild(guild_id)
    if call.query.get("with_counts") in ("1", "true"):
        return guild | {"approximate_member_count": len(call.world.members[guild_id]), "approximate_presence_count": 0}
    return guild


@route("GET", "/guilds/{guild}/channels")
def get_channels(call: Call, guild_id: str) -> list[Object]:
    call.world.guild(guild_id)
    return [channel for channel in call.world.channels.values() if channel.get("guild_id") == guild_id]


@route("GET", "/guilds/{guild}/roles")
def get_roles(call: Call, guild_id: str) -> Any:
    return call.world.guild(guild_id)["roles"]


@route("GET", "/guilds/{guild}/members/{user}")
def get_member(call: Call, guild_id: str, user_id: str) -> Object:
    call.world.guild(guild_id)
    return call.world.member(guild_id, user_id)


@route("GET", "/users/{user}")
def get_user(call: Call, user_id: str) -> Object:
    if user_id not in call.world.users:
        raise refusal(10013)
    return call.world.users[user_id]


@route("PUT", "/guilds/{guild}/members/{user}/roles/{role}")
def add_role(call: Call, guild_id: str, user_id: str, role_id: str) -> None:
    member = _may_give(call, guild_id, user_id, role_id)
    if role_id not in member["roles"]:
        member["roles"].append(role_id)


@route("DELETE", "/guilds/{guild}/members/{user}/roles/{role}")
def remove_role(call: Call, guild_id: str, user_id: str, role_id: str) -> None:
    member = _may_give(call, guild_id, user_id, role_id)
    if role_id in member["roles"]:
        member["roles"].remove(role_id)


def _may_give(call: Call, guild_id: str, user_id: str, role_id: str) -> Object:
    """The member. Raises a refusal unless the bot may manage roles, and has one above this one."""
    world = call.world
    guild, member = world.guild(guild_id), world.member(guild_id, user_id)
    places = {role["id"]: role["position"] for role in guild["roles"]}
    if role_id not in places:
        raise refusal(10011)
    mine = world.member(guild_id, world.me["id"])
    highest = max((places[each] for each in mine["roles"] if each in places), default=0)
    if not permissions_in(guild, mine, None) & MANAGE_ROLES or places[role_id] >= highest:
        raise refusal(50013)
    return member
