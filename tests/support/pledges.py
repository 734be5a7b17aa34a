"""Pledges as people make them: the command, the form, and what stands on the cards afterwards."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import discord
import simcord
from discord import ui
from sqlalchemy import event

from bot.cards.base import Card
from bot.storage.database import Database
from bot.storage.recount import Difference, differences
from tests.support.community import Community, Seen, seen
from tests.support.pseudo import plain

Actor = simcord.MemberActor | simcord.UserHandle

ACTION = "home-share-care"
ACTION_TEXT = "I will take on my fair half of caring for children or relatives, and of the planning behind it."
GRAVE_ACTION = "violence-listen-and-believe"
WORDS = "I will listen first and speak second."

_QUOTED = re.compile(r"^> (.*)$", re.MULTILINE)


# What people do.


async def slash(
    actor: Actor, channel: simcord.ChannelHandle | None, name: str, **options: Any
) -> simcord.InteractionResult:
    """A command in a channel; in the actor's direct messages where that is None."""
    if isinstance(actor, simcord.UserHandle):
        return await actor.slash(name, **options)
    assert channel is not None
    return await actor.slash(channel, name, **options)


async def form_of(
    actor: Actor, channel: simcord.ChannelHandle | None, theme: str = "home", **options: Any
) -> simcord.InteractionResult:
    """The form of a theme, open."""
    form = await slash(actor, channel, "pledge make", theme=theme, **options)
    assert form.modal is not None
    return form


async def send(actor: Actor, form: simcord.InteractionResult, **filled: Any) -> Seen:
    """Sends a form with its fields filled in, an action by its id; what is not named stays as the form had it."""
    values = {name: value for name, value in filled_in(form).items() if value is not None} | filled
    if isinstance(values.get("action"), str):
        values["action"] = [values["action"]]
    return seen(await actor.submit_modal(form, values))


async def pledge(
    actor: Actor, channel: simcord.ChannelHandle | None = None, *, theme: str = "home", **filled: Any
) -> Seen:
    """A pledge, all the way from the command to the answer."""
    return await send(actor, await form_of(actor, channel, theme), **filled)


def newcomer(community: Community, name: str) -> simcord.MemberActor:
    return community.guild.add_member(community.env.create_user(name))


@contextmanager
def own_app(community: Community) -> Iterator[None]:
    """Whatever people do with the bot meanwhile comes from their own account: the server does not have it."""

    def tell(event: str, payload: dict[str, Any]) -> None:
        if event == "INTERACTION_CREATE":
            user = payload["member"]["user"] if "member" in payload else payload["user"]
            payload["authorizing_integration_owners"] = {"1": user["id"]}

    subscribers = community.env.backend.subscribers
    subscribers.insert(1, tell)  # after the one that says the server has it
    yield
    subscribers.remove(tell)


@contextmanager
def in_a_hurry() -> Iterator[None]:
    """SimCord waits a twentieth of a second after each action for what may still come. Not meanwhile."""
    waits = simcord.Env._settle_internal.__kwdefaults__
    usual = waits["idle"]
    waits["idle"] = 0.001
    try:
        yield
    finally:
        waits["idle"] = usual


async def post(community: Community, *custom_ids: str) -> discord.Message:
    """Buttons with these ids in #general, for everybody to press: what is meant for one member, forged."""
    buttons = [ui.Button[Any](label=str(at), custom_id=custom_id) for at, custom_id in enumerate(custom_ids)]
    return await community.bot.get_channel(community.general.id).send(view=Card(0, ["…"], buttons))


# What they read.


def fields_of(form: simcord.InteractionResult) -> dict[str, dict[str, Any]]:
    """The fields of a form by their names, with label and description as a reader reads them."""
    assert form.modal is not None, "no form opened"
    return {
        row["component"]["custom_id"]: row["component"]
        | {name: plain(row[name]) for name in ("label", "description") if row.get(name)}
        for row in form.modal["components"]
        if "component" in row
    }


def filled_in(form: simcord.InteractionResult) -> dict[str, Any]:
    """What a form holds already: the action's id, the words, the country, the tick for the wall if it has one."""
    fields = fields_of(form)
    chosen = [option["value"] for option in fields["action"]["options"] if option.get("default")]
    return {
        "action": chosen[0] if chosen else None,
        "words": fields["words"].get("value") or "",
        "country": fields["country"].get("value") or "",
        "wall": bool(fields["wall"].get("default")) if "wall" in fields else None,
    }


def note_of(form: simcord.InteractionResult) -> str:
    """The small print under the fields: who reads the pledge."""
    assert form.modal is not None, "no form opened"
    return plain(" ".join(row["content"] for row in form.modal["components"] if "content" in row))


def quoted(card: Seen) -> list[str]:
    """The pledges on a card, from top to bottom, as they are written for Discord."""
    return _QUOTED.findall(card.text)


def custom_id(card: Seen, label: str) -> str:
    """What stands behind a button."""
    rows = [component if isinstance(component, dict) else component.to_dict() for component in card.message.components]
    buttons = [part for row in rows for inner in row["components"] for part in inner.get("components", [])]
    [found] = [button["custom_id"] for button in buttons if plain(button.get("label", "")) == label]
    return str(found)


async def mine(community: Community, actor: Actor | None = None) -> Seen:
    return seen(await slash(actor or community.amina, community.general, "pledge mine"))


async def wall(community: Community, actor: Actor | None = None, **options: Any) -> Seen:
    return seen(await slash(actor or community.joseph, community.general, "pledge wall", **options))


async def stats(community: Community, actor: Actor | None = None, **options: Any) -> Seen:
    return seen(await slash(actor or community.joseph, community.general, "pledge stats", **options))


# What the database says.


async def miscounted(community: Community) -> list[Difference]:
    """The counts that differ from a recount of all pledges."""
    db = Database(community.bot.settings.database_url)
    async with db.read() as connection:
        found = await differences(connection)
    await db.close()
    return found


@contextmanager
def trouble(community: Community, pragma: str, cure: str) -> Iterator[None]:
    """A setting of SQLite that makes writing fail, before each transaction and on whatever connection."""

    def set_to(setting: str, connection: Any, *_: object) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA {setting}")
        cursor.close()

    engine = community.bot.services.pledges._db._writer.sync_engine
    make, end = partial(set_to, pragma), partial(set_to, cure)
    event.listen(engine, "checkout", make)
    yield
    event.remove(engine, "checkout", make)
    event.listen(engine, "checkout", end)  # the connection may be the same still
