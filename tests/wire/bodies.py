"""Bodies of requests to be judged: good ones, made by discord.py itself, and what a test changes of them."""

import io
import json
from collections.abc import Callable
from typing import Any

import discord
from discord import ui
from discord.http import handle_message_parameters

from bot.cards.base import Card
from bot.cards.forms import Form
from tests.wire.judge import faults_of

Body = dict[str, Any]
Where = tuple[str, str]
"""The method and path of a request."""

NONE = discord.AllowedMentions.none()
SMILE = "\N{SLIGHTLY SMILING FACE}"  # one code point, two UTF-16 units

POST: Where = ("POST", "/channels/1/messages")
PATCH: Where = ("PATCH", "/channels/1/messages/2")
ANSWER: Where = ("POST", "/interactions/1/token-1/callback")
FOLLOW_UP: Where = ("POST", "/webhooks/1/token-1")
ORIGINAL: Where = ("PATCH", "/webhooks/1/token-1/messages/@original")
PUT_COMMANDS: Where = ("PUT", "/applications/1/commands")


def told(body: Any, where: Where) -> list[str]:
    """The faults of a request, without the name of its route."""
    return [fault.partition(": ")[2] for fault in faults_of(*where, body)]


# Good ones, whole.


def made(**said: Any) -> Body:
    """What discord.py makes of the arguments of `send`; of a multipart body the part that the judge reads."""
    with handle_message_parameters(previous_allowed_mentions=NONE, **said) as parameters:
        return json.loads(parameters.multipart[0]["value"]) if parameters.multipart else dict(parameters.payload)


def file(name: str = "card.png") -> discord.File:
    return discord.File(io.BytesIO(b"..."), name, description="A card")


def menu(**said: Any) -> ui.Select[Any]:
    options = [discord.SelectOption(label=f"Choice {number}", value=str(number)) for number in range(3)]
    return ui.Select(**{"custom_id": "menu", "placeholder": "Choose", "options": options, **said})


def text() -> Body:
    return made(content="Hello", nonce="uplift-1", embed=discord.Embed(title="Title", description="Description"))


def card() -> Body:
    """A layout of every kind of component that the bot is likely to use."""
    buttons = [ui.Button(label="Go on", custom_id="on"), ui.Button(label="See", url="https://example.org")]
    view = Card(0xFF0000, ["First", "Second"], buttons, airy=True)
    view.add_item(ui.Section("Beside", accessory=ui.Thumbnail("attachment://card.png")))
    view.add_item(ui.MediaGallery(discord.MediaGalleryItem("attachment://card.png", description="A card")))
    view.add_item(ui.File("attachment://dates.ics")).add_item(ui.ActionRow(menu()))
    return made(view=view, files=[file(), file("dates.ics")])


def rows() -> Body:
    return made(content="Choose", view=ui.View(timeout=None).add_item(menu()).add_item(ui.Button(label="No")))


def answer() -> Body:
    return {"type": 4, "data": made(view=Card(0, ["Hello"]), flags=discord.MessageFlags(ephemeral=True))}


def form() -> Body:
    field = ui.TextInput[Any](custom_id="words", default="I will", min_length=1, max_length=300)
    items: list[ui.Item[Any]] = [
        ui.Label(text="Words", description="In your own", component=field),
        ui.Label(text="Menu", component=menu(required=False)),
        ui.Label(text="Tick", component=ui.Checkbox(custom_id="tick")),
        ui.TextDisplay("Small print"),
    ]
    return {"type": 9, "data": Form("form:1", "A form", items).to_dict()}


def commands() -> list[Body]:
    def option(name: str, **more: Any) -> Body:
        return {"type": 3, "name": name, "description": "An option", "name_localizations": {"hi": "नाम"}, **more}

    choices = [{"name": "One", "value": "1"}, {"name": "Two", "value": "2"}]
    told = {"name_localizations": {"fr": "carte", "th": "ชื่อ"}, "description_localizations": {"fr": "Une carte"}}
    nested = {"type": 1, "name": "show", "description": "Shows", "options": [option("which")]}
    return [
        {"name": "card", "type": 1, "description": "A card", "options": [option("a", required=True, choices=choices)]}
        | told,
        {"name": "group", "description": "A group", "options": [nested]},
        {"name": "Report to moderators", "type": 3},
    ]


# Parts, and what a test makes of them.


def with_(field: str, value: Any, of: Callable[[], Body]) -> Callable[[], Body]:
    """A good body with a field changed: 'data.title', 'components.0.content'."""
    *path, last = [int(step) if step.isdecimal() else step for step in field.split(".")]

    def change() -> Body:
        body: Any = of()
        inner = body
        for step in path:
            inner = inner[step]
        inner[last] = value
        return body

    return change


def of_texts(*texts: str) -> Callable[[], Body]:
    return lambda: made(view=Card(0, texts))


def of_embeds(*embeds: discord.Embed) -> Callable[[], Body]:
    return lambda: made(embeds=embeds)


def of_parts(*parts: Body, flags: int = 1 << 15) -> Callable[[], Body]:
    return lambda: {"components": list(parts), "flags": flags, "allowed_mentions": {"parse": []}}


def row(*parts: Body) -> Body:
    return {"type": 1, "components": list(parts)}


def button(custom_id: str = "a", **more: Any) -> Body:
    return {"type": 2, "style": 2, "label": "Go on", "custom_id": custom_id, **more}


def select(**more: Any) -> Body:
    return {
        "type": 3,
        "custom_id": "s",
        "options": [{"label": "A", "value": "a"}, {"label": "B", "value": "b"}],
        **more,
    }


def option_texts(**more: Any) -> Callable[[], Body]:
    return of_parts(row(select(options=[{"label": "A", "value": "a", **more}])))


def options(*required: bool, name: str = "") -> list[Body]:
    return [
        {"type": 3, "name": name or f"o{number}", "description": "An option", "required": is_required}
        for number, is_required in enumerate(required or (False, False))
    ]


def heavy() -> Body:
    choices = [{"name": str(at), "value": str(at).rjust(200, "v")} for at in range(25)]
    both = [option | {"choices": choices} for option in options()]
    return {"name": "heavy", "description": "Too much of everything", "options": both}


def many(kind: int, count: int) -> list[Body]:
    description = {"description": "One of many"} if kind == 1 else {}
    return [{"name": f"c{number}", "type": kind, **description} for number in range(count)]
