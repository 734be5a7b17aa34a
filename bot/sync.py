"""Registers the commands with Discord, only when they changed: it is rate limited, and Discord reloads them for all."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from discord import app_commands
from discord.http import HTTPClient, Route

_NOT_OURS = {
    *("id", "application_id", "version", "guild_id", "handler", "name_localized", "description_localized"),
    "dm_permission",  # deprecated: `contexts` says the same
}
_UNORDERED = {"contexts", "integration_types", "channel_types"}


async def sync_commands(
    tree: app_commands.CommandTree[Any], http: HTTPClient, application_id: int, guild_id: int | None
) -> tuple[dict[str, int], bool]:
    """Makes Discord's list of our commands true: everywhere, or in one server only.

    Returns the commands' ids by name, and whether the list had to be changed. The raw list is compared, since
    discord.py's own types lose contexts and install types when they read it.
    """
    translator = tree.translator
    wanted = [
        await command.get_translated_payload(tree, translator) if translator else command.to_dict(tree)
        for command in tree.get_commands()
    ]
    path = f"/applications/{application_id}" + (f"/guilds/{guild_id}" if guild_id else "") + "/commands"
    present = await http.request(Route("GET", path), params={"with_localizations": "true"})
    changed = essence(present) != essence(wanted)
    if changed:
        present = await http.request(Route("PUT", path), json=wanted)
    return {command["name"]: int(command["id"]) for command in present}, changed


def essence(commands: Sequence[Mapping[str, Any]]) -> dict[tuple[int, str], Any]:
    """What of a list of commands matters, however it is spelt: by type and name, without defaults and Discord's own."""
    return {(command.get("type", 1), command["name"]): _essence(command) for command in commands}


def _essence(value: Any, field: str = "") -> Any:
    if isinstance(value, Mapping):
        fields = cast(Mapping[str, Any], value)
        parts = {name: _essence(part, name) for name, part in fields.items() if name not in _NOT_OURS}
        return {name: part for name, part in parts.items() if not _says_nothing(part)}
    if isinstance(value, list):
        parts = [_essence(part) for part in cast(list[Any], value)]
        return sorted(parts) if field in _UNORDERED else parts
    if field == "default_member_permissions" and value is not None:
        return str(value)  # sent as a number, listed as text
    return value


def _says_nothing(part: Any) -> bool:
    """Whether a field may as well be absent. 0 may not: a least value of 0 is a limit."""
    return part is None or part is False or part in ("", [], {})
