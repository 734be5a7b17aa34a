"""Complaint 15: submissions sit unreviewed, authors hear nothing, and nobody can tell who decided."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.cards.review import remind
from tests.support.community import Community, press, seen
from tests.support.moderating import because, keeper, moderators_channel, opened, pledges, review_first
from tests.support.pledges import WORDS, mine, pledge, quoted, wall
from tests.support.reporting import posts

pytestmark = pytest.mark.usefixtures("env")

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


def stamp(at: datetime) -> str:
    """As Discord shows it to each reader: 'two days ago'."""
    return f"<t:{int(at.timestamp())}:R>"


async def test_nothing_sits_unreviewed_unseen_and_whoever_decides_leaves_a_trace(community: Community) -> None:
    grace, mo = keeper(community), keeper(community, "mo")
    channel = await moderators_channel(community, grace, mo)
    await review_first(community)

    # It arrives, and its author knows that it waits.
    community.set_clock(MONDAY)
    thanks = await pledge(community.amina, community.general, words=WORDS, wall=True)
    assert "look at it before everybody can read it" in thanks.text
    [card] = posts(channel)
    assert f"queued {stamp(MONDAY)}" in card.text, "its age stands on it"

    # Nobody looks. The queue says for how long, and moderators are reminded, once a day.
    wednesday = MONDAY + timedelta(days=2)
    community.set_clock(wednesday)
    assert f"**1** pledge waits for a moderator; it came {stamp(MONDAY)}." in (await pledges(community, grace)).text
    await remind(community.bot)
    await remind(community.bot)
    reminders = posts(channel)[1:]
    assert [f"it came {stamp(MONDAY)}" in reminder.text for reminder in reminders] == [True]

    # Two moderators take it up. One decides, with a reason; the other learns of it.
    same = await opened(community, mo, show="w")
    await because(grace, card, "Hide it", own="", ready="private")
    late = seen(await press(mo, same, "Show it"))
    assert f"<@{grace.id}> hid it {stamp(wednesday)}" in late.text
    assert f"<@{grace.id}> hid it {stamp(wednesday)}" in posts(channel)[0].text

    # The author is told kindly, with the reason, and what can be done.
    told = await mine(community)
    assert "It still counts. Their reason: It tells something private about somebody." in told.text
    assert "You can edit it, and they will look at it again." in told.text

    # And so it goes: changed, looked at by the other, on the wall. The log has it all.
    form = await press(community.amina, told, "Edit")
    await community.amina.submit_modal(form, {"words": "I will listen to everybody.", "wall": True})
    await press(mo, await opened(community, mo, show="w"), "Show it")
    assert quoted(await wall(community)) == ["I will listen to everybody."]
    log = seen(await mo.slash(community.general, "moderate log")).text.splitlines()
    assert log[1].startswith(f"{stamp(wednesday)} · <@{mo.id}> looked at a pledge of <@{community.amina.id}>")
    assert log[2].startswith(f"{stamp(wednesday)} · <@{grace.id}> hid a pledge of <@{community.amina.id}>: It tells")
