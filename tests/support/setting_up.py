"""The panel of /setup as a moderator uses it, and a server in which things can go wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import discord
import simcord

from bot.storage.audit import Deed, log_page
from bot.storage.database import Database
from bot.storage.guilds import GuildRecord
from tests.support.community import Community, Seen, seen

CHANNEL, ROLE = "setup:channel:review_channel_id", "setup:role:{}_role_id"


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


async def setup(community: Community, actor: simcord.MemberActor) -> Seen:
    return seen(await actor.slash(community.general, "setup"))


async def choose_channel(actor: simcord.MemberActor, panel: Seen, channel: simcord.ChannelHandle) -> Seen:
    return seen(await actor.select(panel.message, [channel], custom_id=CHANNEL))


async def choose_role(actor: simcord.MemberActor, panel: Seen, which: str, role: simcord.RoleHandle) -> Seen:
    """`which` is moderator or supporter."""
    return seen(await actor.select(panel.message, [role], custom_id=ROLE.format(which)))


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
