"""Posts of the bot's own accord: rendered, and posted as they would be, without waiting for their hour."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import discord
import simcord
from discord import ui
from discord.http import Route
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cards.announcement import Post, body_of, render
from bot.cards.base import Card
from bot.storage.announcements import Announcement, Kind, Plan, put_plans
from bot.storage.guilds import Setting, Value
from bot.storage.milestones import AddDate, DateFields, OwnDate
from bot.storage.tables import target
from tests.support.community import Community, Seen, seen
from tests.support.pseudo import plain

MODERATOR = 4321
NOW = datetime(2026, 1, 1, tzinfo=UTC)

_ADDRESS = re.compile(r"(?<!\\)\]\([^)]*\)")


@dataclass(frozen=True)
class PutPlan:
    """Has something planned, whatever a server chose."""

    plan: Plan

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["PutPlan"]) -> Sequence[None]:
        await put_plans(tx, [one.plan for one in batch])
        return [None for _ in batch]


@dataclass(frozen=True)
class NoteTargets:
    """Has something told in a post."""

    told: Announcement
    names: tuple[str, ...]

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["NoteTargets"]) -> Sequence[None]:
        for one in batch:
            row = {"guild_id": one.told.guild_id, "at": NOW, "announcement_id": one.told.id}
            await tx.execute(insert(target), [row | {"name": name} for name in one.names])
        return [None for _ in batch]


def plan_of(community: Community, kind: Kind, occurrence: str, subject: str = "") -> Plan:
    return Plan(community.guild.id, kind, subject, occurrence, NOW)


async def planned(community: Community, kind: Kind, occurrence: str, subject: str = "") -> Announcement:
    """The row of an announcement, as the outbox finds it when its hour has come."""
    plan = plan_of(community, kind, occurrence, subject)
    await community.bot._db.write(PutPlan(plan))
    row = await community.bot.services.announcements.find(community.guild.id, plan.key)
    assert row is not None
    return row


async def reached(community: Community, *names: str) -> Announcement:
    """The row of a post that tells these targets."""
    row = await planned(community, "target", "", names[0])
    await community.bot._db.write(NoteTargets(row, names))
    return row


async def choose(community: Community, setting: Setting, value: Value) -> None:
    await community.bot.services.guilds.choose(community.guild.id, MODERATOR, setting, value)


async def own_date(
    community: Community, title: str, month: int, day: int, year: int | None = None, *, id: int = 9001, **fields: Any
) -> OwnDate:
    """A date of the server's own; `fields` as DateFields has them."""
    said = DateFields(title, month, day, year, **{"words": "", **fields})
    made = await community.bot._db.write(AddDate(id, community.guild.id, MODERATOR, said, NOW))
    assert isinstance(made, OwnDate)
    community.bot.services.guilds.forget(community.guild.id)
    return made


def channel_in(community: Community) -> discord.TextChannel:
    found = community.bot.get_channel(community.general.id)
    assert isinstance(found, discord.TextChannel)
    return found


async def rendered(community: Community, announcement: Announcement | Plan) -> Post | None:
    return await render(community.bot, announcement, channel_in(community))


async def body(community: Community, announcement: Announcement | Plan) -> dict[str, Any]:
    post = await rendered(community, announcement)
    assert post is not None, "there is nothing to say"
    return body_of(post, community.guild.id)


async def posted(community: Community, announcement: Announcement | Plan) -> Seen:
    """The post in its channel, as a reader meets it there."""
    route = Route("POST", "/channels/{channel_id}/messages", channel_id=community.general.id)
    sent = await community.bot.http.request(route, json=await body(community, announcement))
    return seen(await channel_in(community).fetch_message(int(sent["id"])))


async def forged(community: Community, channel: simcord.ChannelHandle, custom_id: str) -> discord.Message:
    """A button with this id in a channel of any server: what belongs elsewhere."""
    found = community.bot.get_channel(channel.id)
    assert isinstance(found, discord.TextChannel)
    return await found.send(view=Card(0, ["…"], [ui.Button[Any](label="…", custom_id=custom_id)]))


def texts(body: dict[str, Any]) -> str:
    """What a body says, its parts one below the other."""
    return "\n".join(plain(part["content"]) for part in walk(body["components"]) if "content" in part)


def without_addresses(text: str) -> str:
    """As people read it: links by their titles."""
    return _ADDRESS.sub("]", text)


def walk(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [part for one in components for part in (one, *walk(one.get("components", [])))]
