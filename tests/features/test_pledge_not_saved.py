"""A pledge when the database can't take it: nothing is half saved, and nothing that was written is lost."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy.engine import make_url

from tests.support.community import Community, press, seen
from tests.support.pledges import (
    WORDS,
    filled_in,
    form_of,
    in_a_hurry,
    mine,
    miscounted,
    pledge,
    quoted,
    send,
    stats,
    trouble,
    wall,
)

pytestmark = pytest.mark.usefixtures("env")


NOT_SAVED = "This was not saved: my memory has a problem that I can't mend myself. Nothing you had before is lost."


async def test_on_a_full_disk_nothing_is_half_saved_and_a_second_try_works_once_there_is_room(
    community: Community,
) -> None:
    community.expects_errors = True
    long = "我会在家里做一半的家务。" * 20
    with in_a_hurry(), trouble(community, "max_page_count=1", "max_page_count=1000000"):  # no page more than there are
        for number in range(10):
            answer = await pledge(community.amina, community.general, words=f"{number} {long}", country="Kenya")
            if "was not saved" in answer.text:
                break
    assert NOT_SAVED in answer.text
    assert answer.is_private
    assert f"{number} {long}" in answer.text, "the words are given back"
    assert await miscounted(community) == []

    form = await form_of(community.amina, community.general)
    assert filled_in(form)["words"] == f"{number} {long}", "and wait in the form"
    assert (await send(community.amina, form)).title == "Your pledge counts. Thank you!"
    assert f"Your pledge 1 of {number + 1}" in (await mine(community)).text
    assert await miscounted(community) == []


async def test_when_nothing_can_be_written_everything_stays_as_it_was(community: Community) -> None:
    community.expects_errors = True
    answer = await pledge(community.amina, community.general, words=WORDS, country="Zamb", wall=True)
    form = await press(community.amina, await mine(community), "Edit")
    asked = seen(await press(community.amina, await mine(community), "Withdraw"))
    before = (await stats(community)).text
    with trouble(community, "query_only=ON", "query_only=OFF"):
        said = [
            await send(community.amina, form, words="I will listen twice."),
            seen(await press(community.amina, asked, "Yes, withdraw it")),
            seen(await press(community.amina, answer, "Zambia")),
            seen(await press(community.amina, await mine(community), "Take off the wall")),
            await pledge(community.joseph, community.general, words=WORDS),
        ]

    assert all(NOT_SAVED in card.text and card.is_private for card in said)
    assert "I will listen twice." in said[0].text
    assert WORDS in said[-1].text
    assert quoted(await wall(community)) == [WORDS], "what was there can still be read"
    assert (await stats(community)).text == before
    assert (await pledge(community.joseph, community.general)).title == "Your pledge counts. Thank you!"


async def test_while_another_holds_the_database_the_member_is_told_to_try_again(community: Community) -> None:
    community.expects_errors = True
    await pledge(community.joseph, community.general, words=WORDS)
    with locked(community), trouble(community, "busy_timeout=1300", "busy_timeout=5000"):  # a test need not wait 5 s
        answer = await pledge(community.amina, community.general, words=WORDS, wall=True)

    assert "This was not saved: my memory is busy with something else. Please try again in a minute." in answer.text
    assert WORDS in answer.text
    assert answer.is_private
    again = await form_of(community.amina, community.general)
    assert filled_in(again) | {"country": ""} == {"action": None, "words": WORDS, "country": "", "wall": True}
    assert (await send(community.amina, again)).title == "Your pledge counts. Thank you!"
    assert quoted(await wall(community)) == [WORDS]


@contextmanager
def locked(community: Community) -> Iterator[None]:
    """Somebody else, a back-up say, writes to the database and does not finish."""
    path = make_url(community.bot.settings.database_url).database
    assert path
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()
