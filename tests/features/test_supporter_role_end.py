"""The supporter role goes with the last pledge there, when its holder no longer wants it, and when all is erased."""

import pytest
import simcord

from bot.cards.supporter_role import drop_role_if_last
from bot.services.pledges import Draft
from bot.services.supporter_roles import NoPledgeHere
from tests.support.community import IN_BOTH, Community, press, seen
from tests.support.pledges import WORDS, mine, newcomer, pledge, post
from tests.support.setting_up import (
    change,
    choose_role,
    lift,
    moderator,
    notice,
    section,
    setup,
    without_manage_roles,
)
from tests.support.supporters import NO_MORE, YES, holds, offering, said_yes, supporter, withdrawn

pytestmark = pytest.mark.usefixtures("env")


@IN_BOTH
async def test_the_role_goes_with_the_last_pledge_and_not_before(community: Community) -> None:
    role = await offering(community)
    await supporter(community, community.amina)
    await pledge(community.amina, community.general, words="I will do another good thing.")

    first = await withdrawn(community.amina, await mine(community))
    assert "supporter role" not in first.text
    assert holds(community, community.amina, role)
    last = await withdrawn(community.amina, await mine(community))

    assert "It was your last one there, so the supporter role goes with it." in last.text
    assert not holds(community, community.amina, role)
    assert not await said_yes(community, community.amina)


async def test_withdrawn_from_direct_messages_it_goes_too(community: Community) -> None:
    role = await offering(community)
    await supporter(community, community.amina)

    last = await withdrawn(community.amina_user, seen(await community.amina_user.slash("pledge mine")))

    assert "the supporter role goes with it" in last.text
    assert not holds(community, community.amina, role)


async def test_pledges_elsewhere_do_not_keep_it(community: Community) -> None:
    role = await offering(community)
    await pledge(community.amina_user, words="I will do this for the campaign.")
    await supporter(community, community.amina)

    await withdrawn(community.amina, await mine(community))

    assert not holds(community, community.amina, role)


async def test_a_role_from_a_moderators_hand_stays_when_the_last_pledge_goes(community: Community) -> None:
    role = await offering(community)
    community.env.backend.add_member_role(community.guild.id, community.amina.id, role.id)
    await pledge(community.amina, community.general, words=WORDS)
    own = await mine(community)
    assert NO_MORE not in own.buttons

    await withdrawn(community.amina, own)

    assert holds(community, community.amina, role)
    answer = seen(await community.amina.click(await post(community, "role:no"), custom_id="role:no"))
    assert answer.text == "I gave you no role in this server, so there is none that I could take off you."


async def test_it_can_be_given_back_while_the_pledges_stay(community: Community) -> None:
    role = await offering(community)
    await supporter(community, community.amina)

    answer = seen(await press(community.amina, await mine(community), NO_MORE))

    assert answer.text == "The supporter role is off. Your pledges stay, and count as before."
    assert not holds(community, community.amina, role)
    assert not await said_yes(community, community.amina)
    assert WORDS in (await mine(community)).text


async def test_the_card_that_gives_it_can_take_it_off_again(community: Community) -> None:
    role = await offering(community)

    await press(community.amina, await supporter(community, community.amina), "Take it off again")

    assert not holds(community, community.amina, role)


async def test_who_left_the_server_is_quietly_done(community: Community) -> None:
    await offering(community)
    await supporter(community, community.amina)
    community.guild.remove_member(community.amina)

    last = await withdrawn(community.amina_user, seen(await community.amina_user.slash("pledge mine")))

    assert "Your pledge is withdrawn" in last.text
    assert "could not" not in last.text
    assert not await said_yes(community, community.amina)


async def test_where_the_bot_may_not_take_it_off_all_are_told_and_moderators_finish_it(community: Community) -> None:
    role = await offering(community)
    joy = moderator(community, "joy")
    await supporter(community, community.amina)
    usual = community.env.backend.get_role(community.guild.id, role.id).position
    lift(community, role)

    last = await withdrawn(community.amina, await mine(community))
    assert "I could not take the supporter role off you; please ask a moderator to." in last.text
    assert NO_MORE in (await mine(community)).buttons, "nor is it forgotten"
    panel = await setup(community, joy)
    assert "must stand below my own role" in section(panel, "Supporter role")
    assert "Somebody has no pledge here any more and still has the supporter role" in panel.text
    assert f"({role.mention}): I could not take it off them." in panel.text
    panel = seen(await press(joy, panel, "Try again"))
    assert notice(panel).startswith("Discord still does not let me.")

    change(community, role.id, position=usual)
    panel = seen(await press(joy, panel, "Try again"))

    assert notice(panel) == "Nobody has the supporter role any more whose last pledge is gone."
    assert "Try again" not in panel.buttons
    assert not holds(community, community.amina, role)
    assert not await said_yes(community, community.amina)


async def test_many_who_are_left_over_are_done_in_portions(community: Community) -> None:
    role = await offering(community)
    joy = moderator(community, "joy")
    people = [newcomer(community, f"person{number}") for number in range(25)]
    await leave_over(community, people, role)

    panel = seen(await press(joy, await setup(community, joy), "Try again"))
    assert notice(panel) == "It is off some of them. Press again for the others."
    assert sum(holds(community, person, role) for person in people) == 5
    panel = seen(await press(joy, panel, "Try again"))

    assert notice(panel) == "Nobody has the supporter role any more whose last pledge is gone."
    assert not any(holds(community, person, role) for person in people)


async def test_it_is_taken_off_once_the_pledges_are_gone_and_not_twice(community: Community) -> None:
    role = await offering(community)
    await supporter(community, community.amina)
    pledges = community.bot.services.pledges
    here, amina = community.guild.id, community.amina.id
    assert await drop_role_if_last(community.bot, here, amina) == "kept"
    assert holds(community, community.amina, role)
    for one in await pledges.own(amina, None):
        await pledges.withdraw(one.id, amina)

    assert await drop_role_if_last(community.bot, here, amina) == "gone"

    assert not holds(community, community.amina, role)
    assert await drop_role_if_last(community.bot, here, amina) == "nothing"


async def test_where_the_server_is_gone_the_yes_is_forgotten_all_the_same(community: Community) -> None:
    await offering(community)
    roles = community.bot.services.supporter_roles
    elsewhere = community.env.create_guild("Second")
    channel = elsewhere.create_text_channel("talk")
    await pledge(elsewhere.add_member(community.amina_user), channel, words=WORDS)
    await roles.accept(elsewhere.id, community.amina.id, 9001)
    [one] = await community.bot.services.pledges.own(community.amina.id, elsewhere.id)
    await community.bot.services.pledges.withdraw(one.id, community.amina.id)
    community.env.backend.remove_guild(elsewhere.id)

    assert await drop_role_if_last(community.bot, elsewhere.id, community.amina.id) == "nothing"

    assert await roles.held(elsewhere.id, community.amina.id) is None


# After the server has chosen another role, or none.


async def cleared_or_switched(community: Community, what: str) -> simcord.RoleHandle | None:
    """The role that is offered now."""
    joy = moderator(community, "joy")
    panel = await setup(community, joy)
    if what == "cleared":
        await press(joy, panel, "No supporter role")
        return None
    champions = community.guild.create_role("Champions")
    await choose_role(joy, panel, "supporter", champions)
    return champions


CHANGED = pytest.mark.parametrize("what", ["cleared", "switched"])


@CHANGED
async def test_the_role_that_was_given_goes_with_the_last_pledge_whatever_is_chosen_since(
    community: Community, what: str
) -> None:
    role = await offering(community)
    await supporter(community, community.amina)
    other = await cleared_or_switched(community, what)
    if other:
        community.env.backend.add_member_role(community.guild.id, community.amina.id, other.id)

    last = await withdrawn(community.amina, await mine(community))

    assert "the supporter role goes with it" in last.text
    assert not holds(community, community.amina, role)
    assert not await said_yes(community, community.amina)
    assert other is None or holds(community, community.amina, other), "that one is from a moderator's hand"


@CHANGED
async def test_it_can_be_given_back_whatever_is_chosen_since(community: Community, what: str) -> None:
    role = await offering(community)
    await supporter(community, community.amina)
    await cleared_or_switched(community, what)

    answer = seen(await press(community.amina, await mine(community), NO_MORE))

    assert answer.text == "The supporter role is off. Your pledges stay, and count as before."
    assert not holds(community, community.amina, role)
    assert NO_MORE not in (await mine(community)).buttons


@CHANGED
async def test_who_is_left_over_is_shown_and_done_whatever_is_chosen_since(community: Community, what: str) -> None:
    role = await offering(community)
    await supporter(community, community.amina)
    await cleared_or_switched(community, what)
    hana = moderator(community, "hana")
    with without_manage_roles(community):
        assert "could not take" in (await withdrawn(community.amina, await mine(community))).text
        panel = await setup(community, hana)
        assert f"still has the supporter role ({role.mention})" in panel.text
        assert f"I can't give or take {role.mention}: I lack “Manage Roles”." in section(panel, "Supporter role")

    panel = seen(await press(hana, panel, "Try again"))

    assert notice(panel) == "Nobody has the supporter role any more whose last pledge is gone."
    assert not holds(community, community.amina, role)
    assert "To be mended" not in panel.text


async def test_who_says_yes_to_the_new_role_loses_the_old_one(community: Community) -> None:
    role = await offering(community)
    await supporter(community, community.amina)
    champions = await cleared_or_switched(community, "switched")
    assert champions

    answer = seen(await press(community.amina, await mine(community), YES))

    assert answer.text.startswith(f"You have the role {champions.mention} now.")
    assert (holds(community, community.amina, role), holds(community, community.amina, champions)) == (False, True)
    await withdrawn(community.amina, await mine(community))
    assert not holds(community, community.amina, champions)


async def test_where_the_old_one_stays_the_new_one_does_not_come(community: Community) -> None:
    role = await offering(community)
    await supporter(community, community.amina)
    champions = await cleared_or_switched(community, "switched")
    assert champions
    lift(community, role)

    answer = seen(await press(community.amina, await mine(community), YES))

    assert answer.text.startswith("I can't give or take the role at the moment. Moderators see why in ")
    assert (holds(community, community.amina, role), holds(community, community.amina, champions)) == (True, False)
    panel = await setup(community, moderator(community, "hana"))
    assert f"I can't give or take {role.mention}: it must stand below" in section(panel, "Supporter role")


async def test_what_was_off_already_is_not_said_to_be_taken(community: Community) -> None:
    role = await offering(community)
    await supporter(community, community.amina)
    own = await mine(community)
    community.env.backend.remove_member_role(community.guild.id, community.amina.id, role.id)

    assert seen(await press(community.amina, own, NO_MORE)).text.startswith("The supporter role was off already.")
    await press(community.amina, await mine(community), YES)
    community.env.backend.delete_role(community.guild.id, role.id)
    last = await withdrawn(community.amina, await mine(community))

    assert "Your pledge is withdrawn" in last.text
    assert "role" not in last.text
    assert not await said_yes(community, community.amina)


async def test_a_yes_counts_in_its_own_server_only(community: Community) -> None:
    role = await offering(community)
    elsewhere = community.env.create_guild("Second")
    roles = community.bot.services.supporter_roles
    await supporter(community, community.amina)

    with pytest.raises(NoPledgeHere):
        await roles.accept(elsewhere.id, community.amina.id, role.id)
    assert await roles.held(elsewhere.id, community.amina.id) is None
    await roles.drop(elsewhere.id, community.amina.id, role.id)
    await roles.drop(community.guild.id, community.amina.id, elsewhere.create_role("Theirs").id)
    await leave_over(community, [community.joseph], role)

    assert await said_yes(community, community.amina)
    assert await roles.left_over(community.guild.id, 10) == [(community.joseph.id, role.id)]
    assert await roles.left_over(elsewhere.id, 10) == []


# What the tests need.


async def leave_over(community: Community, people: list[simcord.MemberActor], role: simcord.RoleHandle) -> None:
    """People who said yes, have the role, and no pledge any more."""
    services = community.bot.services
    for number, person in enumerate(people):
        draft = Draft("home", None, WORDS, "", is_public=False)
        made = await services.pledges.make(
            draft, id=number + 1, member_id=person.id, guild_id=community.guild.id, country=""
        )
        await services.supporter_roles.accept(community.guild.id, person.id, role.id)
        community.env.backend.add_member_role(community.guild.id, person.id, role.id)
        await services.pledges.withdraw(made.pledge.id, person.id)
