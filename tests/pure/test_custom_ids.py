"""What stands in buttons: any text may come back as a custom_id, and whatever cards write comes back as it was."""

import string
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime

import discord
import pytest
import pytest_asyncio
from discord import ui
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot import DATA
from bot.campaign.calendar import Calendar
from bot.campaign.load import load_campaign
from bot.campaign.models import Fact, Quote
from bot.cards.base import Card, Reader
from bot.cards.buttons import BUTTONS
from bot.cards.commitments import commitment_card
from bot.cards.dates import list_card, next_card
from bot.cards.lasting import LastingButton
from bot.cards.sourced import Another, sourced_card
from bot.services import Services
from bot.services.days import ServerDays
from bot.services.decks import LONGEST_SEARCH, Wanted, speaker_key
from bot.services.errors import NothingFound
from bot.storage.guilds import GuildRecord
from tests.support.community import Community

LONGEST_ID = 100  # Discord's limit for a custom_id

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CAMPAIGN = load_campaign(DATA / "heforshe")
ITEMS = [*CAMPAIGN.facts, *CAMPAIGN.quotes]
DAYS = ServerDays(Calendar(CAMPAIGN.milestones), GuildRecord(0))

REAL = [
    "fact:next::arts:equal pay",
    "quote:next:0badcafe:history-of-womens-rights:" + "x" * 50,
    "fact:sure:article-launch-speech",
    "fact:share:arts-week-2017",
    "quote:share:mandela-freedom",
    "dates:2026-01-01:2:0",
    "dates:2026-01-01:-1:1",
    "promise:turn:3:university",
    "promise:sure:nagoya-women-20-per-cent",
    "support",
]

# Emoji, letters of rare scripts and rare ideographs take two UTF-16 units each.
ASTRAL = st.sampled_from("😀🧑𐍈𞤀𠮷𝔘")


@st.composite
def altered(draw: st.DrawFn) -> str:
    """A real id with a few characters taken out, put in or changed."""
    text = draw(st.sampled_from(REAL))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        text = text[:start] + draw(st.text("0a-:.\n٣é😀F", max_size=3)) + text[start + draw(st.integers(0, 3)) :]
    return text


def rebuilt(custom_id: str) -> list[LastingButton]:
    """The buttons that a press with this id would find, made as discord.py makes them: from the pattern's groups."""
    matches = [(kind, kind._pattern.fullmatch(custom_id)) for kind in BUTTONS]
    assert [kind.matches(custom_id) for kind in BUTTONS] == [match is not None for _, match in matches]
    return [kind(**match.groupdict()) for kind, match in matches if match]


def utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


# Whatever comes in.


@given(st.text(max_size=100) | altered() | st.sampled_from(REAL).map(lambda real: real + "x" * (100 - len(real))))
@settings(max_examples=1000, deadline=None)
@example("9" * 80)
@example("dates:2026-01-01:" + "9" * 80 + ":1")
@example("dates:٢٠٢٦-٠١-٠١:١:0")
@example("dates:9999-99-99:99:1")
@example("fact:next:" + "0" * 80)
@example("quote:next:::")
@example("fact:next:::\ud800\x00")
@example("promise:turn:" + "9" * 80 + ":")
@example("support\n")
@example("")
def test_any_text_belongs_to_one_button_at_most_which_can_be_built_and_has_that_very_id(custom_id: str) -> None:
    buttons = rebuilt(custom_id)

    assert len(buttons) <= 1
    assert all(button.item.custom_id == custom_id for button in buttons)


@pytest.mark.parametrize("custom_id", REAL)
def test_what_earlier_cards_carry_still_finds_its_button(custom_id: str) -> None:
    assert len(rebuilt(custom_id)) == 1


@pytest.mark.parametrize(
    "custom_id",
    [
        "fact:next:0badcafé::",
        "fact:next:0BADCAFE::",
        "fact:next::" + "t" * 25 + ":",
        "fact:next:::" + "x" * 51,
        "fact:sure:" + "i" * 41,
        "fact:sure:",
        "quote:sure:mandela-freedom",
        "facts:share:arts-week-2017",
        "fact:share:arts\n",
        "dates:2026-01-01:100:0",
        "dates:2026-01-01:1:2",
        "dates:٢٠٢٦-٠١-٠١:1:0",
        "support ",
        " support",
        "SUPPORT",
    ],
)
def test_what_no_card_ever_wrote_finds_no_button(custom_id: str) -> None:
    assert rebuilt(custom_id) == []


# Whatever goes out.


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def services() -> AsyncIterator[Services]:
    community = Community()
    await community.env.start()
    community.set_clock(NOW)
    yield community.bot.services
    await community.close()


def reader(services: Services, *, private: bool) -> Reader:
    return Reader(services.languages.words("en-US"), services, lambda name: f"/{name}", private, may_share=True)


def ids_of(card: Card) -> Iterator[str]:
    for item in card.walk_children():
        button = item.item if isinstance(item, ui.DynamicItem) else item
        if isinstance(button, ui.Button) and button.style is not discord.ButtonStyle.link:
            assert button.custom_id is not None
            yield button.custom_id


def check(card: Card) -> None:
    ids = list(ids_of(card))
    assert len(ids) == len(set(ids)), "Discord refuses two buttons with one id"
    for custom_id in ids:
        assert 1 <= utf16_units(custom_id) <= LONGEST_ID, custom_id
        assert len(rebuilt(custom_id)) == 1, f"a press of {custom_id!r} finds its button"


@given(
    item=st.sampled_from(ITEMS),
    topic=st.sampled_from(sorted({topic for quote in CAMPAIGN.quotes for topic in quote.topics})),
    search=st.text(st.characters() | ASTRAL, min_size=1, max_size=200),
    private=st.booleans(),
)
@settings(deadline=None)
@example(item=ITEMS[0], topic="peace-and-security", search="a" + "😀" * LONGEST_SEARCH, private=True)
@example(item=ITEMS[0], topic="peace-and-security", search="a\n\x00" + "b" * LONGEST_SEARCH, private=True)
@example(item=ITEMS[-1], topic="peace-and-security", search="a" * 49 + "😀", private=False)
async def test_a_card_of_a_search_has_only_buttons_that_fit_and_come_back(
    services: Services, item: Fact | Quote, topic: str, search: str, private: bool
) -> None:
    speaker = next(iter(services.quotes.speakers))
    try:
        wanted = services.quotes.wanted(topic, speaker, search)
    except NothingFound:
        wanted = Wanted(topic, speaker)

    check(sourced_card(reader(services, private=private), item, wanted))
    assert utf16_units(wanted.words) <= LONGEST_SEARCH


async def test_the_longest_of_everything_fits() -> None:
    button = Another("quote", "t" * 24, speaker_key("Somebody with a very long name" * 20), "x" * LONGEST_SEARCH)

    assert len(speaker_key("Somebody with a very long name" * 20)) == 8
    assert len(button.item.custom_id or "") <= LONGEST_ID
    assert len(rebuilt(button.item.custom_id or "")) == 1


@pytest.mark.parametrize("private", [True, False])
async def test_every_card_of_the_shipped_content_has_only_buttons_that_fit_and_come_back(
    services: Services, private: bool
) -> None:
    somebody = reader(services, private=private)

    for item in ITEMS:
        check(sourced_card(somebody, item, Wanted()))
    for page in range(12):
        check(list_card(somebody, DAYS, NOW.date(), page, every=True))
    for number in range(len(CAMPAIGN.commitments)):
        check(commitment_card(somebody, "", number))
    check(next_card(somebody, DAYS))


@pytest.mark.parametrize("start", [date(2025, 3, 1), date(2028, 2, 29)])
async def test_a_list_that_began_on_another_day_goes_on_from_there(services: Services, start: date) -> None:
    card = list_card(reader(services, private=True), DAYS, start, 1, every=True)

    assert list(ids_of(card)) == [f"dates:{start}:0:1", f"dates:{start}:2:1"]
    check(card)


@pytest.mark.parametrize(
    "who",
    [
        "",
        "university",
        pytest.param("government" + "😀" * 40, id="emoji"),
        pytest.param("government\n", id="a second line"),
        pytest.param("government" + " " * 50, id="too long"),
    ],
)
async def test_a_card_of_commitments_has_only_buttons_that_fit_and_come_back(services: Services, who: str) -> None:
    check(commitment_card(reader(services, private=True), who, 1))


def test_ids_are_made_of_what_is_easily_read_in_a_log() -> None:
    for topic in CAMPAIGN.topics:
        assert set(topic) <= set(string.ascii_lowercase + string.digits + "-")
