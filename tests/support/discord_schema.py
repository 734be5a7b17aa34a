"""Makes tests/data/discord-schema.json: of Discord's description of its API, what the bot's requests are held against.

Run: python -m tests.support.discord_schema PATH/TO/openapi.json

Only facts are kept (routes, types, limits, values), no prose, and only of the routes below.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bot import ROOT

FILE = ROOT / "tests" / "data" / "discord-schema.json"

ROUTES = (
    "GET /applications/@me",
    "GET /applications/{application_id}/commands",
    "PUT /applications/{application_id}/commands",
    "GET /applications/{application_id}/guilds/{guild_id}/commands",
    "PUT /applications/{application_id}/guilds/{guild_id}/commands",
    "GET /channels/{channel_id}",
    "GET /channels/{channel_id}/messages",
    "POST /channels/{channel_id}/messages",
    "GET /channels/{channel_id}/messages/{message_id}",
    "PATCH /channels/{channel_id}/messages/{message_id}",
    "DELETE /channels/{channel_id}/messages/{message_id}",
    "POST /channels/{channel_id}/messages/{message_id}/crosspost",
    "POST /channels/{channel_id}/messages/{message_id}/threads",
    "POST /channels/{channel_id}/threads",
    "GET /gateway",
    "GET /gateway/bot",
    "GET /guilds/{guild_id}",
    "GET /guilds/{guild_id}/channels",
    "GET /guilds/{guild_id}/members/{user_id}",
    "PUT /guilds/{guild_id}/members/{user_id}/roles/{role_id}",
    "DELETE /guilds/{guild_id}/members/{user_id}/roles/{role_id}",
    "GET /guilds/{guild_id}/roles",
    "POST /interactions/{interaction_id}/{interaction_token}/callback",
    "GET /oauth2/applications/@me",
    "GET /users/@me",
    "POST /users/@me/channels",
    "DELETE /users/@me/guilds/{guild_id}",
    "POST /webhooks/{webhook_id}/{webhook_token}",
    "GET /webhooks/{webhook_id}/{webhook_token}/messages/@original",
    "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original",
    "DELETE /webhooks/{webhook_id}/{webhook_token}/messages/@original",
    "GET /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}",
    "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}",
    "DELETE /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}",
)

LOCALES = "AvailableLocalesEnum"
"""No body refers to it, though the keys of every translation are to be among its values."""

_PROSE = {"description", "title", "example", "x-discord-union"}
_REF = "#/components/schemas/"


def facts_of(description: Mapping[str, Any], routes: tuple[str, ...] = ROUTES) -> dict[str, Any]:
    """The facts about the `routes`, and every schema they lead to. Raises KeyError for a route there is none of."""
    kept = {route: _route(description["paths"], *route.split(" ", 1)) for route in routes}
    every = description["components"]["schemas"]
    schemas: dict[str, Any] = {}
    wanted = [*_names_in(kept), *({LOCALES} & every.keys())]
    while wanted:
        name = wanted.pop()
        if name not in schemas:
            schemas[name] = _schema(every[name])
            wanted += _names_in(schemas[name])
    return {"routes": kept, "schemas": schemas}


def _route(paths: Mapping[str, Any], method: str, path: str) -> dict[str, Any]:
    operation = paths[path][method.lower()]
    parameters = [*paths[path].get("parameters", []), *operation.get("parameters", [])]
    places = {
        place: {each["name"]: _schema(each["schema"]) for each in parameters if each["in"] == place}
        for place in ("path", "query")
    }
    kept: dict[str, Any] = {"operation": operation["operationId"], **{place: of for place, of in places.items() if of}}
    if body := operation.get("requestBody"):
        kept["body"] = _schema(body["content"]["application/json"]["schema"])
        kept["required"] = body.get("required", False)
    return kept


def _schema(schema: Any) -> Any:
    """A schema without prose. A list of titled constants becomes their values, a reference the name it leads to."""
    if isinstance(schema, list):
        return [_schema(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {"$ref": schema["$ref"].removeprefix(_REF)}
    kept = {
        key: {name: _schema(each) for name, each in value.items()} if key == "properties" else _schema(value)
        for key, value in schema.items()
        if key not in _PROSE
    }
    values = kept.get("oneOf")
    if isinstance(values, list) and all(isinstance(value, dict) and value.keys() == {"const"} for value in values):
        del kept["oneOf"]
        kept["enum"] = [value["const"] for value in values]
    if "enum" in schema and "allOf" in schema:
        del kept["allOf"]  # the enumeration of which these are some values
    return kept


def _names_in(schema: Any) -> Iterator[str]:
    """The names of the schemas that this one refers to."""
    if isinstance(schema, list):
        for each in schema:
            yield from _names_in(each)
    elif isinstance(schema, dict):
        if "$ref" in schema:
            yield schema["$ref"]
        for value in schema.values():
            yield from _names_in(value)


def written(facts: Mapping[str, Any]) -> str:
    """The file's text: sorted, with a line for each route and each schema."""
    parts = [
        f" {json.dumps(part)}: {{\n"
        + ",\n".join(f"  {json.dumps(name)}: {_compact(facts[part][name])}" for name in sorted(facts[part]))
        + "\n }"
        for part in sorted(facts)
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _compact(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def main(source: str) -> None:
    description = json.loads(Path(source).read_text(encoding="utf-8"))
    FILE.write_text(written(facts_of(description)), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
