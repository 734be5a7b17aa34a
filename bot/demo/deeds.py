"""What a visitor did, read from the interactions that Discord sends to the bot."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

_COMMAND, _COMPONENT = 2, 3
_SUBCOMMANDS: Final = (1, 2)


@dataclass(frozen=True)
class Deed:
    """One thing done. `what` is a command, a button or the clock; `name` is what people read on it."""

    what: str
    name: str = ""
    options: frozenset[str] = field(default_factory=frozenset[str])
    in_dm: bool = False


def deed(interaction: Mapping[str, Any]) -> Deed | None:
    """None for what is not a deed by itself: autocompletion, a form that is sent."""
    in_dm = not interaction.get("guild_id")
    data = interaction["data"]
    if interaction["type"] == _COMMAND:
        path, options = _path(data)
        return Deed("command", " ".join(path), frozenset(options), in_dm)
    if interaction["type"] == _COMPONENT:
        pressed = data["custom_id"]
        for component in walk(interaction["message"].get("components", [])):
            if component.get("custom_id") == pressed and component.get("label"):
                return Deed("button", component["label"], in_dm=in_dm)
    return None


def _path(data: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The command with its subcommands, and the names of the options that were filled in."""
    options: list[dict[str, Any]] = data.get("options") or []
    if options and options[0]["type"] in _SUBCOMMANDS:
        path, names = _path(options[0])
        return [data["name"], *path], names
    return [data["name"]], [option["name"] for option in options]


def walk(components: list[Any]) -> Iterator[dict[str, Any]]:
    """Every component of a message, with those inside it."""
    for component in components:
        yield component
        yield from walk(component.get("components", []))
        if accessory := component.get("accessory"):
            yield accessory
