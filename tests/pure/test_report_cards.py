"""Whatever was pledged or is written about it: the cards and forms of a report are ones that Discord takes."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from discord import ui
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot import DATA
from bot.campaign.load import load_campaign
from bot.cards import mutes
from bot.cards.base import Reader
from bot.cards.exports import export_card
from bot.cards.report import PledgeReport, ReportWall, _form, which_card
from bot.cards.report_fault import FaultReport, MuteReported, fault_card, fault_form
from bot.cards.report_message import item_shown
from bot.clock import Clock
from bot.services import Services, make_services
from bot.services.exports import MOST_FILES, Export
from bot.services.reports import LONGEST_FAULT, MOST_IN_A_MENU
from bot.storage.database import Database
from bot.storage.ledger import Pledge
from bot.text import clean, escape
from tests.wire.bodies import ANSWER, made
from tests.wire.judge import faults_of

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LARGEST_ID = 8_999_999_999_999_999_999  # of bot.cards.lasting.BIG_ID

PIECES = [
    "*",
    "`",
    "\\",
    "[x](https://example.org)",
    "@everyone",
    "\n> ",
    "🙂",
    "𝔘",
    "👩🏽‍🚀",
    "e\u0301",
    "ﷺ",
    "\u202e",
    "{n}",
]
texts = st.builds(
    lambda piece, size: (piece * size)[:size], st.sampled_from(PIECES), st.sampled_from([1, 99, 100, 101, 299, 300])
) | st.lists(st.sampled_from(PIECES) | st.text(max_size=30), min_size=1, max_size=40).map("".join)


@cache
def services() -> Services:
    """Those of the shipped campaign, over a database that nobody opens."""
    database = Database(f"sqlite+aiosqlite:///{Path(mkdtemp()) / 'unopened.db'}")
    return make_services(load_campaign(DATA / "heforshe"), Clock(lambda: NOW), database)


def reader() -> Reader:
    return Reader(services().languages.words("en-US"), services(), lambda name: f"</{name}:{LARGEST_ID}>", True, True)


def pledge(id: int, words: str) -> Pledge:
    return Pledge(id, LARGEST_ID, 7, "home", None, clean(words, 300), "KE", True, NOW)


ITEMS = [*services().campaign.facts, *services().campaign.quotes]


def check(card: ui.LayoutView) -> None:
    body = made(view=card)
    assert faults_of(*ANSWER, {"type": 4, "data": body | {"flags": body["flags"] | 64}}) == []
    assert faults_of("POST", "/channels/1/messages", body) == []


def check_form(form: ui.Modal) -> None:
    assert faults_of(*ANSWER, {"type": 9, "data": form.to_dict()}) == []


@settings(deadline=None, max_examples=100)
@given(st.lists(texts, min_size=1, max_size=MOST_IN_A_MENU))
@example(["*" * 300] * MOST_IN_A_MENU)
@example(["🙂" * 300] * MOST_IN_A_MENU)
def test_the_question_which_pledge_is_meant(words: list[str]) -> None:
    check(which_card(reader(), [pledge(LARGEST_ID - at, one) for at, one in enumerate(words)]))


@settings(deadline=None, max_examples=100)
@given(texts)
@example("*" * 300)
def test_the_form_of_a_pledge(words: str) -> None:
    form = _form(reader(), pledge(LARGEST_ID, words))
    check_form(form)
    assert PledgeReport.pattern.fullmatch(form.custom_id)


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(ITEMS), texts)
@example(ITEMS[0], "*" * 300)
def test_what_moderators_read_of_a_fault(item: Any, words: str) -> None:
    check(fault_card(reader(), item, clean(words, LONGEST_FAULT)))


def test_every_fact_and_quote_can_be_reported_and_muted() -> None:
    for item in ITEMS:
        check_form(fault_form(reader(), item, has_channel=False))
        form = fault_form(reader(), item, has_channel=True)
        check_form(form)
        assert FaultReport.pattern.fullmatch(form.custom_id)
        check(fault_card(reader(), item, "*" * LONGEST_FAULT))
        assert MuteReported.matches(
            f"report:mute:{'quote' if item in services().campaign.quotes else 'fact'}:{item.id}"
        )


def test_every_fact_and_quote_is_known_by_its_text() -> None:
    for item in ITEMS:
        assert item_shown(services().campaign, ["### A title", f"> {escape(item.text)}\n**Somebody**"]) == item


def test_of_a_text_within_a_text_the_longer_is_meant() -> None:
    campaign = services().campaign
    first, second = campaign.facts[:2]
    longer = second.model_copy(update={"text": f"{first.text} And more."})
    changed = campaign.__class__(**{**vars(campaign), "facts": (first, longer)})

    assert item_shown(changed, [escape(longer.text)]) == longer
    assert item_shown(changed, [escape(first.text)]) == first
    assert item_shown(changed, ["Something else."]) is None


@settings(deadline=None, max_examples=100)
@given(texts)
def test_the_lists_of_what_can_be_muted(typed: str) -> None:
    for choice in mutes._choices(reader(), services().mutes.choices(typed, frozenset())):
        assert 1 <= len(choice.name.encode("utf-16-le")) // 2 <= 100
        assert len(choice.value) <= 100


def test_every_answer_about_muting() -> None:
    for one in services().mutes.choices("", frozenset()):
        check(mutes._card(reader(), one, mutes.muted_sentence(reader(), one.kind)))


@pytest.mark.parametrize("count", [0, 1, 10**9])
def test_the_answer_with_files(count: int) -> None:
    card = export_card(reader(), Export([Path(f"pledges-{n}.zip") for n in range(MOST_FILES)], count))
    assert [part.media.url for part in card.walk_children() if isinstance(part, ui.File)] == [
        f"attachment://pledges-{n}.zip" for n in range(MOST_FILES)
    ]


def test_the_longest_button_on_the_wall_fits() -> None:
    button = ReportWall(str(LARGEST_ID), str(LARGEST_ID), "t" * 24, "KE")
    assert len(button.item.custom_id or "") <= 100
    assert ReportWall.matches(button.item.custom_id or "")
