"""For each rule of Discord's a body that breaks it and nothing else, and one that just keeps it."""

from collections.abc import Callable
from typing import Any

import discord
import pytest
from discord import ui

from bot.cards.base import Card
from tests.wire.bodies import (
    ANSWER,
    FOLLOW_UP,
    ORIGINAL,
    PATCH,
    POST,
    PUT_COMMANDS,
    SMILE,
    Body,
    Where,
    button,
    card,
    commands,
    form,
    heavy,
    made,
    many,
    of_embeds,
    of_parts,
    of_texts,
    option_texts,
    options,
    row,
    select,
    text,
    told,
    with_,
)
from tests.wire.command_rules import MOST_OF_A_TYPE

WORDY = discord.Embed(title="t" * 250, description="d" * 2000).set_footer(text="f" * 150)
WORDY.set_author(name="a" * 100).add_field(name="n" * 100, value="v" * 400)  # 3000 in all
MENU = "data.components.1.component"
FIELD = "data.components.0.component"


def filled(text: str) -> Callable[[], Body]:
    return with_(f"{FIELD}.value", text, form)


BAD: list[tuple[Where, Callable[[], Body], str]] = [
    # Messages.
    (POST, with_("content", "x" * 2001, text), "content has 2001 characters"),
    (POST, with_("content", SMILE * 1001, text), "content has 2002 characters"),
    (POST, lambda: made(content=" \n"), "the message is empty"),
    (POST, lambda: made(embeds=[]), "the message is empty"),
    (POST, with_("nonce", "n" * 26, text), "26 characters, where 25 is the most"),
    (POST, with_("embeds", [{"title": "t" * 257}], text), "257 characters, where 256 is the most"),
    (POST, of_embeds(WORDY, WORDY, discord.Embed(title="!")), "the embeds have 6001 characters in all"),
    (POST, of_embeds(discord.Embed()), "an embed is empty"),
    (POST, with_("embeds", [{"title": "t", "url": "nowhere"}], text), "format"),
    (POST, with_("embeds", [{"title": "t", "timestamp": "soon"}], text), "format"),
    (
        POST,
        lambda: made(view=Card(0, ["Hello"]).add_item(ui.File("attachment://no.png"))),
        "attachment://no.png is not",
    ),
    (POST, with_("flags", 64, text), "flags 64 can't be set here"),
    (POST, with_("flags", 1 << 40, text), "flags 1099511627776 can't be set here"),
    (POST, with_("flags", "4", text), 'type ["integer", "null"] not met'),
    (POST, with_("content", "half \ud83d", text), "holds half a character"),
    (POST, with_("sticker_ids", ["1", "2", "01"], text), "pattern"),
    # Nobody is pinged.
    (POST, lambda: {"content": "@everyone"}, "allowed_mentions.parse must be []"),
    (PATCH, lambda: {"content": "@everyone"}, "allowed_mentions.parse must be []"),
    (PATCH, lambda: {"content": "@everyone", "allowed_mentions": None}, "allowed_mentions.parse must be []"),
    (POST, with_("allowed_mentions", {"parse": ["everyone"]}, text), "allowed_mentions.parse must be []"),
    (POST, with_("allowed_mentions", {"users": ["5"]}, text), "allowed_mentions.parse must be []"),
    (POST, with_("allowed_mentions", {"parse": [], "users": ["5"]}, text), "allowed_mentions names members"),
    (POST, with_("allowed_mentions", {"parse": [], "replied_user": True}, text), "allowed_mentions names members"),
    (ANSWER, lambda: {"type": 7, "data": {"content": "x"}}, "allowed_mentions.parse must be []"),
    (FOLLOW_UP, lambda: {"content": "x", "allowed_mentions": {}}, "allowed_mentions.parse must be []"),
    (ORIGINAL, lambda: {"content": "x"}, "allowed_mentions.parse must be []"),
    # Components.
    (POST, with_("flags", 0, of_texts("x")), "components of the second kind need the flag"),
    (POST, with_("content", "x", card), "content can't stand beside"),
    (POST, with_("embeds", [{"title": "x"}], card), "embeds can't stand beside"),
    (POST, with_("sticker_ids", ["1"], card), "sticker_ids can't stand beside"),
    (POST, of_parts(*[{"type": 14}] * 20, {"type": 17, "components": [{"type": 14}] * 20}), "41 components in all"),
    (POST, of_texts("x" * 4000, "x"), "4001 characters of text in all"),
    (POST, of_texts(SMILE * 2000, "x"), "4001 characters of text in all"),
    (POST, of_texts(""), "0 characters, where 1 is the least"),
    (POST, of_texts(" "), "0 characters, where 1 is the least"),
    (POST, of_texts("x" * 4001), "4001 characters, where 4000 is the most"),
    (POST, of_parts({"type": 99}), "none of the 7 forms"),
    (POST, of_parts({"type": 17, "components": [{"type": 17, "components": []}]}), "none of the 6 forms"),
    (POST, of_parts(*[row(button(str(at))) for at in range(6)], flags=0), "6 rows, where 5 is the most"),
    (POST, of_parts(row(*[button(str(at)) for at in range(6)])), "6 items, where 5 is the most"),
    (POST, of_parts(row()), "0 items, where 1 is the least"),
    (POST, of_parts(row(button(), select())), "a row holds up to five buttons"),
    (POST, of_parts(row(select(), select(custom_id="t"))), "a row holds up to five buttons"),
    (POST, of_parts(row(button(), button())), "2 components have the custom_id 'a'"),
    (POST, of_parts(row(button(id=7), button("b", id=7))), "2 components have the id 7"),
    (POST, of_parts(row(button("c" * 101))), "101 characters, where 100 is the most"),
    (POST, of_parts(row(button(SMILE * 51))), "102 characters, where 100 is the most"),
    (POST, of_parts(row(button(label="l" * 81))), "81 characters, where 80 is the most"),
    (POST, of_parts(row(button(label=" "))), "neither label nor emoji"),
    (POST, of_parts(row(button(custom_id=None))), "a button of style 2 needs a custom_id"),
    (POST, of_parts(row(button(url="https://a.b"))), "a button of style 2 can't have a url"),
    (POST, of_parts(row(button(style=5, url="https://a.b"))), "a button of style 5 can't have a custom_id"),
    (POST, of_parts(row(button(style=5, custom_id=None))), "a button of style 5 needs a url"),
    (POST, of_parts(row(button(style=9))), "enum"),
    (POST, of_parts(row(select(placeholder="p" * 151))), "151 characters, where 150 is the most"),
    (POST, option_texts(label="l" * 101), "101 characters, where 100 is the most"),
    (POST, option_texts(value="v" * 101), "101 characters, where 100 is the most"),
    (POST, option_texts(description=SMILE * 51), "102 characters, where 100 is the most"),
    (
        POST,
        of_parts(row(select(options=[{"label": "A", "value": str(at)} for at in range(26)]))),
        "26 items, where 25 is the most",
    ),
    (POST, of_parts(row(select(options=[{"label": "A", "value": "a"}] * 2))), "two options of a menu have the same"),
    (POST, of_parts(row(select(max_values=3))), "a menu of 2 options allows 3 choices"),
    (POST, of_parts(row(select(min_values=2))), "wants at least 2 and at most 1"),
    (POST, option_texts(default="yes"), "type"),
    (
        POST,
        of_parts(row(select(options=[{"label": "A", "value": str(at), "default": True} for at in range(2)]))),
        "2 choices of a menu are made beforehand",
    ),
    # Forms, and other answers.
    (ANSWER, with_("data.title", "t" * 46, form), "46 characters, where 45 is the most"),
    (ANSWER, with_("data.title", "", form), "0 characters, where 1 is the least"),
    (ANSWER, with_("data.custom_id", "c" * 101, form), "101 characters, where 100 is the most"),
    (ANSWER, with_("data.components", [], form), "0 items, where 1 is the least"),
    (ANSWER, with_("data.components", [{"type": 10, "content": "x"}] * 6, form), "6 components in a modal"),
    (ANSWER, with_("data.components.0", row(button()), form), "data.components[0].components[0]"),
    (ANSWER, with_("data.components.0.label", "l" * 46, form), "46 characters, where 45 is the most"),
    (ANSWER, with_("data.components.0.label", SMILE * 23, form), "46 characters, where 45 is the most"),
    (ANSWER, with_("data.components.0.description", "d" * 101, form), "101 characters, where 100 is the most"),
    (ANSWER, with_(f"{FIELD}.placeholder", "p" * 101, form), "101 characters, where 100 is the most"),
    (ANSWER, with_(f"{FIELD}.max_length", 4001, form), "maximum 4000 not met"),
    (ANSWER, with_(f"{FIELD}.min_length", 301, form), "at least 301 and at most 300"),
    (ANSWER, filled("v" * 301), "a field is filled with 301 characters"),
    (ANSWER, filled(SMILE * 151), "a field is filled with 302 characters"),
    (ANSWER, filled("v" * 4001), "4001 characters, where 4000 is the most"),
    (ANSWER, with_(f"{FIELD}.custom_id", "menu", form), "2 components have the custom_id 'menu'"),
    (ANSWER, with_(f"{MENU}.disabled", True, form), "nothing in a modal can be disabled"),
    (ANSWER, with_(MENU, select(min_values=0), form), "a menu that is required needs at least one choice"),
    (
        ANSWER,
        with_("data.components.0", row({"type": 4, "custom_id": "x", "style": 1}), form),
        "a field in a row needs a label",
    ),
    (ANSWER, lambda: {"type": 4}, "the message is empty"),
    (ANSWER, lambda: {"type": 4, "data": {"content": "x" * 2001}}, "2001 characters, where 2000 is the most"),
    (ANSWER, lambda: {"type": 5, "data": {"flags": 64, "content": "x"}}, "content: nothing is said yet"),
    (ANSWER, lambda: {"type": 5, "data": {"flags": 4}}, "flags 4 can't be set here"),
    (ANSWER, lambda: {"type": 6, "data": {"content": "x"}}, "content: nothing is said yet"),
    (ANSWER, lambda: {"type": 3}, "is none of the 7 forms"),
    (ANSWER, lambda: {"type": 8, "data": {"choices": [{"name": "n", "value": "v" * 101}]}}, "101 characters"),
    (ANSWER, lambda: {"type": 8, "data": {"choices": [{"name": "n" * 101, "value": "v"}]}}, "101 characters"),
    (ANSWER, lambda: {"type": 8, "data": {"choices": [{"name": "n", "value": "v"}] * 26}}, "26 items"),
    (("POST", "/channels/1/threads"), lambda: {"name": "n" * 101}, "101 characters"),
    (("POST", "/channels/1/threads"), lambda: {"name": "n", "message": {"content": "x"}}, "allowed_mentions.parse"),
    (("POST", "/users/@me/channels"), lambda: {"recipient_id": 2**63}, "format"),
    # Commands.
    (PUT_COMMANDS, with_("0.name", "Card", commands), "'Card' is no name"),
    (PUT_COMMANDS, with_("0.name", "my card", commands), "'my card' is no name"),
    (PUT_COMMANDS, with_("0.name_localizations", {"fr": "কার্ড"}, commands), "is no name"),
    (PUT_COMMANDS, with_("0.name_localizations", {"de": "Karte"}, commands), "'Karte' is no name"),
    (PUT_COMMANDS, with_("0.name_localizations", {"sw": "kadi"}, commands), "sw: no language of Discord's"),
    (PUT_COMMANDS, with_("0.name_localizations", {"de": "k" * 33}, commands), "33 characters"),
    (PUT_COMMANDS, with_("0.name", "c" * 33, commands), "33 characters, where 32 is the most"),
    (PUT_COMMANDS, with_("0.name", "group", commands), "2 commands have the name 'group'"),
    (PUT_COMMANDS, with_("1.name_localizations", {"fr": "carte"}, commands), "2 commands have the name 'carte' in fr"),
    (PUT_COMMANDS, with_("0.description", "", commands), "the description is missing"),
    (PUT_COMMANDS, with_("0.description", "d" * 101, commands), "101 characters, where 100 is the most"),
    (PUT_COMMANDS, with_("2.description", "Tells", commands), "has neither description nor options"),
    (PUT_COMMANDS, with_("0.options.0.name", "An option", commands), "'An option' is no name"),
    (PUT_COMMANDS, with_("0.options.0.name_localizations", {"de": "Name"}, commands), "'Name' is no name"),
    (PUT_COMMANDS, with_("1.options.0.options.0.name", "WHICH", commands), "show: WHICH: 'WHICH' is no name"),
    (PUT_COMMANDS, with_("0.options.0.autocomplete", True, commands), "both choices and autocompletion"),
    (PUT_COMMANDS, with_("0.options.0.choices.1.name", "One", commands), "two choices have the same name"),
    (PUT_COMMANDS, with_("0.options.0.choices.1.value", "1", commands), "two choices have the same value"),
    (PUT_COMMANDS, with_("0.options.0.min_length", 9, with_("0.options.0.max_length", 8, commands)), "min_length is"),
    (PUT_COMMANDS, lambda: [commands()[0] | {"options": options(False, True)}], "required option stands behind"),
    (PUT_COMMANDS, lambda: [commands()[0] | {"options": options(name="same")}], "2 options have the name 'same'"),
    (PUT_COMMANDS, lambda: [commands()[0] | {"options": options() * 13}], "26 items, where 25 is the most"),
    (PUT_COMMANDS, lambda: [commands()[1] | {"options": [commands()[1]["options"][0], *options()]}], "side by side"),
    (PUT_COMMANDS, lambda: [heavy()], "characters in all, where 8000 is the most"),
    (PUT_COMMANDS, lambda: many(1, 101), "101 commands of type 1, where 100 is the most"),
    (PUT_COMMANDS, lambda: many(3, 16), "16 commands of type 3, where 15 is the most"),
]


@pytest.mark.parametrize(
    ("where", "make", "words"), BAD, ids=[f"{words[:40]}-{at}" for at, (*_, words) in enumerate(BAD)]
)
def test_a_bad_body_is_told_for_what_is_wrong_with_it_and_for_nothing_else(
    where: Where, make: Callable[[], Body], words: str
) -> None:
    faults = told(make(), where)

    assert len([fault for fault in faults if words in fault]) == 1, faults
    assert all(words in fault or "allowed_mentions" in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("where", "body"),
    [
        (POST, made(content="x" * 2000)),
        (POST, made(content=SMILE * 1000)),
        (POST, made(embeds=[WORDY, WORDY])),
        (POST, of_texts(*["x"] * 39)()),
        (POST, of_texts("x" * 3999, "x")()),
        (POST, of_parts(row(button(SMILE * 50, label="l" * 80), button("b" * 100)))()),
        (POST, of_parts(row(select(placeholder="p" * 150, max_values=2, min_values=0)))()),
        (POST, of_parts(*[row(*[button(f"{at}-{each}") for each in range(5)]) for at in range(5)], flags=0)()),
        (ANSWER, with_("data.title", "t" * 45, form)()),
        (ANSWER, with_("data.components", [{"type": 10, "content": "x"}] * 5, form)()),
        (ANSWER, filled(SMILE * 150)()),
        (PUT_COMMANDS, [*many(1, MOST_OF_A_TYPE[1]), *many(3, MOST_OF_A_TYPE[3])]),
        (PUT_COMMANDS, [commands()[0] | {"options": options(True, False)}]),
    ],
)
def test_what_is_as_long_or_as_many_as_may_be_passes(where: Where, body: Any) -> None:
    assert told(body, where) == []
