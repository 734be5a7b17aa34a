"""Messages: made from what the bot sends, edited, read back, deleted; with nonces and uploads as Discord has them."""

import re
from itertools import count
from typing import Any

from tests.wire import payloads
from tests.wire.errors import refusal
from tests.wire.payloads import COMPONENTS_V2, EPHEMERAL, Object, parts_of
from tests.wire.permissions import MANAGE_MESSAGES, READ_MESSAGE_HISTORY, SEND_IN_THREADS, SEND_MESSAGES
from tests.wire.routes import Call, route
from tests.wire.world import World

_MENTION = re.compile(r"<@!?(\d+)>")


def compose(call: Call, channel_id: str, *, flags: int = 0) -> Object:
    """A message of the bot with what a request says. Raises a refusal for one that Discord would not take."""
    world, body = call.world, call.body or {}
    message = payloads.message(world.new_id(), channel_id, world.me, world.timestamp())
    message["flags"] = int(body.get("flags") or 0) | flags
    fill(message, call)
    if not (message["content"] or message["embeds"] or message["components"] or message["attachments"]):
        raise refusal(50006)
    if guild_id := world.channel(channel_id).get("guild_id"):
        message["guild_id"] = guild_id
    if reference := body.get("message_reference"):
        message["message_reference"], message["type"] = {"channel_id": channel_id} | reference, 19
        message["referenced_message"] = world.messages.get(channel_id, {}).get(str(reference["message_id"]))
    return message


def fill(message: Object, call: Call) -> None:
    """Puts into a message what a request says about it; what the request leaves out stays as it is."""
    body: Object = call.body or {}
    if body.get("flags") is not None and "edited_timestamp" in message:
        message["flags"] = message["flags"] & ~COMPONENTS_V2 | int(body["flags"]) & COMPONENTS_V2 | message["flags"]
    for field in ("content", "embeds", "components"):
        if field in body:
            message[field] = body[field] or ("" if field == "content" else [])
    _check(message)
    if call.files or "attachments" in body:
        message["attachments"] = _attachments(message, call)
    _number(message["components"])
    _resolve(message)
    mentioned = dict.fromkeys(_MENTION.findall(_texts(message))) if _pings(body) else ()
    message["mentions"] = [call.world.users[each] for each in mentioned if each in call.world.users]


def _check(message: Object) -> None:
    """The two rules that every message meets; all others are the judge's."""
    if len(message["content"]) > 2000:
        raise refusal(50035, "content: Must be 2000 or fewer in length.")
    if message["flags"] & COMPONENTS_V2 and (message["content"] or message["embeds"]):
        raise refusal(50035, "content and embeds can't be used with IS_COMPONENTS_V2.")


def _pings(body: Object) -> bool:
    allowed = body.get("allowed_mentions")
    return allowed is None or "users" in allowed.get("parse", ()) or bool(allowed.get("users"))


def _texts(message: Object) -> str:
    return "\n".join([message["content"], *(part.get("content", "") for part in parts_of(message["components"]))])


def _number(components: list[Object]) -> None:
    """Discord gives a number to each component that has none."""
    taken = {part["id"] for part in parts_of(components) if part.get("id")}
    free = (number for number in count(1) if number not in taken)
    for part in parts_of(components):
        if not part.get("id"):
            part["id"] = next(free)


def _attachments(message: Object, call: Call) -> list[Object]:
    described = {str(each["id"]): each for each in (call.body or {}).get("attachments") or ()}
    kept = [
        each for each in message["attachments"] if "attachments" not in (call.body or {}) or each["id"] in described
    ]
    for field, (name, content, kind) in call.files.items():
        file_id = call.world.new_id()
        call.world.uploads[file_id] = (content, kind)
        url = f"http://{call.world.address}/{call.world.name}/cdn/{file_id}/{name}"
        about = described.get(field.removeprefix("files[").removesuffix("]"), {})
        kept.append(
            {
                "id": file_id,
                "filename": name,
                "size": len(content),
                "url": url,
                "proxy_url": url,
                "content_type": kind,
                **({"description": about["description"]} if about.get("description") else {}),
            }
        )
    return kept


def _resolve(message: Object) -> None:
    """An attachment shown by a component or an embed is named by its file; readers get its address."""
    addresses = {f"attachment://{each['filename']}": each["url"] for each in message["attachments"]}

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if (url := value.get("url")) in addresses:
                value["url"] = value["proxy_url"] = addresses[url]
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    if addresses:
        walk(message["components"])
        walk(message["embeds"])


# Channels' messages.


@route("POST", "/channels/{channel}/messages")
def create(call: Call, channel_id: str) -> Object:
    world, body = call.world, call.body or {}
    channel = world.channel(channel_id)
    world.require(channel, SEND_IN_THREADS if channel_id in world.threads else SEND_MESSAGES)
    nonce = str(body["nonce"]) if body.get("nonce") is not None else None
    if nonce is not None and len(nonce) > 25:
        raise refusal(50035, "nonce: Must be 25 or fewer in length.")
    if nonce is not None and body.get("enforce_nonce") and (earlier := _with_nonce(world, nonce)) is not None:
        return earlier | {"nonce": nonce}
    message = compose(call, channel_id)
    message["flags"] &= ~EPHEMERAL
    world.keep(message)
    if nonce is None:
        return message
    world.nonces[world.me["id"], nonce] = (world.now(), message)
    return message | {"nonce": nonce}  # the answer has it; the history has not


def _with_nonce(world: World, nonce: str) -> Object | None:
    """The message that the bot sent lately with this nonce, in whatever channel. Raises a refusal when it is gone."""
    at, message = world.nonces.get((world.me["id"], nonce), (0.0, None))
    if message is None or world.now() - at > world.nonce_window:
        return None
    return world.message(message["channel_id"], message["id"])


@route("GET", "/channels/{channel}/messages")
def history(call: Call, channel_id: str) -> list[Object]:
    world, query = call.world, call.query
    channel = world.channel(channel_id)
    world.require(channel)
    limit = int(query.get("limit", 50))
    if not 1 <= limit <= 100:
        raise refusal(50035, "limit: int value should be between 1 and 100.")
    newest_first = sorted(world.history(channel), key=lambda message: int(message["id"]), reverse=True)
    if before := query.get("before"):
        return [message for message in newest_first if int(message["id"]) < int(before)][:limit]
    if after := query.get("after"):
        return [message for message in newest_first if int(message["id"]) > int(after)][-limit:]
    if around := query.get("around"):
        newer = sum(int(message["id"]) > int(around) for message in newest_first)
        return newest_first[max(0, newer - limit // 2) :][:limit]
    return newest_first[:limit]


@route("GET", "/channels/{channel}/messages/{message}")
def get(call: Call, channel_id: str, message_id: str) -> Object:
    call.world.require(call.world.channel(channel_id), READ_MESSAGE_HISTORY)
    return call.world.message(channel_id, message_id)


@route("PATCH", "/channels/{channel}/messages/{message}")
def edit(call: Call, channel_id: str, message_id: str) -> Object:
    call.world.require(call.world.channel(channel_id))
    message = call.world.message(channel_id, message_id)
    if message["author"]["id"] != call.world.me["id"]:
        raise refusal(50005)
    return edited(message, call)


def edited(message: Object, call: Call) -> Object:
    fill(message, call)
    message["edited_timestamp"] = call.world.timestamp()
    return message


@route("DELETE", "/channels/{channel}/messages/{message}")
def delete(call: Call, channel_id: str, message_id: str) -> None:
    channel = call.world.channel(channel_id)
    own = call.world.message(channel_id, message_id)["author"]["id"] == call.world.me["id"]
    call.world.require(channel, *([] if own else [MANAGE_MESSAGES]))
    del call.world.messages[channel_id][message_id]


@route("POST", "/channels/{channel}/messages/{message}/crosspost")
def crosspost(call: Call, channel_id: str, message_id: str) -> Object:
    call.world.require(call.world.channel(channel_id), SEND_MESSAGES)
    message = call.world.message(channel_id, message_id)
    message["flags"] |= 1
    return message


@route("POST", "/channels/{channel}/typing")
def typing(call: Call, channel_id: str) -> None:
    call.world.require(call.world.channel(channel_id), SEND_MESSAGES)
