"""The supporter role: offered after a pledge, given only to who says yes."""

import discord
import pytest
import structlog

from bot.cards.supporter_role import drop_role_if_last
from bot.services.supporter_roles import MOST_YESES, SupporterRoles
from tests.support.community import IN_BOTH, Community, press, seen
from tests.support.pledges import WORDS, in_a_hurry, mine, own_app, pledge, post
from tests.support.setting_up import change, lift, moderator, notice, section, setup, without_manage_roles
from tests.support.supporters import YES, holds, offering, said_yes, supporter, withdrawn

pytestmark = pytest.mark.usefixtures("env")


# The question, and the yes.


@IN_BOTH
async def test_a_pledge_is_thanked_with_the_question_and_the_yes_gives_the_role(community: Community) -> None:
    role = await offering(community)

    thanks = await pledge(community.amina, community.general, words=WORDS)

    assert f"Would you like the role {role.mention}? Everybody here can see who has it." in thanks.text
    assert not holds(community, community.amina, role), "not before the yes"
    assert not await said_yes(community, community.amina)
    answer = seen(await press(community.amina, thanks, YES))
    assert answer.is_private
    assert answer.text.startswith(f"You have the role {role.mention} now.")
    assert answer.message.id != thanks.message.id, "the thanks stay"
    assert holds(community, community.amina, role)
    assert await said_yes(community, community.amina)
    [entry] = [entry for entry in community.guild.audit_log() if entry.target_id == community.amina.id]
    assert entry.reason


async def test_who_says_nothing_gets_no_role(community: Community) -> None:
    role = await offering(community)

    await pledge(community.amina, community.general, words=WORDS)
    await withdrawn(community.amina, await mine(community))

    assert not holds(community, community.amina, role)
    assert not [request for request in community.env.http_requests if "/roles/" in request.path]


async def test_who_has_the_role_is_not_asked_again(community: Community) -> None:
    await offering(community)
    await supporter(community, community.amina)

    thanks = await pledge(community.amina, community.general, words="I will do another good thing.")

    assert YES not in thanks.buttons
    assert "Would you like" not in thanks.text


async def test_a_server_without_a_supporter_role_offers_none(community: Community) -> None:
    assert YES not in (await pledge(community.amina, community.general, words=WORDS)).buttons


async def test_in_direct_messages_and_from_ones_own_app_there_is_no_role(community: Community) -> None:
    await offering(community)

    assert YES not in (await pledge(community.amina_user, words=WORDS)).buttons
    with own_app(community):
        assert YES not in (await pledge(community.joseph, community.general, words=WORDS)).buttons


async def test_who_did_not_answer_can_have_the_role_later(community: Community) -> None:
    role = await offering(community)
    await pledge(community.amina, community.general, words=WORDS)

    await press(community.amina, await mine(community), YES)

    assert holds(community, community.amina, role)


async def test_pressed_twice_it_is_given_once(community: Community) -> None:
    role = await offering(community)
    thanks = await pledge(community.amina, community.general, words=WORDS)

    await press(community.amina, thanks, YES)
    again = seen(await press(community.amina, thanks, YES))

    assert "You have the role" in again.text
    assert community.env.backend.get_member(community.guild.id, community.amina.id).role_ids == [role.id]


async def test_whoever_turns_it_on_and_off_without_end_is_slowed_down(community: Community) -> None:
    await offering(community)
    card = await pledge(community.amina, community.general, words=WORDS)
    with in_a_hurry():
        for _ in range(MOST_YESES):
            await press(community.amina, seen(await press(community.amina, card, YES)), "Take it off again")

    answer = seen(await press(community.amina, card, YES))

    assert answer.text.startswith("That was a lot in a short time.")
    assert YES in (await pledge(community.joseph, community.general, words=WORDS)).buttons, "nobody else is"


async def test_the_yes_works_after_a_restart(community: Community) -> None:
    role = await offering(community)
    thanks = await pledge(community.amina, community.general, words=WORDS)

    await community.restart()
    await press(community.amina, thanks, YES)

    assert holds(community, community.amina, role)


# What keeps it from being given.


async def test_without_a_pledge_in_force_there_is_no_role(community: Community) -> None:
    role = await offering(community)
    thanks = await pledge(community.amina, community.general, words=WORDS)
    await withdrawn(community.amina, await mine(community))

    answer = seen(await press(community.amina, thanks, YES))

    assert answer.text == "The role is for those who have a pledge in force here. Make one, and I offer it again."
    assert not holds(community, community.amina, role)
    assert not await said_yes(community, community.amina)
    forged = seen(await community.joseph.click(await post(community, "role:yes"), custom_id="role:yes"))
    assert forged.text == answer.text


async def test_a_role_that_was_chosen_no_longer_is_not_given(community: Community) -> None:
    role = await offering(community)
    thanks = await pledge(community.amina, community.general, words=WORDS)
    grace = moderator(community, "joy")
    panel = seen(await press(grace, await setup(community, grace), "No supporter role"))
    assert notice(panel) == (
        f"**Saved.** There is no supporter role now. I give {role.mention} to nobody any more. "
        "Whoever has it from me keeps it until their last pledge here goes."
    )

    answer = seen(await press(community.amina, thanks, YES))

    assert answer.text == "I give no role to supporters here, or no longer. Your pledges count all the same."


@pytest.mark.parametrize("what", ["above", "no right", "power"])
async def test_what_keeps_the_bot_from_giving_it_is_told_kindly_and_shown_to_moderators(
    community: Community, what: str
) -> None:
    role = await offering(community)
    thanks = await pledge(community.amina, community.general, words=WORDS)
    grace = moderator(community, "joy")

    def spoil() -> None:
        if what == "above":
            lift(community, role)
        elif what == "power":
            change(community, role.id, permissions=discord.Permissions(administrator=True).value)

    spoil()
    if what == "no right":
        with without_manage_roles(community):
            answer = seen(await press(community.amina, thanks, YES))
            panel = await setup(community, grace)
            later = await pledge(community.joseph, community.general, words=WORDS)
    else:
        answer = seen(await press(community.amina, thanks, YES))
        panel = await setup(community, grace)
        later = await pledge(community.joseph, community.general, words=WORDS)

    assert answer.is_private
    assert answer.text.startswith("I can't give or take the role at the moment. Moderators see why in ")
    assert "Your pledges count all the same." in answer.text
    assert not holds(community, community.amina, role)
    assert "**To be mended:**" in section(panel, "Supporter role")
    assert YES not in later.buttons, "what can't be given is not offered"


async def test_discords_own_refusal_is_told_kindly(community: Community) -> None:
    role = await offering(community)
    thanks = await pledge(community.amina, community.general, words=WORDS)
    community.env.inject_error("PUT", "/guilds/*/members/*/roles/*", status=403, code=50013, times=1)

    answer = seen(await press(community.amina, thanks, YES))

    assert answer.text.startswith("I can't give or take the role at the moment.")
    assert not holds(community, community.amina, role)
    await press(community.amina, thanks, YES)
    assert holds(community, community.amina, role), "the next try gives it"


# What is not the bot's to take.


async def test_who_has_it_from_a_moderators_hand_keeps_it_whatever_they_press(community: Community) -> None:
    role = await offering(community)
    thanks = await pledge(community.amina, community.general, words=WORDS)
    community.env.backend.add_member_role(community.guild.id, community.amina.id, role.id)

    answer = seen(await press(community.amina, thanks, YES))

    assert answer.text == "You have the role already, and not from me. So it stays, whatever becomes of your pledges."
    await withdrawn(community.amina, await mine(community))
    assert holds(community, community.amina, role)


async def test_who_has_it_from_a_moderators_hand_after_discord_refused_the_bot_keeps_it(community: Community) -> None:
    role = await offering(community)
    thanks = await pledge(community.amina, community.general, words=WORDS)
    community.env.inject_error("PUT", "/guilds/*/members/*/roles/*", status=403, code=50013, times=1)
    await press(community.amina, thanks, YES)
    community.env.backend.add_member_role(community.guild.id, community.amina.id, role.id)

    await withdrawn(community.amina, await mine(community))

    assert holds(community, community.amina, role)


# At the same time.


@pytest.mark.parametrize("how_far", ["pledge withdrawn", "role taken off and forgotten"])
async def test_a_role_that_comes_after_the_last_pledge_went_is_taken_off_again(
    community: Community, monkeypatch: pytest.MonkeyPatch, how_far: str
) -> None:
    """The yes is stored; then, before Discord gives the role, the pledge is withdrawn on another device."""
    role = await offering(community)
    thanks = await pledge(community.amina, community.general, words=WORDS)
    accept, here, amina = SupporterRoles.accept, community.guild.id, community.amina.id

    async def accept_late(roles: SupporterRoles, *of: int) -> bool:
        is_new = await accept(roles, *of)
        [one] = await community.bot.services.pledges.own(amina, here)
        await community.bot.services.pledges.withdraw(one.id, amina)
        if how_far != "pledge withdrawn":
            assert await drop_role_if_last(community.bot, here, amina) == "gone"
        return is_new

    monkeypatch.setattr(SupporterRoles, "accept", accept_late)
    answer = seen(await press(community.amina, thanks, YES))

    assert answer.text == "You withdrew your last pledge here meanwhile, or gave the role back. So it is off again."
    assert not holds(community, community.amina, role)
    assert not await said_yes(community, community.amina)


# Logs.


async def test_what_discord_refuses_is_logged_without_the_member(community: Community) -> None:
    await offering(community)
    thanks = await pledge(community.amina, community.general, words=WORDS)
    community.env.inject_error("PUT", "/guilds/*/members/*/roles/*", status=403, code=50013, times=1)

    with structlog.testing.capture_logs() as logs:
        await press(community.amina, thanks, YES)

    [entry] = [entry for entry in logs if entry["event"] == "the supporter role was not moved"]
    assert entry["guild"] == community.guild.id
    assert str(community.amina.id) not in str(entry)
