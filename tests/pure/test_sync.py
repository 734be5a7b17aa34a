"""Which differences between two lists of commands count: what a person would notice, and nothing else."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from bot.sync import essence

Command = dict[str, Any]

SENT: list[Command] = [
    {
        "name": "fact",
        "description": "A fact about the campaign",
        "type": 1,
        "nsfw": False,
        "contexts": [0, 1, 2],
        "integration_types": [0, 1],
        "default_member_permissions": None,
        "dm_permission": True,
        "name_localizations": {},
        "options": [
            {
                "name": "topic",
                "description": "What it is about",
                "type": 3,
                "required": False,
                "autocomplete": True,
                "name_localizations": {"pl": "temat"},
            },
            {
                "name": "form",
                "description": "How it is shown",
                "type": 4,
                "choices": [{"name": "short", "value": 0}, {"name": "long", "value": 1}],
            },
            {"name": "count", "description": "How many", "type": 4, "min_value": 1, "max_value": 5},
            {"name": "where", "description": "In which channel", "type": 7, "channel_types": [0, 5]},
        ],
    },
    {
        "name": "setup",
        "description": "Set me up",
        "type": 1,
        "options": [],
        "contexts": [0],
        "integration_types": [0],
        "default_member_permissions": 32,
    },
    {"name": "Share", "type": 3, "contexts": [0], "integration_types": [0]},
]


def echo() -> list[Command]:
    """The same commands as Discord lists them: with its own fields, its defaults spelt out, in an order of its own."""
    listed = copy.deepcopy(SENT)
    for number, command in enumerate(listed):
        command |= {"id": str(700 + number), "application_id": "42", "version": "9", "guild_id": "11"}
        command |= {"name_localizations": None, "description_localizations": None}
        command.pop("nsfw", None)
        command.pop("dm_permission", None)
        command["contexts"].reverse()
        command["integration_types"].reverse()
    fact, setup, share = listed
    topic, _, _, where = fact["options"]
    topic |= {"description_localizations": None}
    topic.pop("required")
    where["channel_types"].reverse()
    setup["default_member_permissions"] = "32"
    setup.pop("options")
    share["description"] = ""
    return [share, fact, setup]


def test_what_discord_lists_equals_what_was_sent() -> None:
    assert essence(echo()) == essence(SENT)


def fact(commands: list[Command]) -> Command:
    return next(command for command in commands if command["name"] == "fact")


CHANGES: dict[str, Callable[[list[Command]], Any]] = {
    "another description": lambda listed: fact(listed).update(description="A fact"),
    "another description of an option": lambda listed: fact(listed)["options"][0].update(description="What about"),
    "an option more": lambda listed: fact(listed)["options"].append({"name": "x", "description": "X", "type": 5}),
    "an option less": lambda listed: fact(listed)["options"].pop(),
    "options in another order": lambda listed: fact(listed)["options"].reverse(),
    "an option that is required now": lambda listed: fact(listed)["options"][0].update(required=True),
    "an option of another type": lambda listed: fact(listed)["options"][0].update(type=5),
    "an option without suggestions": lambda listed: fact(listed)["options"][0].pop("autocomplete"),
    "a choice less": lambda listed: fact(listed)["options"][1]["choices"].pop(),
    "a choice with another value": lambda listed: fact(listed)["options"][1]["choices"][0].update(value=2),
    "choices in another order": lambda listed: fact(listed)["options"][1]["choices"].reverse(),
    "a least value of 0": lambda listed: fact(listed)["options"][2].update(min_value=0),
    "no least value": lambda listed: fact(listed)["options"][2].pop("min_value"),
    "other channels": lambda listed: fact(listed)["options"][3].update(channel_types=[0]),
    "another translation": lambda listed: fact(listed)["options"][0]["name_localizations"].update(pl="o czym"),
    "a new translation": lambda listed: fact(listed).update(description_localizations={"pl": "Fakt"}),
    "fewer places": lambda listed: fact(listed).update(contexts=[0]),
    "fewer installations": lambda listed: fact(listed).update(integration_types=[0]),
    "for grown-ups": lambda listed: fact(listed).update(nsfw=True),
    "for moderators": lambda listed: fact(listed).update(default_member_permissions=32),
    "for administrators only": lambda listed: fact(listed).update(default_member_permissions=0),
    "a command less": lambda listed: listed.pop(),
    "a command more": lambda listed: listed.append({"name": "new", "description": "New", "type": 1}),
    "another name": lambda listed: fact(listed).update(name="facts"),
    "another kind": lambda listed: listed[-1].update(type=2),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_person_would_notice_is_a_difference(change: str) -> None:
    wanted = copy.deepcopy(SENT)
    CHANGES[change](wanted)

    assert essence(wanted) != essence(SENT)
    assert essence(wanted) != essence(echo())


def test_a_limit_of_0_is_a_limit() -> None:
    option = {"name": "count", "description": "How many", "type": 4}
    without = [{"name": "x", "description": "X", "options": [option]}]
    limited = [{"name": "x", "description": "X", "options": [option | {"min_value": 0}]}]

    assert essence(limited) != essence(without)


def test_commands_of_one_name_and_different_kinds_are_two() -> None:
    assert len(essence([{"name": "Share", "type": 2}, {"name": "Share", "type": 3}])) == 2
