"""/commitments, as members use it."""

from datetime import UTC, datetime

import pytest

from tests.support.community import Community, press, seen

pytestmark = pytest.mark.usefixtures("env")


async def test_a_commitment_tells_who_promised_what_when_and_by_when(community: Community) -> None:
    card = seen(await community.amina.slash(community.general, "commitments", who="Iceland"))

    assert card.title == "Iceland"
    assert "**Promised:** June" in card.text
    assert "Source: [" in card.text
    assert "1 of 3" in card.text
    assert not card.is_private


async def test_all_are_read_in_the_order_in_which_they_were_made(community: Community) -> None:
    promised = [c.promised.year for c in community.bot.services.commitments.by("")]
    assert promised == sorted(promised)

    card = seen(await community.amina.slash(community.general, "commitments"))
    assert f"1 of {len(promised)}" in card.text
    assert "Previous" not in card.buttons
    await community.restart()
    card = seen(await press(community.amina, card, "Next"))
    assert f"2 of {len(promised)}" in card.text
    assert card.buttons[:2] == ("Previous", "Next")


async def test_past_a_deadline_nothing_is_said_of_the_outcome(community: Community) -> None:
    card = seen(await community.amina.slash(community.general, "commitments", who="Romania"))

    assert "**Was to be reached by:** 2020" in card.text
    for word in ("missed", "kept", "achieved", "failed", "done"):
        assert word not in card.text.lower()


async def test_before_the_deadline_it_is_still_to_be_reached(community: Community) -> None:
    start = datetime(2020, 12, 31, 12, tzinfo=UTC)
    community.set_clock(start)
    card = seen(await community.amina.slash(community.general, "commitments", who="Romania"))

    assert "**To be reached by:** 2020" in card.text


async def test_a_deadline_without_a_day_is_told_as_it_was_promised(community: Community) -> None:
    card = seen(await community.amina.slash(community.general, "commitments", who="Ghana"))

    assert "**Deadline, as promised:** 2018" in card.text


async def test_what_sources_say_differently_stands_behind_a_button(community: Community) -> None:
    card = seen(await community.amina.slash(community.general, "commitments", who="Ghana"))
    answer = seen(await press(community.joseph, card, "How sure is this?"))

    commitment = community.bot.services.commitments.by("Ghana")[0]
    assert commitment.note is not None
    assert commitment.note in answer.text.replace("\\", "")
    assert answer.is_private


@pytest.mark.parametrize("typed", ["swedn", "Koc holding", "universities"])
async def test_makers_are_found_with_typing_errors_and_by_kind(community: Community, typed: str) -> None:
    card = seen(await community.amina.slash(community.general, "commitments", who=typed))

    assert not card.is_private
    assert "**Promised:**" in card.text


async def test_every_maker_that_the_list_offers_is_found(community: Community) -> None:
    for maker in community.bot.services.commitments.makers:
        offered = await community.amina.autocomplete(community.general, "commitments", "who", maker[:30])
        chosen = next(choice for choice in offered if choice["name"] == maker)
        assert maker in {commitment.who for commitment in community.bot.services.commitments.by(chosen["value"])}


@pytest.mark.parametrize("typed", ["Atlantis", "🙂", "\u202e"])
async def test_an_unknown_maker_is_answered_with_what_to_do(community: Community, typed: str) -> None:
    card = seen(await community.amina.slash(community.general, "commitments", who=typed))

    assert card.is_private
    assert "I know of no commitment by" in card.text
