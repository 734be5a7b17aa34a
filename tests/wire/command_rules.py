"""What Discord's description leaves out of a list of commands that replaces the one before."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from tests.support.discord_schema import FILE, LOCALES
from tests.wire.lengths import length

Option = Mapping[str, Any]

MOST_OF_A_TYPE = {1: 100, 2: 15, 3: 15}
MOST_IN_A_COMMAND = 8000
SLASH = 1
SUBCOMMAND, GROUP = 1, 2

_DEVANAGARI_OR_THAI = re.compile("[\u0900-\u0950\u0955-\u0963\u0966-\u097f\ua8e0-\ua8ff\u0e01-\u0e3a\u0e40-\u0e5b]")


def broken(commands: Sequence[Option]) -> Iterator[str]:
    """The rules that the commands break, a sentence each."""
    for kind, count in Counter(_type(command) for command in commands).items():
        if count > MOST_OF_A_TYPE.get(kind, 1):
            yield f"{count} commands of type {kind}, where {MOST_OF_A_TYPE.get(kind, 1)} is the most"
    for kind in sorted({_type(command) for command in commands}):
        yield from _twice("command", [command for command in commands if _type(command) == kind])
    for command in commands:
        for fault in _command(command):
            yield f"/{command['name']}: {fault}"


def _type(command: Option) -> int:
    return command.get("type") or SLASH


def _command(command: Option) -> Iterator[str]:
    if (count := _size(command)) > MOST_IN_A_COMMAND:
        yield f"{count} characters in all, where {MOST_IN_A_COMMAND} is the most"
    if _type(command) == SLASH:
        if not (command.get("description") or "").strip():
            yield "the description is missing"
        yield from _named(command)
    elif command.get("description") or command.get("options"):
        yield "what stands in a menu has neither description nor options"


def _named(thing: Option) -> Iterator[str]:
    """Faults of a command or option, and of all within."""
    known = _locales()
    for field in ("name_localizations", "description_localizations"):
        if strange := sorted((thing.get(field) or {}).keys() - known):
            yield f"{', '.join(strange)}: no language of Discord's"
    for name in _names(thing):
        if not all(map(_may_stand_in_a_name, name)) or name != name.lower():
            yield f"{name!r} is no name: letters (lower case), digits, hyphens and underscores are"
    options = thing.get("options") or []
    yield from _twice("option", options)
    yield from _order(options)
    for option in options:
        for fault in _named(option):
            yield f"{option['name']}: {fault}"
        yield from _values(option)


def _may_stand_in_a_name(char: str) -> bool:
    """Letters and digits; signs that join a letter, such as vowels, in Devanagari and Thai only."""
    return char in "-_'" or unicodedata.category(char)[0] in "LN" or _DEVANAGARI_OR_THAI.match(char) is not None


@cache
def _locales() -> frozenset[str]:
    return frozenset(json.loads(FILE.read_text(encoding="utf-8"))["schemas"][LOCALES]["enum"])


def _names(thing: Option) -> list[str]:
    return [thing["name"], *(thing.get("name_localizations") or {}).values()]


def _twice(kind: str, things: Sequence[Option]) -> Iterator[str]:
    """Names that two have: by themselves, or for those who read them in some language."""
    languages = {language for thing in things for language in thing.get("name_localizations") or {}}
    for language in ["", *sorted(languages)]:
        names = Counter((thing.get("name_localizations") or {}).get(language, thing["name"]) for thing in things)
        for name, count in names.items():
            if count > 1:
                yield f"{count} {kind}s have the name {name!r}" + f" in {language}" * bool(language)


def _order(options: Sequence[Option]) -> Iterator[str]:
    nested = [option["type"] in (SUBCOMMAND, GROUP) for option in options]
    if any(nested) and not all(nested):
        yield "subcommands and values stand side by side"
    required = [bool(option.get("required")) for option in options]
    if required != sorted(required, reverse=True):
        yield "a required option stands behind an optional one"


def _values(option: Option) -> Iterator[str]:
    choices = option.get("choices") or []
    if choices and option.get("autocomplete"):
        yield f"{option['name']}: has both choices and autocompletion"
    for field in ("name", "value"):
        if len({choice[field] for choice in choices}) < len(choices):
            yield f"{option['name']}: two choices have the same {field}"
    for what in ("length", "value"):
        least, most = option.get(f"min_{what}"), option.get(f"max_{what}")
        if least is not None and most is not None and least > most:
            yield f"{option['name']}: min_{what} is above max_{what}"


def _size(thing: Option) -> int:
    """Characters of a command as Discord adds them up: of each text the longest translation counts."""
    own = sum(_longest(thing, field) for field in ("name", "description"))
    own += length(thing["value"]) if isinstance(thing.get("value"), str) else 0
    return own + sum(map(_size, [*(thing.get("options") or []), *(thing.get("choices") or [])]))


def _longest(thing: Option, field: str) -> int:
    texts = [thing.get(field) or "", *(thing.get(f"{field}_localizations") or {}).values()]
    return max(map(length, texts))
