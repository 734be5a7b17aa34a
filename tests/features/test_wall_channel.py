"""The wall channel: each new public pledge once, as it is now, and gone when it is no longer to be seen."""

from pathlib import Path
from typing import Any

import pytest
import simcord
from sqlalchemy.engine import make_url

from bot.storage.tables import DROPPED
from tests.support.announcing import Announcing
from tests.support.community import IN_ENGLISH, Community, Seen, press, seen
from tests.support.pledges import WORDS, custom_id, in_a_hurry, mine, newcomer, pledge, quoted, send
from tests.support.reporting import options, report

pytestmark = pytest.mark.usefixtures("env")

CANARY = "I will sing like a canary."
WHY = "It names a neighbour."


class Wall(Announcing):
    """A server with a wall channel."""

    async def choose_channel(self) -> None:
        self.channel = self.community.guild.create_text_channel("wall")
        await self.choose("wall_channel_id", self.channel.id)

    async def shown(self) -> list[list[str]]:
        """The pledges of each message, oldest message first."""
        await self.passes(1)
        return [quoted(post) for post in self.posts()]

    async def hide(self, pledge_id: int) -> None:
        moderation = self.community.bot.services.moderation
        await moderation.hide(self.community.guild.id, self.community.joseph.id, pledge_id, WHY)

    async def restore(self, pledge_id: int) -> None:
        moderation = self.community.bot.services.moderation
        await moderation.restore(self.community.guild.id, self.community.joseph.id, pledge_id)

    def ids(self) -> list[int]:
        return [id for (id,) in self.rows("SELECT id FROM pledge ORDER BY id")]


@pytest.fixture
async def channel(community: Community) -> Wall:
    chosen = Wall(community)
    await chosen.choose_channel()
    return chosen


async def pledged(community: Community, actor: simcord.MemberActor, words: str, **filled: Any) -> Seen:
    return await pledge(actor, community.general, words=words, wall=True, **filled)


async def test_a_public_pledge_is_posted_once_for_all_to_read(community: Community, channel: Wall) -> None:
    await pledged(community, community.amina, WORDS, country="Kenya")
    await channel.passes(3600)

    [post] = channel.posts()
    assert post.title == "A new pledge"
    assert quoted(post) == [WORDS]
    assert f"<@{community.amina.id}> · Kenya · <t:" in post.text
    assert post.buttons == ("Make a pledge", "More", "Report")
    [key] = [key for (key,) in channel.rows("SELECT key FROM announcement WHERE kind = 'wall'")]
    assert custom_id(post, "More") == f"post:{key}"
    [sent] = [body for body in community.sent() if body and "nonce" in body]
    assert sent["allowed_mentions"] == {"parse": []}
    assert community.faults() == []


async def test_a_private_pledge_is_not(community: Community, channel: Wall) -> None:
    await pledge(community.amina, community.general, words=WORDS)
    assert await channel.shown() == []


async def test_what_was_public_before_stays_where_it_is(community: Community) -> None:
    await pledged(community, community.amina, WORDS)
    channel = Wall(community)
    await channel.choose_channel()
    await pledged(community, community.joseph, "I will stay.")
    assert await channel.shown() == [["I will stay."]]


async def test_another_channel_gets_what_comes_and_the_first_keeps_and_edits_its_own(
    community: Community, channel: Wall
) -> None:
    await pledged(community, community.amina, WORDS)
    await channel.passes(1)
    first = channel.channel
    await channel.choose_channel()
    await pledged(community, community.joseph, "I will stay.")
    await edit(community, "I will listen, too.")

    assert await channel.shown() == [["I will stay."]]
    assert [quoted(post) for post in channel.posts(first)] == [["I will listen, too."]]


async def edit(community: Community, words: str) -> None:
    """Amina changes her one pledge."""
    form = await press(community.amina, await mine(community), "Edit")
    await send(community.amina, form, words=words)


async def test_it_is_edited_with_the_pledge_in_the_same_message(community: Community, channel: Wall) -> None:
    await pledged(community, community.amina, WORDS)
    await channel.passes(1)
    [before] = channel.posts()
    await edit(community, "I will listen, too.")

    assert await channel.shown() == [["I will listen, too."]]
    assert channel.posts()[0].message.id == before.message.id
    assert community.faults() == []


async def test_it_goes_with_the_pledge_that_is_withdrawn(community: Community, channel: Wall) -> None:
    await pledged(community, community.amina, WORDS)
    await channel.passes(1)
    await press(
        community.amina, seen(await press(community.amina, await mine(community), "Withdraw")), "Yes, withdraw it"
    )
    assert await channel.shown() == []
    assert channel.states() == [(DROPPED, "nothing_left")]


async def test_it_goes_when_moderators_hide_it_and_comes_back_when_they_restore_it(
    community: Community, channel: Wall
) -> None:
    await pledged(community, community.amina, WORDS)
    await channel.passes(1)
    [id] = channel.ids()
    await channel.hide(id)
    assert await channel.shown() == []
    await channel.restore(id)
    assert await channel.shown() == [[WORDS]]


async def test_it_goes_when_three_have_reported_it(community: Community, channel: Wall) -> None:
    await pledged(community, community.amina, WORDS)
    await channel.passes(1)
    for name in ("one", "two", "three"):
        member = newcomer(community, name)
        await report(member, channel.posts()[0])
    assert await channel.shown() == []


async def test_it_can_be_reported_where_it_stands(community: Community, channel: Wall) -> None:
    await pledged(community, community.amina, WORDS)
    await channel.passes(1)
    which = seen(await press(community.joseph, channel.posts()[0], "Report"))
    assert len(options(which)) == 1
    assert WORDS in which.text


async def test_more_shows_the_wall_and_a_pledge_can_be_made_from_there(community: Community, channel: Wall) -> None:
    await pledged(community, community.amina, WORDS)
    await channel.passes(1)
    await community.restart()
    [post] = channel.posts()
    more = seen(await press(community.joseph, post, "More"))
    assert more.is_private
    assert (more.title, quoted(more)) == ("The pledge wall", [WORDS])
    assert seen(await press(community.joseph, post, "Make a pledge")).is_private


async def test_erased_it_is_gone_from_the_channel_and_from_every_file(community: Community, channel: Wall) -> None:
    await pledged(community, community.amina, CANARY)
    await channel.passes(1)
    await erase(community)

    assert await channel.shown() == []
    path = Path(str(make_url(community.bot.settings.database_url).database))
    assert [file.name for file in path.parent.iterdir() if CANARY.encode() in file.read_bytes()] == []


async def erase(community: Community) -> None:
    question = seen(await community.amina.slash(community.general, "privacy erase"))
    await press(community.amina, question, "Yes, erase everything")


async def test_erased_while_discord_does_not_answer_it_goes_after_a_restart(
    community: Community, channel: Wall
) -> None:
    await pledged(community, community.amina, CANARY)
    await channel.passes(1)
    [post] = channel.posts()
    where = f"/channels/{channel.channel.id}/messages/{post.message.id}"
    community.env.inject_error("DELETE", where, status=503, times=None)
    await erase(community)
    assert await channel.shown() == [[CANARY]]

    community.env.backend.faults.clear()
    await community.restart()
    await channel.passes(180)
    assert await channel.shown() == []


async def test_an_edit_that_is_refused_is_tried_again_and_stops_nobody(community: Community, channel: Wall) -> None:
    await pledged(community, community.amina, WORDS)
    await channel.passes(1)
    [post] = channel.posts()
    where = f"/channels/{channel.channel.id}/messages/{post.message.id}"
    community.env.inject_error("PATCH", where, status=403, code=50001)
    await edit(community, "I will listen, too.")
    await pledged(community, community.joseph, "I will stay.")
    assert await channel.shown() == [[WORDS], ["I will stay."]]

    await channel.passes(61)
    assert await channel.shown() == [["I will listen, too."], ["I will stay."]]


async def test_a_message_that_somebody_deleted_is_not_posted_again(community: Community, channel: Wall) -> None:
    await pledged(community, community.amina, WORDS)
    await channel.passes(1)
    [post] = channel.posts()
    community.env.backend.delete_message(channel.channel.id, post.message.id)
    await edit(community, "I will listen, too.")

    assert await channel.shown() == []
    assert channel.states() == [(DROPPED, "removed")]


async def test_with_the_channel_its_posts_are_gone_and_no_request_is_wasted(
    community: Community, channel: Wall
) -> None:
    await pledged(community, community.amina, WORDS)
    await channel.passes(1)
    community.env.backend.delete_channel(channel.channel.id)
    await channel.passes(1)
    before = len(community.env.http_requests)
    await edit(community, "I will listen, too.")
    await channel.passes(1)
    assert channel.states() == [(DROPPED, "removed")]
    assert [one.path for one in community.env.http_requests[before:] if "/messages/" in one.path] == []


async def test_more_than_six_in_an_hour_are_gathered_in_one_post(community: Community, channel: Wall) -> None:
    with in_a_hurry():
        for number in range(21):
            await pledged(community, newcomer(community, f"person{number}"), f"I will do good thing № {number}.")
    assert await channel.shown() == [[f"I will do good thing № {number}."] for number in range(6)]

    await channel.passes(3700)
    last = channel.posts()[-1]
    assert last.title == "15 new pledges"
    assert quoted(last) == [f"I will do good thing № {number}." for number in range(6, 16)]
    assert "And 5 more: </pledge wall:" in last.text
    assert last.text.endswith("shows them all.")
    assert len(channel.posts()) == 7
    assert community.faults() == []


@IN_ENGLISH
async def test_the_longest_pledges_fit_as_many_as_there_is_room_for(community: Community, channel: Wall) -> None:
    with in_a_hurry():
        for number in range(16):
            words = f"{number}: " + "*_~`|" * 59
            await pledged(community, newcomer(community, f"person{number}"), words)
    await channel.passes(3700)
    last = channel.posts()[-1]
    assert 3 <= len(quoted(last)) < 10
    assert f"And {10 - len(quoted(last))} more" in last.text
    assert community.faults() == []


async def test_without_such_a_channel_a_pledge_wakes_nobody(
    community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(community.bot.services.clock, "wake", lambda: woken.append("woken"))
    await pledged(community, community.amina, WORDS)
    assert woken == []


async def test_a_pledge_made_in_direct_messages_is_posted_nowhere(community: Community, channel: Wall) -> None:
    await pledge(community.amina_user, words=WORDS)
    assert await channel.shown() == []


@IN_ENGLISH
async def test_links_can_be_pressed_where_the_server_allows_them(community: Community, channel: Wall) -> None:
    await channel.choose("allows_links", True)
    await pledged(community, community.amina, "I will read https://heforshe.org/en every day.")
    assert await channel.shown() == [["I will read <https://heforshe.org/en> every day."]]
