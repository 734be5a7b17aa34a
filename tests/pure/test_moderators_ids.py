"""What moderators press carries where they came from: the longest of it fits, and comes back as it was."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.cards.buttons import BUTTONS, FORMS
from bot.cards.moderate_asks import AskBlock, AskHide, AskHideAll
from bot.cards.moderate_forms import BlockSent, HideAllSent, HideSent
from bot.cards.moderate_pledges import READ, PickPledge, ShowPledge, TurnPledges, Unblock
from bot.cards.moderate_where import Where
from bot.cards.reasons import LONGEST_OWN, READY
from bot.services.moderation import LONGEST_REASON, LONGEST_SEARCH

LONGEST_ID = "8" + "9" * 18
MOST = 100  # Discord's limit for a custom_id

CHARACTERS = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")) | st.sampled_from("😀🧑𐍈")
WORDS = st.text(CHARACTERS, max_size=LONGEST_SEARCH).filter(lambda text: units(text) <= LONGEST_SEARCH)
WHERE = st.builds(Where, st.sampled_from("awh"), st.sampled_from(["", "0", "5", LONGEST_ID]), WORDS)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def made(where: Where) -> list[Any]:
    """Each of the buttons and menus, with the longest of everything."""
    return [
        AskHide("1", LONGEST_ID, *where.parts),
        AskHideAll(LONGEST_ID, *where.parts),
        AskBlock(LONGEST_ID, *where.parts),
        ShowPledge("1", LONGEST_ID, "f" * READ, *where.parts),
        TurnPledges("t", LONGEST_ID, *where.parts),
        PickPledge(*where.parts),
        Unblock(LONGEST_ID, *where.parts),
    ]


LONGEST = Where("w", LONGEST_ID, "x" * LONGEST_SEARCH)


@given(WHERE)
@example(LONGEST)
def test_every_list_a_moderator_can_come_from_fits_into_a_button_and_comes_back(where: Where) -> None:
    for button in made(where):
        custom_id = button.item.custom_id
        assert 1 <= units(custom_id) <= MOST, custom_id
        [kind] = [kind for kind in BUTTONS if kind.matches(custom_id)]
        assert kind is type(button)
        match = kind._pattern.fullmatch(custom_id)
        assert match is not None
        assert (match["show"], match["whose"], match["words"]) == where.parts


@given(WHERE)
@example(LONGEST)
def test_every_list_fits_into_a_form_and_comes_back(where: Where) -> None:
    for kind, custom_id in (
        (HideSent, f"mod:hide:1:{LONGEST_ID}:{where}"),
        (HideAllSent, f"mod:hideall:{LONGEST_ID}:{where}"),
        (BlockSent, f"mod:block:{LONGEST_ID}:{where}"),
    ):
        assert units(custom_id) <= MOST
        assert [form for form in FORMS if form.pattern.fullmatch(custom_id)] == [kind]
        match = kind.pattern.fullmatch(custom_id)
        assert match is not None
        assert (match["show"], match["whose"], match["words"]) == where.parts


@pytest.mark.parametrize(
    "custom_id",
    [
        "mod:p:f:0:x::",
        "mod:p:z:0:a::",
        "mod:p:f:9" + "9" * 19 + ":a::",
        "mod:p:f:٣:a::",
        "mod:p:f:0:a::" + "x" * (LONGEST_SEARCH + 1),
        "mod:p:f:0:a::two\nlines",
        "mod:s:2:5:fffffff:a::",
        "mod:s:1:5:ffffff:a::",
        "mod:s:1:5:ffffff=:a::",
        "mod:review:ok:5:fffffff",
        "mod:review:erase:5",
        "mod:log:",
        "mod:log:-1",
        "MOD:log:1",
    ],
)
def test_what_no_card_ever_wrote_finds_no_button(custom_id: str) -> None:
    assert [kind for kind in BUTTONS if kind.matches(custom_id)] == []


def test_every_ready_reason_leaves_room_for_own_words() -> None:
    assert all(len(reason.text) + 1 + LONGEST_OWN <= LONGEST_REASON for reason in READY.values())
    assert all(len(reason.text) <= MOST for reason in READY.values()), "a menu shows no more"
