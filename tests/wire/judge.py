"""Holds what the bot asks of Discord against Discord's own description, and against the rules it leaves out.

Stricter than Discord in one thing: a length is the larger of code points and UTF-16 units, since its servers count
the former and its apps the latter. As lenient as Discord in another: an id may be a number.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend

from tests.support.discord_schema import FILE
from tests.wire import rules
from tests.wire.lengths import length

Schema = dict[str, Any]


def faults_of(method: str, path: str, body: Any, *, query: Mapping[str, str] | None = None) -> list[str]:
    """What Discord would not take of a request, a sentence each; empty for a good one.

    `path` is relative to the API's version, such as `/channels/1/messages`; `body` what the JSON says, of a multipart
    request its `payload_json`, and None without one.
    """
    route = next((route for route in _routes() if route.method == method and route.pattern.fullmatch(path)), None)
    if route is None:
        return [f"{method} {path}: there is no such route, or none that the bot is known to use"]
    faults = [*_faults_of_text(body), *route.faults_of_query(query or {}), *route.faults_of_form(body)]
    if not faults and body is not None:
        faults = list(rules.broken(route.operation, body))  # they may trust the form
    return [f"{route.name}: {fault}" for fault in faults]


def _faults_of_text(body: Any) -> Iterator[str]:
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        yield "holds half a character: a surrogate without its other"


@dataclass(frozen=True)
class Route:
    """A method of a path, as Discord describes it."""

    name: str
    """Method and path, with names in braces for what varies."""
    operation: str
    path: Mapping[str, Schema]
    query: Mapping[str, Schema]
    body: Schema | None
    is_required: bool

    @property
    def method(self) -> str:
        return self.name.partition(" ")[0]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        def part(match: re.Match[str]) -> str:
            return "(0|[1-9][0-9]*)" if self.path[match[1]].get("format") == "snowflake" else "[^/]+"

        return re.compile(re.sub(r"\{(\w+)\}", part, self.name.partition(" ")[2]))

    @cached_property
    def _validator(self) -> Any:
        return Validator(self.body or {}, format_checker=FORMATS)

    def faults_of_form(self, body: Any) -> Iterator[str]:
        if self.body is None:
            if body is not None:
                yield f"takes no body, and got {_shown(body)}"
        elif body is not None:
            yield from dict.fromkeys(_in_words(error) for error in self._validator.iter_errors(body))
        elif self.is_required:
            yield "needs a body"

    def faults_of_query(self, query: Mapping[str, str]) -> Iterator[str]:
        for name, value in query.items():
            schema = self.query.get(name)
            if schema is None:
                yield f"has no query parameter {name!r}"
            elif not Validator(schema, format_checker=FORMATS).is_valid(_read(value, schema)):
                yield f"query parameter {name!r} can't be {value!r}"


@cache
def _routes() -> list[Route]:
    """Those with the fewest names first, so that `@original` is not taken for a message's id."""
    facts = json.loads(FILE.read_text(encoding="utf-8"))
    whole = _Whole(facts["schemas"]).whole
    routes = [
        Route(
            name,
            of["operation"],
            path=whole(of.get("path", {})),
            query=whole(of.get("query", {})),
            body=whole(of.get("body")),
            is_required=of.get("required", False),
        )
        for name, of in facts["routes"].items()
    ]
    return sorted(routes, key=lambda route: route.name.count("{"))


class _Whole:
    """Puts schemas in the place of their names: to look a name up again and again is what costs time."""

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self._schemas = schemas
        self._done: dict[str, Any] = {}

    def whole(self, schema: Any) -> Any:
        if isinstance(schema, list):
            return [self.whole(each) for each in schema]
        if not isinstance(schema, dict):
            return schema
        if "$ref" not in schema:
            return {key: self.whole(value) for key, value in schema.items()}
        name = schema["$ref"]
        if name not in self._done:
            self._done[name] = self.whole(self._schemas[name])
        return self._done[name]


def _read(value: str, schema: Schema) -> Any:
    """A query parameter's value as the JSON it stands for."""
    if schema["type"] == "boolean":
        return {"true": True, "1": True, "false": False, "0": False}.get(value.lower(), value)
    return int(value) if schema["type"] == "integer" and value.isdecimal() else value


# What of JSON Schema is read otherwise here.


def _longest(_: Any, limit: int, text: Any, __: Schema) -> Iterator[ValidationError]:
    if isinstance(text, str) and length(text) > limit:
        yield ValidationError(f"{length(text)} characters, where {limit} is the most: {_shown(text)}")


def _shortest(_: Any, limit: int, text: Any, __: Schema) -> Iterator[ValidationError]:
    if isinstance(text, str) and len(text.strip()) < limit:
        yield ValidationError(f"{len(text.strip())} characters, where {limit} is the least: {_shown(text)}")


def _kind(validator: Any, _: Any, value: Any, schema: Schema) -> Iterator[ValidationError]:
    if not _is_of(validator, schema, value):
        yield ValidationError("is of another type")


def _is_of(validator: Any, schema: Schema, value: Any) -> bool:
    """Whether a value is of a schema's JSON type. An id may be a number, as discord.py sends it."""
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if schema.get("format") == "snowflake":
        kinds = [*kinds, "integer"]
    return not kinds or any(validator.is_type(value, kind) for kind in kinds)


def _union(validator: Any, branches: list[Schema], value: Any, _: Schema) -> Iterator[ValidationError]:
    """The errors of the branch that is meant. Discord, too, picks one: two branches that fit are no error."""
    meant = [branch for branch in branches if _may_mean(validator, branch, value)]
    tried = [list(validator.descend(value, branch)) for branch in meant]
    if not tried:
        yield ValidationError(f"is none of the {len(branches)} forms allowed: {_shown(value)}")
    else:
        yield from min(tried, key=len)


def _may_mean(validator: Any, branch: Schema, value: Any) -> bool:
    """Whether a value is of a branch's kind: by its JSON type, and by its `type` where the branch names one."""
    types = branch.get("properties", {}).get("type", {}).get("enum")
    is_named = not isinstance(value, dict) or types is None or value.get("type") in types
    return is_named and _is_of(validator, branch, value)


FORMATS = FormatChecker(formats=())


def _checks(name: str) -> Callable[[Callable[[Any], bool]], Callable[[Any], bool]]:
    return FORMATS.checks(name, raises=ValueError)


@_checks("date-time")
def _is_instant(value: Any) -> bool:
    return not isinstance(value, str) or bool(datetime.fromisoformat(value))


@_checks("uri")
def _is_address(value: Any) -> bool:
    return not isinstance(value, str) or re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:\S+", value) is not None


@_checks("int32")
def _fits_32_bits(value: Any) -> bool:
    return not isinstance(value, int) or -(2**31) <= value < 2**31


@_checks("snowflake")
def _is_id(value: Any) -> bool:
    return 0 <= int(value) < 2**63 if isinstance(value, int | str) else True


Validator = extend(
    Draft202012Validator,
    {"maxLength": _longest, "minLength": _shortest, "type": _kind, "anyOf": _union, "oneOf": _union},
)


# Words.


def _in_words(error: ValidationError) -> str:
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path)
    return f"{place.lstrip('.') or 'body'}: {_reason(error)}"


def _reason(error: ValidationError) -> str:
    limit, value = error.validator_value, error.instance
    if error.validator in ("maxItems", "minItems"):
        return f"{len(value)} items, where {limit} is the {'most' if error.validator == 'maxItems' else 'least'}"
    if error.validator in ("maxLength", "minLength", "anyOf", "oneOf", "required"):
        return error.message
    return f"{error.validator} {json.dumps(limit)[:80]} not met by {_shown(value)}"


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."
