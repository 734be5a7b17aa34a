"""The judge of the bot's requests lets good ones pass, and knows each route that is in use."""

import json
import time
from typing import Any

import discord
import pytest

from bot.cards.base import Card
from tests.support.discord_schema import FILE, ROUTES, facts_of, written
from tests.wire.bodies import (
    ANSWER,
    FOLLOW_UP,
    ORIGINAL,
    PATCH,
    POST,
    PUT_COMMANDS,
    SMILE,
    Where,
    answer,
    card,
    commands,
    file,
    form,
    made,
    rows,
    text,
    told,
)
from tests.wire.judge import faults_of
from tests.wire.lengths import length


@pytest.mark.parametrize(
    ("where", "body"),
    [
        (POST, text()),
        (POST, card()),
        (POST, rows()),
        (POST, made(content="With a file", file=file())),
        (POST, made(content="With a role", allowed_mentions=discord.AllowedMentions(roles=[discord.Object(5)]))),
        (POST, made(embed=discord.Embed(title="T", timestamp=discord.utils.utcnow()).set_image(url="https://a.b/c"))),
        (PATCH, made(content=None, view=Card(0, ["Hello"]))),
        (PATCH, made(content="Changed", embeds=[], attachments=[])),
        (PATCH, made(view=None, content="Done")),
        (ANSWER, answer()),
        (ANSWER, {"type": 5, "data": {"flags": 64}}),
        (ANSWER, {"type": 6}),
        (ANSWER, {"type": 7, "data": made(view=Card(0, ["Hello"]))}),
        (ANSWER, {"type": 8, "data": {"choices": [{"name": "One", "value": "1"}]}}),
        (ANSWER, {"type": 8, "data": {"choices": [{"name": "One", "value": 1}]}}),
        (ANSWER, {"type": 8, "data": {"choices": []}}),
        (ANSWER, form()),
        (FOLLOW_UP, made(view=Card(0, ["Hello"]), flags=discord.MessageFlags(ephemeral=True))),
        (ORIGINAL, made(view=Card(0, ["Hello"]))),
        (("PATCH", "/webhooks/1/token-1/messages/7"), made(content="Changed")),
        (PUT_COMMANDS, commands()),
        (PUT_COMMANDS, []),
        (("PUT", "/applications/1/guilds/2/commands"), commands()),
        (("POST", "/channels/1/threads"), {"name": "Stories", "type": 11, "auto_archive_duration": 1440}),
        (("POST", "/channels/1/threads"), made(content="First", channel_payload={"name": "Stories"})),
        (("POST", "/channels/1/messages/2/threads"), {"name": "Stories"}),
        (("POST", "/channels/1/messages/2/crosspost"), None),
        (("POST", "/users/@me/channels"), {"recipient_id": 5}),
        (("PUT", "/guilds/1/members/2/roles/3"), None),
    ],
)
def test_a_good_body_passes(where: Where, body: Any) -> None:
    assert faults_of(*where, body) == []


@pytest.mark.parametrize("route", ROUTES)
def test_every_route_in_use_is_known(route: str) -> None:
    method, path = route.split()
    for name in ("interaction_token", "webhook_token"):
        path = path.replace(f"{{{name}}}", "aW50ZXJhY3Rpb246-x_y.z")
    path = "/".join("123" if part.startswith("{") else part for part in path.split("/"))

    known = faults_of(method, path, None)

    assert known in ([], [f"{route}: needs a body"])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nowhere"),
        ("PUT", "/channels/1/messages"),
        ("POST", "/channels/one/messages"),
        ("POST", "/channels/1/messages/"),
        ("POST", "channels/1/messages"),
        ("GET", "/channels/01"),
        ("GET", "/webhooks/1/token-1/messages/@copy"),
    ],
)
def test_a_route_that_there_is_none_of_is_a_fault(method: str, path: str) -> None:
    [fault] = faults_of(method, path, None)
    assert "there is no such route" in fault


def test_a_body_where_none_is_taken_and_none_where_one_is_needed_are_faults() -> None:
    assert told({}, ("GET", "/gateway/bot")) == ["takes no body, and got {}"]
    assert told(None, POST) == ["needs a body"]


@pytest.mark.parametrize(
    ("method", "path", "query", "words"),
    [
        ("GET", "/channels/1/messages", {"limit": "100", "after": "77"}, ""),
        ("GET", "/channels/1/messages", {"limit": "101"}, "query parameter 'limit' can't be '101'"),
        ("GET", "/channels/1/messages", {"limit": "many"}, "query parameter 'limit' can't be 'many'"),
        ("GET", "/channels/1/messages", {"after": "yesterday"}, "query parameter 'after' can't be 'yesterday'"),
        ("GET", "/channels/1/messages", {"since": "77"}, "has no query parameter 'since'"),
        ("GET", "/applications/1/commands", {"with_localizations": "true"}, ""),
        ("GET", "/applications/1/commands", {"with_localizations": "1"}, ""),
        ("GET", "/applications/1/commands", {"with_localizations": "yes"}, "'with_localizations' can't be 'yes'"),
    ],
)
def test_what_is_asked_in_a_query_is_judged_too(method: str, path: str, query: dict[str, str], words: str) -> None:
    faults = faults_of(method, path, None, query=query)

    assert len(faults) == bool(words)
    assert all(words in fault for fault in faults)


def test_a_length_is_the_larger_of_code_points_and_utf_16_units() -> None:
    assert [length(text) for text in ("", "abc", SMILE, "e\u0301", "\ud83d")] == [0, 3, 2, 2, 1]


def test_a_thousand_cards_are_judged_within_a_few_seconds() -> None:
    body = card()
    faults_of(*POST, body)
    began = time.process_time()
    for _ in range(1000):
        faults_of(*POST, body)
    assert time.process_time() - began < 10


# The description itself.


def test_of_a_description_only_the_facts_about_the_routes_in_use_are_kept() -> None:
    thing = {"type": "object", "description": "What it is", "properties": {"description": {"type": "string"}}}
    kinds = {"type": "integer", "oneOf": [{"title": "ONE", "const": 1}, {"title": "TWO", "const": 2}]}
    thing["properties"]["kind"] = {"type": "integer", "enum": [1], "allOf": [{"$ref": "#/components/schemas/Kinds"}]}
    thing["properties"]["any"] = {"$ref": "#/components/schemas/Kinds"}
    operation = {
        "operationId": "make_thing",
        "parameters": [{"name": "loud", "in": "query", "schema": {"type": "boolean"}}],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/T"}}},
        },
    }
    named = [{"name": "id", "in": "path", "schema": {"type": "string"}}]
    description = {
        "paths": {"/things/{id}": {"parameters": named, "post": operation, "get": {"operationId": "see_thing"}}},
        "components": {"schemas": {"T": thing, "Kinds": kinds, "Unused": {"type": "string"}}},
    }

    facts = facts_of(description, ("POST /things/{id}",))

    assert facts == {
        "routes": {
            "POST /things/{id}": {
                "operation": "make_thing",
                "path": {"id": {"type": "string"}},
                "query": {"loud": {"type": "boolean"}},
                "body": {"$ref": "T"},
                "required": True,
            }
        },
        "schemas": {
            "Kinds": {"type": "integer", "enum": [1, 2]},
            "T": {
                "type": "object",
                "properties": {
                    "description": {"type": "string"},
                    "kind": {"type": "integer", "enum": [1]},
                    "any": {"$ref": "Kinds"},
                },
            },
        },
    }


def test_the_stored_facts_are_those_of_the_routes_in_use_as_the_script_writes_them() -> None:
    stored = FILE.read_text(encoding="utf-8")
    facts = json.loads(stored)

    assert set(facts["routes"]) == set(ROUTES)
    assert stored == written(facts)
