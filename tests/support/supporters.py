"""The supporter role as members have it: asked for, held, and given up."""

import simcord

from tests.support.community import Community, Seen, press, seen
from tests.support.pledges import WORDS, Actor, pledge
from tests.support.setting_up import choose_role, moderator, notice, setup

YES, NO_MORE = "Yes, give me the role", "Take the supporter role off me"


async def offering(community: Community) -> simcord.RoleHandle:
    """The server's supporter role, chosen in the panel."""
    grace = moderator(community)
    role = community.guild.create_role("Supporters")
    assert "**Saved.**" in notice(await choose_role(grace, await setup(community, grace), "supporter", role))
    return role


def holds(community: Community, actor: simcord.MemberActor, role: simcord.RoleHandle) -> bool:
    return role.id in community.env.backend.get_member(community.guild.id, actor.id).role_ids


async def said_yes(community: Community, actor: simcord.MemberActor) -> bool:
    return await community.bot.services.supporter_roles.held(community.guild.id, actor.id) is not None


async def supporter(community: Community, actor: simcord.MemberActor) -> Seen:
    """Somebody with a pledge and the role."""
    return seen(await press(actor, await pledge(actor, community.general, words=WORDS), YES))


async def withdrawn(actor: Actor, own: Seen) -> Seen:
    """The answer after somebody withdrew the pledge on the card."""
    return seen(await press(actor, seen(await press(actor, own, "Withdraw")), "Yes, withdraw it"))
