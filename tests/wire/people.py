"""The furniture of a Discord and what people do in it, as the control API names it."""

from collections.abc import Callable
from typing import Any

from tests.wire import payloads
from tests.wire.gateway import guild_create
from tests.wire.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL, fields_of, options_of
from tests.wire.payloads import Object
from tests.wire.permissions import USUAL, bits_of
from tests.wire.rest import new_thread
from tests.wire.world import World

VERBS: dict[str, Callable[..., Any]] = {}


def verb(function: Callable[..., Any]) -> Callable[..., Any]:
    VERBS[function.__name__] = function
    return function


# Furniture.


@verb
def user(world: World, *, name: str, locale: str = "en-US") -> Object:
    made = payloads.user(world.new_id(), name)
    world.users[made["id"]] = made
    world.locales[made["id"]] = locale
    return made


@verb
def guild(world: World, *, name: str, locale: str = "en-US", with_bot: bool = True, rights: int = USUAL) -> Object:
    """A server with one channel, #general. The bot has a role with `rights`, unless it is not there at all."""
    owner = user(world, name="owner")
    made = payloads.guild(world.new_id(), name, owner["id"], locale)
    guild_id = made["id"]
    world.guilds[guild_id] = made
    world.members[guild_id] = {owner["id"]: payloads.member(owner, world.timestamp())}
    general = payloads.channel(world.new_id(), guild_id, "general")
    world.channels[general["id"]] = general
    if with_bot:
        add_bot(world, guild=guild_id, rights=rights)
    return {"id": guild_id, "owner": owner["id"], "general": general["id"]}


@verb
def add_bot(world: World, *, guild: str, rights: int = USUAL) -> None:
    own = payloads.role(world.new_id(), world.me["username"], rights, 2)
    world.guilds[guild]["roles"].append(own)
    world.members[guild][world.me["id"]] = payloads.member(world.me, world.timestamp(), [own["id"]])
    joined = {name: value for name, value in guild_create(world, guild).items() if name != "unavailable"}
    world.gateway.dispatch("GUILD_CREATE", joined, guild)


@verb
def remove_bot(world: World, *, guild: str) -> None:
    world.members[guild].pop(world.me["id"])
    world.gateway.dispatch("GUILD_DELETE", {"id": guild}, guild)


@verb
def outage(world: World, *, guild: str) -> None:
    """The server can't be reached for a while; the bot is still in it."""
    world.gateway.dispatch("GUILD_DELETE", {"id": guild, "unavailable": True}, guild)


@verb
def channel(world: World, *, guild: str, name: str, kind: int = payloads.TEXT) -> Object:
    made = payloads.channel(world.new_id(), guild, name, kind)
    world.channels[made["id"]] = made
    world.gateway.dispatch("CHANNEL_CREATE", made, guild)
    return made


@verb
def delete_channel(world: World, *, channel: str) -> None:
    gone = world.channels.pop(channel)
    world.messages.pop(channel, None)
    world.gateway.dispatch("CHANNEL_DELETE", gone, gone["guild_id"])


@verb
def thread(world: World, *, channel: str, name: str) -> Object:
    parent = world.channels[channel]
    made = new_thread(world, parent, name, world.new_id())
    world.gateway.dispatch("THREAD_CREATE", made, parent["guild_id"])
    return made


@verb
def role(
    world: World, *, guild: str, name: str, permissions: dict[str, bool] | None = None, position: int = 1
) -> Object:
    made = payloads.role(world.new_id(), name, bits_of(permissions or {}, given=True), position)
    world.guilds[guild]["roles"].append(made)
    world.gateway.dispatch("GUILD_ROLE_CREATE", {"guild_id": guild, "role": made}, guild)
    return made


@verb
def member(
    world: World,
    *,
    guild: str,
    name: str = "",
    user_id: str = "",
    roles: list[str] | None = None,
    locale: str = "en-US",
) -> Object:
    """Lets somebody join: a new person of this name, or one who is known already."""
    who = world.users[user_id] if user_id else user(world, name=name, locale=locale)
    world.members[guild][who["id"]] = payloads.member(who, world.timestamp(), roles or [])
    return {"id": who["id"], "guild": guild}


@verb
def leave(world: World, *, guild: str, user_id: str) -> None:
    world.members[guild].pop(user_id)


@verb
def roles_of(world: World, *, guild: str, user_id: str, roles: list[str] | None = None) -> list[str]:
    """The roles of a member, after giving them exactly these, if any are named."""
    found = world.members[guild][user_id]
    if roles is not None:
        found["roles"] = roles
    return list(found["roles"])


@verb
def overwrite(world: World, *, channel: str, target: str, permissions: dict[str, bool]) -> None:
    """Allows or denies permissions in one channel, to a role or a person."""
    place = world.channels[channel]
    is_role = any(role["id"] == target for role in world.guilds[place["guild_id"]]["roles"])
    kept = [each for each in place["permission_overwrites"] if each["id"] != target]
    allow, deny = bits_of(permissions, given=True), bits_of(permissions, given=False)
    new = {"id": target, "type": 0 if is_role else 1, "allow": str(allow), "deny": str(deny)}
    place["permission_overwrites"] = [*kept, new]
    world.gateway.dispatch("CHANNEL_UPDATE", place, place["guild_id"])


@verb
def dm(world: World, *, user_id: str) -> str:
    """The channel of the bot's direct messages with somebody."""
    return str(world.dm_with(user_id)["id"])


# Messages.


@verb
def post(
    world: World,
    *,
    channel: str,
    author: str = "",
    content: str = "",
    components: list[Object] | None = None,
    interaction_metadata: Object | None = None,
) -> Object:
    """A message that is simply there, the bot's own unless it has another author."""
    who = world.users[author] if author else world.me
    made = payloads.message(world.new_id(), channel, who, world.timestamp())
    made |= {"content": content, "components": components or []}
    made["flags"] = payloads.COMPONENTS_V2 if components and components[0]["type"] != 1 else 0
    if interaction_metadata:
        made["interaction_metadata"] = interaction_metadata
    world.keep(made)
    return made


@verb
def messages(world: World, *, channel: str) -> list[Object]:
    """All that stands in a channel, oldest first, whoever may read it."""
    return [*world.messages.get(channel, {}).values()]


@verb
def delete_message(world: World, *, channel: str, message: str) -> None:
    del world.messages[channel][message]


# What people do. Each gives the id of the interaction.


@verb
def slash(
    world: World,
    *,
    user_id: str,
    channel: str,
    command: str,
    options: Object | None = None,
    focused: str = "",
    **more: Any,
) -> str:
    """Uses a registered command; with `focused`, only asks for what could be chosen there."""
    name, *words = command.split()
    guild_id = world.channel(channel).get("guild_id") or ""
    found = _registered(world, name, 1, guild_id)
    filled = options_of(found, words, options or {}, focused)
    data = {"id": found["id"], "name": name, "type": 1, "options": filled}
    if found.get("guild_id"):
        data["guild_id"] = found["guild_id"]
    resolved = _resolved(world, guild_id, filled)
    if resolved:
        data["resolved"] = resolved
    kind = AUTOCOMPLETE if focused else COMMAND
    return world.interactions.deliver(kind, user_id, channel, data, **more).id


def _registered(world: World, name: str, kind: int, guild_id: str) -> Object:
    for command in [*world.commands.get(guild_id, []), *world.commands[""]]:
        if command["name"] == name and command.get("type", 1) == kind:
            return command
    raise LookupError(f"no command {name!r} is registered")


def _resolved(world: World, guild_id: str, options: list[Object]) -> Object:
    """The people, roles and channels that options name."""
    found: Object = {}
    for option in _with_values(options):
        kind, key = option["type"], str(option.get("value", ""))
        if kind == 6:
            found.setdefault("users", {})[key] = world.users[key]
            if key in world.members.get(guild_id, {}):
                member = {name: value for name, value in world.members[guild_id][key].items() if name != "user"}
                found.setdefault("members", {})[key] = member | {"permissions": "0"}
        elif kind == 7:
            found.setdefault("channels", {})[key] = world.channel(key) | {"permissions": "0"}
        elif kind == 8:
            roles = {role["id"]: role for role in world.guilds[guild_id]["roles"]}
            found.setdefault("roles", {})[key] = roles[key]
    return found


def _with_values(options: list[Object]) -> list[Object]:
    """The options that carry values, at whatever depth."""
    return [each for option in options for each in ([option] if "value" in option else _with_values(option["options"]))]


@verb
def press(
    world: World,
    *,
    user_id: str,
    message: str,
    custom_id: str,
    values: list[str] | None = None,
    channel: str = "",
    without: bool = False,
    **more: Any,
) -> str:
    """Presses a button, or chooses from a menu, on a message. Nothing is checked: a custom_id may be forged.

    `channel`: from where, if not from where the message stands; `without`: the message itself is left out.
    """
    there = world.any_message(message)
    kind = 3 if values is not None else 2
    part = next((part for part in payloads.parts_of(there["components"]) if part.get("custom_id") == custom_id), {})
    data: Object = {"custom_id": custom_id, "component_type": part.get("type", kind), "id": part.get("id", 1)}
    if values is not None:
        data |= {"values": values}
    if not without:
        more["message"] = there
    return world.interactions.deliver(COMPONENT, user_id, channel or there["channel_id"], data, **more).id


@verb
def submit(
    world: World,
    *,
    user_id: str,
    form: str,
    filled: Object | None = None,
    custom_id: str = "",
    channel: str = "",
    components: list[Object] | None = None,
    **more: Any,
) -> str:
    """Sends a form that an interaction was answered with; `custom_id` or `components` may be forged."""
    use = world.interactions.by_id[form]
    if use.modal is None:
        raise LookupError("that interaction was not answered with a form")
    sent = components if components is not None else fields_of(use.modal, filled or {})
    data = {"custom_id": custom_id or use.modal["custom_id"], "components": sent}
    if "message" in use.payload:
        more.setdefault("message", use.payload["message"])
    return world.interactions.deliver(MODAL, user_id, channel or use.payload["channel_id"], data, **more).id


@verb
def context_menu(world: World, *, user_id: str, command: str, message: str, **more: Any) -> str:
    """Uses a command of a message's menu."""
    there = world.any_message(message)
    guild_id = world.channel(there["channel_id"]).get("guild_id") or ""
    found = _registered(world, command, 3, guild_id)
    data = {"id": found["id"], "name": command, "type": 3, "target_id": message}
    data |= {"resolved": {"messages": {message: there}}}
    return world.interactions.deliver(COMMAND, user_id, there["channel_id"], data, **more).id


@verb
def deliver_again(world: World, *, id: str) -> str:
    """The same interaction once more, as Discord may do."""
    world.interactions.announce(world.interactions.by_id[id])
    return id


@verb
def remember_nonce(world: World, *, nonce: str, channel: str, message: str) -> None:
    """As if the bot had sent this message with the nonce just now."""
    world.nonces[world.me["id"], nonce] = (world.now(), world.messages[channel][message])
