"""What Discord's description of its API leaves out, and Uplift's own rule that nothing pings anybody unasked.

Bodies come here once their form is known to be right (tests.wire.judge), so fields are there and of their types.
Whatever is yielded is a sentence that says what is wrong.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.wire import command_rules
from tests.wire.lengths import length

Part = Mapping[str, Any]

MOST_CONTENT = 2000
MOST_IN_EMBEDS = 6000
MOST_COMPONENTS = 40
MOST_IN_COMPONENTS = 4000
MOST_ROWS = 5
MOST_IN_A_MODAL = 5
MOST_IN_A_CHOICE = 100

ROW, BUTTON, TEXT_SELECT, TEXT_INPUT, TEXT = 1, 2, 3, 4, 10
SELECTS = {3, 5, 6, 7, 8}
LINK, PREMIUM = 5, 6

EPHEMERAL, SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS, VOICE, V2 = 1 << 6, 1 << 2, 1 << 12, 1 << 13, 1 << 15
FLAGS = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | VOICE | V2

CREATING = {"create_message", "execute_webhook"}
EDITING = {"update_message", "update_original_webhook_message", "update_webhook_message"}
COMMANDS = {"bulk_set_application_commands", "bulk_set_guild_application_commands"}
ANSWER, DEFER, DEFER_EDIT, EDIT, CHOICES, MODAL = 4, 5, 6, 7, 8, 9  # what a callback does


def broken(operation: str, body: Any) -> Iterator[str]:
    """The rules that a body breaks; `operation` is the name that Discord gives a method of a route."""
    if operation in CREATING | EDITING:
        is_answer = "webhook" in operation
        yield from _message(body, is_new=operation in CREATING, flags=FLAGS | EPHEMERAL if is_answer else FLAGS)
    elif operation == "create_interaction_response":
        yield from _callback(body)
    elif operation == "create_thread" and "message" in body:
        yield from _message(body["message"], is_new=True, flags=FLAGS)
    elif operation in COMMANDS:
        yield from command_rules.broken(body or [])


def _callback(body: Part) -> Iterator[str]:
    kind, data = body["type"], body.get("data")
    if kind in (ANSWER, EDIT):
        yield from _message(data or {}, is_new=kind == ANSWER, flags=FLAGS | EPHEMERAL)
    elif kind == DEFER:
        yield from _only(data or {}, "flags")
        yield from _flags(data or {}, EPHEMERAL)
    elif kind == DEFER_EDIT:
        yield from _only(data or {})
    elif kind == CHOICES:
        for choice in data.get("choices") or []:
            if isinstance(choice["value"], str) and length(choice["value"]) > MOST_IN_A_CHOICE:
                yield f"a choice's value has {length(choice['value'])} characters, where {MOST_IN_A_CHOICE} is the most"
    elif kind == MODAL:
        yield from _modal(data)


def _only(data: Part, *fields: str) -> Iterator[str]:
    if strange := sorted(data.keys() - set(fields)):
        yield f"{', '.join(strange)}: nothing is said yet when an answer is announced"


# Messages.


def _message(message: Part, *, is_new: bool, flags: int) -> Iterator[str]:
    """`flags` are those that may be set here."""
    yield from _flags(message, flags)
    yield from _pings(message)
    if length(message.get("content") or "") > MOST_CONTENT:
        yield f"content has {length(message['content'])} characters, where {MOST_CONTENT} is the most"
    yield from _embeds(message.get("embeds") or [])
    if is_new:
        yield from _something(message)
        yield from _attached(message)
    components = message.get("components") or []
    parts = list(_walk(components))
    if (message.get("flags") or 0) & V2:
        yield from _layout(message, parts)
    else:
        yield from _rows(components)
    yield from _parts(parts)


def _flags(message: Part, allowed: int) -> Iterator[str]:
    if strange := (message.get("flags") or 0) & ~allowed:
        yield f"flags {strange} can't be set here"


def _pings(message: Part) -> Iterator[str]:
    """Not Discord's rule but Uplift's: without a word about mentions, Discord takes every one in a text for meant."""
    mentions = message.get("allowed_mentions")
    if mentions is None or mentions.get("parse") != []:
        yield "allowed_mentions.parse must be []: nobody is pinged by what stands in a text"
    elif mentions.get("users") or mentions.get("replied_user"):
        yield "allowed_mentions names members: only a role that moderators chose may be pinged"


def _embeds(embeds: Iterable[Part]) -> Iterator[str]:
    every = list(embeds)
    in_all = sum(length(text) for embed in every for text in _texts_of(embed))
    if in_all > MOST_IN_EMBEDS:
        yield f"the embeds have {in_all} characters in all, where {MOST_IN_EMBEDS} is the most"
    shown = ("title", "description", "fields", "author", "footer", "image", "thumbnail", "video", "provider")
    if not all(any(embed.get(part) for part in shown) for embed in every):
        yield "an embed is empty"


def _texts_of(embed: Part) -> Iterator[str]:
    yield from (embed.get("title") or "", embed.get("description") or "")
    yield from ((embed.get("footer") or {}).get("text") or "", (embed.get("author") or {}).get("name") or "")
    for field in embed.get("fields") or []:
        yield from (field["name"], field["value"])


def _something(message: Part) -> Iterator[str]:
    others = ("embeds", "components", "attachments", "sticker_ids", "poll", "message_reference", "shared_client_theme")
    if not (message.get("content") or "").strip() and not any(message.get(part) for part in others):
        yield "the message is empty"


def _attached(message: Part) -> Iterator[str]:
    names = {file.get("filename") for file in message.get("attachments") or []}
    scheme = "attachment://"
    for address in _addresses([message.get("embeds"), message.get("components")]):
        if address.startswith(scheme) and address.removeprefix(scheme) not in names:
            yield f"{address} is not among the attachments"


def _addresses(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _addresses(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            if name in ("url", "icon_url") and isinstance(each, str):
                yield each
            else:
                yield from _addresses(each)


def _layout(message: Part, parts: list[Part]) -> Iterator[str]:
    """A message of components only."""
    for field in ("content", "embeds", "poll", "sticker_ids"):
        if message.get(field):
            yield f"{field} can't stand beside components of the second kind"
    if len(parts) > MOST_COMPONENTS:
        yield f"{len(parts)} components in all, where {MOST_COMPONENTS} is the most"
    in_all = sum(length(part["content"]) for part in parts if part["type"] == TEXT)
    if in_all > MOST_IN_COMPONENTS:
        yield f"the components have {in_all} characters of text in all, where {MOST_IN_COMPONENTS} is the most"


def _rows(components: list[Part]) -> Iterator[str]:
    """Components below a message of text and embeds."""
    if any(component["type"] != ROW for component in components):
        yield f"components of the second kind need the flag {V2}; without it there are only rows"
    if len(components) > MOST_ROWS:
        yield f"{len(components)} rows, where {MOST_ROWS} is the most"


# Components, of messages and of modals.


def _walk(components: Iterable[Part]) -> Iterator[Part]:
    for component in components:
        yield component
        inner = [component[name] for name in ("accessory", "component") if component.get(name)]
        yield from _walk([*(component.get("components") or []), *inner])


def _parts(parts: list[Part]) -> Iterator[str]:
    for field in ("custom_id", "id"):
        for value, times in Counter(part[field] for part in parts if part.get(field)).items():
            if times > 1:
                yield f"{times} components have the {field} {value!r}"
    for part in parts:
        if part["type"] == ROW:
            yield from _row(part["components"])
        elif part["type"] == BUTTON:
            yield from _button(part)
        elif part["type"] in SELECTS:
            yield from _select(part)


def _row(components: list[Part]) -> Iterator[str]:
    if any(component["type"] != BUTTON for component in components) and len(components) > 1:
        yield "a row holds up to five buttons, or one menu or field alone"


def _button(button: Part) -> Iterator[str]:
    needed = {LINK: "url", PREMIUM: "sku_id"}.get(button["style"], "custom_id")
    if not button.get(needed):
        yield f"a button of style {button['style']} needs a {needed}"
    for other in {"url", "sku_id", "custom_id"} - {needed}:
        if button.get(other):
            yield f"a button of style {button['style']} can't have a {other}"
    if button["style"] != PREMIUM and not (button.get("label") or "").strip() and not button.get("emoji"):
        yield "a button has neither label nor emoji"


def _select(select: Part) -> Iterator[str]:
    least, most = select.get("min_values"), select.get("max_values")
    least, most = 1 if least is None else least, 1 if most is None else most
    if least > most:
        yield f"a menu wants at least {least} and at most {most} choices"
    chosen = len(select.get("default_values") or [])
    if select["type"] == TEXT_SELECT:
        options = select["options"]
        chosen = sum(option.get("default") is True for option in options)
        if most > len(options):
            yield f"a menu of {len(options)} options allows {most} choices"
        if len({option["value"] for option in options}) < len(options):
            yield "two options of a menu have the same value"
    if chosen > most or 0 < chosen < least:
        yield f"{chosen} choices of a menu are made beforehand, where {least} to {most} can be"


def _modal(modal: Part) -> Iterator[str]:
    components = modal["components"]
    if len(components) > MOST_IN_A_MODAL:
        yield f"{len(components)} components in a modal, where {MOST_IN_A_MODAL} is the most"
    parts = list(_walk(components))
    yield from _parts(parts)
    for part in parts:
        if part.get("disabled"):
            yield "nothing in a modal can be disabled"
        if part["type"] == TEXT_INPUT:
            yield from _text_input(part)
        elif part["type"] != ROW and part.get("min_values") == 0 and part.get("required") is not False:
            yield "a menu that is required needs at least one choice"
    for row in components:
        if row["type"] == ROW and not all(field.get("label") for field in row["components"]):
            yield "a field in a row needs a label"


def _text_input(field: Part) -> Iterator[str]:
    least, most, value = field.get("min_length") or 0, field.get("max_length") or 4000, field.get("value") or ""
    if least > most:
        yield f"a field wants at least {least} and at most {most} characters"
    if length(value) > most:
        yield f"a field is filled with {length(value)} characters, where {most} is the most"
