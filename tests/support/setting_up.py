"""The panel of /setup as a moderator uses it, and a server in which things can go wrong."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import discord
import simcord
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.announcements import key_of
from bot.storage.audit import Deed, log_page
from bot.storage.database import Database
from bot.storage.guilds import GuildRecord
from bot.storage.tables import announcement
from tests.support.community import Community, Seen, press, seen

CHANNEL, ROLE, MENU = "setup:channel:{}_channel_id", "setup:role:{}_role_id", "setup:pick:{}"

PAGES = ("Overview", "Announcements", "Which dates", "Daily and wall", "Pledges and roles")
"""The pages of the panel, as their buttons name them."""


# Who and what there is.


def moderator(community: Community, name: str = "grace", **rights: bool) -> simcord.MemberActor:
    """Somebody who may manage the server, or with other rights."""
    held = discord.Permissions(**rights) if rights else discord.Permissions(manage_guild=True)
    role = community.guild.create_role(f"{name}'s", permissions=held)
    return community.guild.add_member(community.env.create_user(name), roles=[role])


def demote(community: Community, actor: simcord.MemberActor) -> None:
    """Takes every role from somebody."""
    backend = community.env.backend
    for role_id in list(backend.get_member(community.guild.id, actor.id).role_ids):
        backend.remove_member_role(community.guild.id, actor.id, role_id)


def hidden_channel(community: Community, name: str, *readers: simcord.MemberActor) -> simcord.ChannelHandle:
    """A channel that only the bot and these members see."""
    see = discord.PermissionOverwrite(view_channel=True)
    shut = {community.guild.default_role: discord.PermissionOverwrite(view_channel=False)}
    return community.guild.create_text_channel(
        name, overwrites=shut | dict.fromkeys(readers, see) | {own_role(community): see}
    )


def own_role(community: Community) -> discord.Role:
    """The role that the bot got when it was invited."""
    guild = community.bot.get_guild(community.guild.id)
    assert guild is not None
    return next(role for role in guild.me.roles if role.managed)


@contextmanager
def without_manage_roles(community: Community) -> Iterator[None]:
    role = own_role(community)
    before = role.permissions.value
    less = discord.Permissions(before)
    less.manage_roles = False
    change(community, role.id, permissions=less.value)
    yield
    change(community, role.id, permissions=before)


def change(community: Community, role_id: int, **changes: Any) -> None:
    """What somebody changed in Server Settings → Roles."""
    community.env.backend.edit_role(community.guild.id, role_id, changes)


def lift(community: Community, role: simcord.RoleHandle) -> None:
    """Drags a role above all others."""
    change(community, role.id, position=50)


# What they do.


async def setup(community: Community, actor: simcord.MemberActor, page: str = "Pledges and roles") -> Seen:
    """The panel, opened at this page."""
    panel = seen(await actor.slash(community.general, "setup"))
    return panel if page == "Overview" else await turn_to(actor, panel, page)


async def turn_to(actor: simcord.MemberActor, panel: Seen, page: str) -> Seen:
    return seen(await press(actor, panel, page))


async def choose_channel(
    actor: simcord.MemberActor, panel: Seen, channel: simcord.ChannelHandle, which: str = "review"
) -> Seen:
    """`which` is review, announcement, daily or wall."""
    return seen(await actor.select(panel.message, [channel], custom_id=CHANNEL.format(which)))


async def choose_role(actor: simcord.MemberActor, panel: Seen, which: str, role: simcord.RoleHandle) -> Seen:
    """`which` is moderator, supporter or ping."""
    return seen(await actor.select(panel.message, [role], custom_id=ROLE.format(which)))


async def pick(actor: simcord.MemberActor, panel: Seen, which: str, value: str) -> Seen:
    """From the menu of zone, daily_kind or daily_every."""
    return seen(await actor.select(panel.message, [value], custom_id=MENU.format(which)))


async def write(actor: simcord.MemberActor, panel: Seen, button: str, typed: str) -> Seen:
    """Opens the form behind a button, and sends it with this written in it."""
    return seen(await actor.submit_modal(await press(actor, panel, button), {"typed": typed}))


def choices(panel: Seen) -> tuple[str, ...]:
    """What can be pressed beside the pages."""
    return panel.buttons[len(PAGES) :]


async def announcing(community: Community, actor: simcord.MemberActor) -> simcord.ChannelHandle:
    """A channel for announcements, and a time zone: what it takes for dates to be posted."""
    news = community.guild.create_text_channel("news")
    guilds = community.bot.services.guilds
    await guilds.choose(community.guild.id, actor.id, "announcement_channel_id", news.id)
    await guilds.choose(community.guild.id, actor.id, "zone", "Africa/Nairobi")
    await community.env.settle()
    return news


@contextmanager
def forged(community: Community, *values: str) -> Iterator[None]:
    """Whatever is chosen in a menu meanwhile, Discord says it was this."""

    def forge(event: str, payload: dict[str, Any]) -> None:
        if event == "INTERACTION_CREATE" and "values" in payload["data"]:
            payload["data"]["values"] = list(values)
            payload["data"].pop("resolved", None)

    subscribers = community.env.backend.subscribers
    subscribers.insert(0, forge)
    yield
    subscribers.remove(forge)


async def in_outbox(community: Community, state: str, due_at: datetime, **columns: Any) -> int:
    """Something announced, or not, as the outbox keeps it; returns its id. By default the dates of its day."""
    kind, subject, on = (columns.pop(name, "") for name in ("kind", "subject", "occurrence"))
    kind, on = kind or "anniversary", on or str(due_at.date())
    row = {
        "guild_id": community.guild.id,
        "kind": kind,
        "subject": subject,
        "occurrence": on,
        "key": key_of(community.guild.id, kind, subject, on),
        "state": state,
        "due_at": due_at,
    }
    return await community.bot._db.write(_Put(row | columns))


@dataclass(frozen=True, slots=True)
class _Put:
    """Puts a row into the outbox, instead of what stands there of the same occurrence."""

    row: dict[str, Any]

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["_Put"]) -> Sequence[int]:
        made: list[int] = []
        for one in batch:
            await tx.execute(announcement.delete().where(announcement.c.key == one.row["key"]))
            result = await tx.execute(announcement.insert().values(one.row))
            made.append(result.inserted_primary_key[0])
        return made


# What came of it.


async def chosen(community: Community) -> GuildRecord:
    return await community.bot.services.guilds.of(community.guild.id)


async def deeds(community: Community) -> list[Deed]:
    """The server's log, oldest first."""
    db = Database(community.bot.settings.database_url)
    async with db.read() as connection:
        page = await log_page(connection, community.guild.id, before=None, size=100)
    await db.close()
    return [deed for _, deed in reversed(page)]


def notice(panel: Seen) -> str:
    """What the panel says that the last press did."""
    return panel.text.splitlines()[2]


def section(panel: Seen, title: str) -> str:
    """What stands in one frame of the panel, under its title."""
    return panel.text.partition(f"**{title}**\n")[2].partition("\n**")[0]
