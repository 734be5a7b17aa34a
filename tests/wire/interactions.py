"""Interactions: what people do reaches the bot by the gateway, and what the bot answers comes back over HTTP."""

import asyncio
import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.wire import payloads
from tests.wire.errors import refusal
from tests.wire.messages import compose, edited
from tests.wire.payloads import EPHEMERAL, LOADING, Object
from tests.wire.permissions import USUAL
from tests.wire.routes import Call, route
from tests.wire.world import World

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 2, 3, 4, 5
"""Types of interactions."""

MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, FORM = 4, 5, 6, 7, 8, 9
"""Types of answers."""

PATIENCE, LIFETIME = 3.0, 900.0
"""Seconds until an unanswered interaction is void, and until an answered one's token is."""

MOST_KEPT = 20_000


@dataclass
class Use:
    """One interaction, and what became of it."""

    id: str
    token: str
    payload: Object
    created: float
    """In seconds of this Discord's clock."""
    delivered_at: float
    kind: int = 0
    """The type of the first answer; 0 while there is none."""
    took: float = 0.0
    """Seconds from the delivery to the first answer."""
    original: Object | None = None
    modal: Object | None = None
    choices: list[Object] | None = None
    followups: list[Object] = field(default_factory=list)
    first_answer: asyncio.Future[float] | None = None
    """Told the first answer's delay, where somebody measures it."""
    is_changed: bool = False
    """Whether what was deferred has come."""

    @property
    def is_answered(self) -> bool:
        """Whether the member sees something that is not a promise."""
        return self.kind not in (0, DEFERRED, DEFERRED_UPDATE) or self.is_changed or bool(self.followups)

    def report(self) -> Object:
        deferred = self.kind in (DEFERRED, DEFERRED_UPDATE)
        return {
            "id": self.id,
            "token": self.token,
            "kind": self.kind,
            "deferred": deferred,
            "took": self.took,
            "message": None if deferred and not self.is_changed else self.original,
            "modal": self.modal,
            "choices": self.choices,
            "followups": self.followups,
        }


class Interactions:
    """All interactions of one Discord, the latest of them remembered."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.by_token: OrderedDict[str, Use] = OrderedDict()
        self.by_id: dict[str, Use] = {}

    def deliver(self, kind: int, user_id: str, channel_id: str, data: Object, **more: Any) -> Use:
        """Tells the bot of something that a person did. Raises LookupError where no bot listens.

        `late`: seconds that it was under way; `installed`: by the server, the account or both; `locale`: the person's,
        for this once; `message`: on which a component was pressed.
        """
        world, late = self.world, float(more.get("late") or 0.0)
        interaction_id = world.new_id(late)
        token = f"interaction-token.{interaction_id}.{secrets.token_hex(4)}"
        payload = {
            "id": interaction_id,
            "application_id": world.me["id"],
            "type": kind,
            "data": data,
            "token": token,
            "version": 1,
            "locale": more.get("locale") or world.locales.get(user_id, "en-US"),
            "entitlements": [],
            "entitlement_sku_ids": [],
            "attachment_size_limit": 10_485_760,
            "channel_id": channel_id,
            **self._place(user_id, channel_id, more.get("installed") or ""),
            **({"message": more["message"]} if more.get("message") else {}),
        }
        use = Use(interaction_id, token, payload, world.now() - late, time.monotonic())
        self.by_token[token] = self.by_id[interaction_id] = use
        if len(self.by_token) > MOST_KEPT:
            self.by_id.pop(self.by_token.popitem(last=False)[1].id)
        self.announce(use)
        return use

    def announce(self, use: Use) -> None:
        if not self.world.gateway.dispatch("INTERACTION_CREATE", use.payload, use.payload.get("guild_id")):
            raise LookupError("no bot listens")

    def _place(self, user_id: str, channel_id: str, installed: str) -> Object:
        world = self.world
        channel = world.channel(channel_id)
        guild_id = channel.get("guild_id")
        if guild_id is None:
            return {
                "user": world.users[user_id],
                "channel": channel,
                "context": 1,
                "app_permissions": str(USUAL),
                "authorizing_integration_owners": {"1": user_id} if installed == "account" else {"0": "0"},
            }
        guild = world.guilds[guild_id]
        is_there = world.me["id"] in world.members[guild_id]
        installed = installed or ("server" if is_there else "account")
        own = world.permissions(channel, user_id)
        by_server = {"0": guild_id} if installed in ("server", "both") else {}
        by_account = {"1": user_id} if installed in ("account", "both") else {}
        return {
            "member": world.member(guild_id, user_id) | {"permissions": str(own)},
            "channel": channel | {"permissions": str(own)},
            "context": 0,
            "guild_id": guild_id,
            "guild": {"id": guild_id, "locale": guild["preferred_locale"], "features": guild["features"]},
            "guild_locale": guild["preferred_locale"],
            "app_permissions": str(world.permissions(channel, world.me["id"]) if is_there else own),
            "authorizing_integration_owners": by_server | by_account,
        }


# Answers.


@route("POST", "/interactions/{interaction}/{token}/callback", by_token=True)
def answer(call: Call, interaction_id: str, token: str) -> Object | None:
    use = call.world.interactions.by_id.get(interaction_id)
    if use is None or use.token != token:
        raise refusal(10062)
    if use.kind:
        raise refusal(40060)
    if call.world.now() - use.created > PATIENCE:
        raise refusal(10062)
    use.kind, use.took = int(call.body["type"]), time.monotonic() - use.delivered_at
    if use.first_answer is not None and not use.first_answer.done():
        use.first_answer.set_result(use.took)
    data: Object = call.body.get("data") or {}
    _take(use, call, data)
    if call.query.get("with_response") not in ("1", "true"):
        return None
    about: Object = {"id": use.id, "type": use.payload["type"]}
    resource: Object = {"type": use.kind}
    if use.original is not None and use.kind in (MESSAGE, DEFERRED, UPDATE):
        flags = use.original["flags"]
        about["response_message_id"] = use.original["id"]
        about["response_message_loading"] = bool(flags & LOADING)
        about["response_message_ephemeral"] = bool(flags & EPHEMERAL)
        if use.kind != DEFERRED:
            resource["message"] = use.original
    return {"interaction": about, "resource": resource}


def _take(use: Use, call: Call, data: Object) -> None:
    call.body = data
    if use.kind == MESSAGE:
        use.original = _compose(use, call)
    elif use.kind == DEFERRED:
        use.original = _waiting(use, call)
    elif use.kind in (DEFERRED_UPDATE, UPDATE):
        use.original = _pressed(use, call.world)
        if use.kind == UPDATE:
            edited(use.original, call)
    elif use.kind == CHOICES:
        use.choices = data["choices"]
    elif use.kind == FORM:
        use.modal = data


def _pressed(use: Use, world: World) -> Object:
    """The message whose component was used. Forged ones need not stand anywhere."""
    message: Object = use.payload["message"]
    try:
        return world.any_message(message["id"])
    except LookupError:
        return message


def _compose(use: Use, call: Call, flags: int = 0) -> Object:
    message = compose(call, use.payload["channel_id"], flags=flags)
    message |= _origin(use)
    call.world.keep(message)
    return message


def _waiting(use: Use, call: Call) -> Object:
    """'… is thinking'."""
    world, flags = call.world, int(call.body.get("flags") or 0)
    message = payloads.message(world.new_id(), use.payload["channel_id"], world.me, world.timestamp())
    message |= {"flags": flags | LOADING, **_origin(use)}
    world.keep(message)
    return message


def _origin(use: Use) -> Object:
    who = use.payload["user"] if "user" in use.payload else use.payload["member"]["user"]
    owners = use.payload["authorizing_integration_owners"]
    metadata = {"id": use.id, "type": use.payload["type"], "user": who, "authorizing_integration_owners": owners}
    application_id = use.payload["application_id"]
    return {"application_id": application_id, "webhook_id": application_id, "interaction_metadata": metadata}


# What follows the answer.


def _of_token(call: Call, token: str) -> Use:
    use = call.world.interactions.by_token.get(token)
    if use is None or call.world.now() - use.created > LIFETIME:
        raise refusal(50027)
    if not use.kind:
        raise refusal(10015)
    return use


@route("POST", "/webhooks/{application}/{token}", by_token=True)
def follow_up(call: Call, _: str, token: str) -> Object:
    use = _of_token(call, token)
    if use.original is not None and use.original["flags"] & LOADING:
        return _arrived(use, call)  # what follows a deferred answer takes its place
    message = _compose(use, call)
    use.followups.append(message)
    return message


def _arrived(use: Use, call: Call) -> Object:
    assert use.original is not None
    use.original["flags"] &= ~LOADING
    use.original["flags"] |= int((call.body or {}).get("flags") or 0) & ~EPHEMERAL
    use.is_changed = True
    return edited(use.original, call)


def _message_of(use: Use, which: str) -> Object:
    candidates = [use.original] if which == "@original" else [use.original, *use.followups]
    for message in candidates:
        if message is not None and (which in ("@original", message["id"])):
            return message
    raise refusal(10008)


@route("GET", "/webhooks/{application}/{token}/messages/{message}", by_token=True)
def read_answer(call: Call, _: str, token: str, which: str) -> Object:
    return _message_of(_of_token(call, token), which)


@route("PATCH", "/webhooks/{application}/{token}/messages/{message}", by_token=True)
def edit_answer(call: Call, _: str, token: str, which: str) -> Object:
    use = _of_token(call, token)
    message = _message_of(use, which)
    return _arrived(use, call) if message is use.original else edited(message, call)


@route("DELETE", "/webhooks/{application}/{token}/messages/{message}", by_token=True)
def delete_answer(call: Call, _: str, token: str, which: str) -> None:
    message = _message_of(_of_token(call, token), which)
    call.world.private.pop(message["id"], None)
    call.world.messages.get(message["channel_id"], {}).pop(message["id"], None)


# What people do, in Discord's form.


def options_of(command: Mapping[str, Any], words: list[str], given: Mapping[str, Any], focused: str) -> list[Object]:
    """The options of a command's use: groups and subcommands by their words, then what was filled in."""
    described: list[Object] = list(command.get("options") or [])
    if words:
        inner = next((each for each in described if each["name"] == words[0] and each["type"] in (1, 2)), None)
        if inner is None:
            raise LookupError(f"{command['name']} has no {words[0]!r}")
        return [{"name": words[0], "type": inner["type"], "options": options_of(inner, words[1:], given, focused)}]
    kinds = {each["name"]: each["type"] for each in described}
    if unknown := given.keys() - kinds.keys():
        raise LookupError(f"{command['name']} has no option {sorted(unknown)}, but {sorted(kinds)}")
    return [
        {"name": name, "type": kinds[name], "value": value, **({"focused": True} if name == focused else {})}
        for name, value in given.items()
    ]


def fields_of(modal: Mapping[str, Any], filled: Mapping[str, Any]) -> list[Object]:
    """A form as it is sent: each field with what was filled in, and else with what it held when it opened."""
    known = {part["custom_id"] for part in payloads.parts_of(modal["components"]) if "custom_id" in part}
    if unknown := filled.keys() - known:
        raise LookupError(f"the form has no field {sorted(unknown)}, but {sorted(known)}")
    return [_field(part, filled) for part in modal["components"]]


def _field(part: Mapping[str, Any], filled: Mapping[str, Any]) -> Object:
    about = {"type": part["type"], "id": part.get("id") or 1}
    if "component" in part:
        return about | {"component": _field(part["component"], filled)}
    if "components" in part:
        return about | {"components": [_field(inner, filled) for inner in part["components"]]}
    if "custom_id" not in part:
        return about
    name = part["custom_id"]
    about["custom_id"] = name
    if part["type"] == 4:  # a text input
        return about | {"value": filled.get(name, part.get("value") or "")}
    if part["type"] in (21, 23):  # a group of radio buttons, a box to tick
        return about | {"value": filled.get(name, part.get("default", False))}
    chosen = filled.get(name, [option["value"] for option in part.get("options", ()) if option.get("default")])
    return about | {"values": [chosen] if isinstance(chosen, str) else chosen or []}
