"""/moderate pledges, of one member: all of theirs hidden at once, blocked, unblocked; and who can't be blocked."""

import pytest

from bot.storage.tables import HIDDEN
from tests.support.community import Community, press, seen
from tests.support.moderating import because, furnish, give, keeper, one_pledge, opened, pledges, states
from tests.support.pledges import WORDS, miscounted, newcomer, pledge, post, quoted, slash, wall
from tests.support.setting_up import deeds

pytestmark = pytest.mark.usefixtures("env")


async def test_all_of_a_member_is_hidden_and_nothing_of_others(community: Community) -> None:
    grace = keeper(community)
    everything = await furnish(community, 4)
    await pledge(community.amina, community.general, words="I will do this quietly.")

    done = await because(grace, await opened(community, grace, 2), "Hide all of this member")

    assert done.text.startswith("2 pledges are hidden.")
    assert f"Of <@{community.amina.id}>, who is not blocked." in done.text
    assert quoted(await wall(community)) == [everything[0], everything[2]]
    assert await states(community) == {everything[1]: HIDDEN, everything[3]: HIDDEN}
    again = await because(grace, done, "Hide all of this member")
    assert again.text.startswith("There was nothing to hide.")
    assert await miscounted(community) == []


async def test_a_block_hides_all_and_lets_nothing_new_in_until_it_ends(community: Community) -> None:
    grace = keeper(community)
    card = await one_pledge(community, grace)

    blocked = await because(grace, card, "Block this member")

    whom = f"<@{community.amina.id}>"
    assert blocked.text.startswith(f"{whom} is blocked: no pledges and no reports here. 1 pledge is hidden.")
    assert f"<@{grace.id}> blocked {whom} <t:" in blocked.text
    assert quoted(await wall(community)) == []
    refused = seen(await slash(community.amina, community.general, "pledge make", theme="home"))
    assert "don't take pledges from you" in refused.text
    freed = seen(await press(grace, blocked, "Unblock this member"))
    assert freed.text.startswith(f"{whom} can take part again. What was hidden stays so")
    assert "counts" in (await pledge(community.amina, community.general, words="I will do even more.", wall=True)).text
    assert quoted(await wall(community)) == [], "moderators look at it first, as what they said last was to hide"
    await press(grace, await opened(community, grace, show="w"), "Show it")
    assert quoted(await wall(community)) == ["I will do even more."]
    assert [deed.action for deed in await deeds(community)] == ["block", "hide", "unblock", "approve"]
    assert await miscounted(community) == []


async def test_a_member_without_pledges_can_be_blocked_and_unblocked(community: Community) -> None:
    grace, quiet = keeper(community), newcomer(community, "quiet")

    card = await pledges(community, grace, member=quiet)
    assert card.buttons == ("What waits", "What is hidden", "Hide all of this member", "Block this member")
    form = await press(grace, card, "Block this member")
    blocked = await because(grace, card, "Block this member")
    assert "There are no public pledges here." in blocked.text
    assert (await give(grace, form)).text.startswith(f"<@{quiet.id}> was blocked before.")
    anew = await pledges(community, grace, member=quiet)
    assert anew.buttons[-1] == "Unblock this member"
    await press(grace, anew, "Unblock this member")
    again = seen(await press(grace, blocked, "Unblock this member"))
    assert again.text.startswith(f"<@{quiet.id}> was not blocked.")
    assert [deed.action for deed in await deeds(community)] == ["block", "unblock"]


async def test_who_has_left_is_blocked_against_coming_back(community: Community) -> None:
    grace = keeper(community)
    user = community.env.create_user("gone")
    gone = community.guild.add_member(user)
    await pledge(gone, community.general, words=WORDS, wall=True)
    community.guild.remove_member(gone)

    await because(grace, await pledges(community, grace, member=user), "Block this member")

    assert quoted(await wall(community)) == []
    back = community.guild.add_member(user)
    refused = seen(await slash(back, community.general, "pledge make", theme="home"))
    assert "don't take pledges from you" in refused.text


async def test_nobody_blocks_themselves_the_bot_or_another_moderator(community: Community) -> None:
    grace, mo = keeper(community), keeper(community, "mo")
    role = community.guild.create_role("Helpers")
    helper = community.guild.add_member(community.env.create_user("helper"), roles=[role])
    await community.bot.services.guilds.choose(community.guild.id, grace.id, "moderator_role_id", role.id)
    me = community.bot.user
    assert me is not None

    own = await pledges(community, grace, member=grace)
    assert "You can't block yourself." in seen(await press(grace, own, "Block this member")).text
    button = f"mod:b:{me.id}:a::"
    answer = seen(await grace.click(await post(community, button), custom_id=button))
    assert answer.text == "That is me. I make no pledges, so there is nothing to block."
    for colleague in (mo, helper):
        refused = await because(grace, await pledges(community, grace, member=colleague), "Block this member")
        assert refused.text.startswith(f"<@{colleague.id}> looks after this server, too.")
    assert "You can't block" not in (await pledges(community, grace, member=mo)).text
    assert [deed for deed in await deeds(community) if deed.action == "block"] == []


async def test_when_discord_does_not_tell_who_somebody_is_nobody_is_blocked(community: Community) -> None:
    grace = keeper(community)
    card = await pledges(community, grace, member=community.amina)
    community.env.inject_error("GET", "/guilds/*/members/*", status=503, code=0, times=1)

    answer = await because(grace, card, "Block this member")

    assert answer.text.startswith("Discord does not tell me who this is just now.")
    assert await deeds(community) == []
