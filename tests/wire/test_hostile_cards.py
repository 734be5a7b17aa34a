"""Whatever people write, and whatever stands in the campaign: each card, form and list made of it is one that Discord
takes, so that nobody is left without an answer.

Lengths are tried at the limits and one beside them, in code points and in UTF-16 units, with text that grows when it
is escaped.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from discord import ui
from discord.app_commands import Choice
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot import DATA
from bot.campaign.load import load_campaign
from bot.cards.about import about_card
from bot.cards.base import Card, Reader
from bot.cards.choices import country_choices, maker_choices, speaker_choices, theme_choices, topic_choices
from bot.cards.commitments import commitment_card
from bot.cards.dates import list_card, next_card
from bot.cards.errors import MOST_KEPT
from bot.cards.pledge_form import EMPTY, LONGEST_COUNTRY, _form, theme_card
from bot.cards.pledge_mine import _card as own_pledge_card
from bot.cards.pledge_sent import TryAgain, _not_yet, changed_card, made_card
from bot.cards.pledge_wall import Filter, wall_card
from bot.cards.sourced import how_sure_card, sourced_card
from bot.cards.support import support_card
from bot.clock import Clock
from bot.i18n import msg
from bot.services import Services, make_services
from bot.services.days import ServerDays
from bot.services.decks import Wanted
from bot.services.errors import NothingFound
from bot.services.pledges import LONGEST_TYPED, LONGEST_WORDS, ON_A_WALL_PAGE, Draft, NotAPledgeYet
from bot.storage.database import Database
from bot.storage.guilds import GuildRecord
from bot.storage.ledger import Pledge
from bot.storage.milestones import OwnDate
from bot.storage.pledges import Made
from bot.storage.reading import WallPage
from bot.text import clean
from tests.wire.bodies import ANSWER, made
from tests.wire.judge import faults_of

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LARGEST_ID = 8_999_999_999_999_999_999  # of bot.cards.lasting.BIG_ID
HERE = 7

PIECES = [
    *(
        "*",
        "_",
        "`",
        "\\",
        "||",
        "~~",
        "[x](https://example.org)",
        "<@123456789012345678>",
        "@everyone",
        "https://a.b/c ",
    ),
    *("\n> ", "\n# ", "\n1. ", "\n-# ", "\n\n", " ", "a "),
    *("🙂", "𝔘", "𠮷", "𞤀", "👩🏽‍🚀", "🏳️‍🌈", "e\u0301", "Z" + "\u0335\u0348\u0353\u0301\u0302" * 9, "ﷺ", "ｆ"),
    *("\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\x00", "\x1b", "\u2028", "{n}", "%s"),
]
LENGTHS = sorted({limit + by for limit in (10, 45, 50, 60, 100, 150, LONGEST_WORDS, MOST_KEPT) for by in (-1, 0, 1)})

# A piece over and over, to an exact length: at a limit, or the longest that Discord sends.
repeated = st.builds(
    lambda piece, size: (piece * size)[:size], st.sampled_from(PIECES), st.sampled_from([*LENGTHS, LONGEST_TYPED])
)
mixed = st.lists(st.sampled_from(PIECES) | st.text(max_size=40), max_size=60).map("".join)
typed = (repeated | mixed).map(lambda text: text[:LONGEST_TYPED])
received = typed.filter(lambda text: not any("\ud800" <= char <= "\udfff" for char in text))
"""As Discord hands it on: what is no Unicode, it refuses itself."""


@cache
def services() -> Services:
    """Those of the shipped campaign, over a database that nobody opens."""
    database = Database(f"sqlite+aiosqlite:///{Path(mkdtemp()) / 'unopened.db'}")
    return make_services(load_campaign(DATA / "heforshe"), Clock(lambda: NOW), database)


def reader(*, private: bool = True, locale: str = "en-US") -> Reader:
    words = services().languages.words(locale)
    return Reader(words, services(), lambda name: f"</{name}:{LARGEST_ID}>", private, may_share=True)


def days(*own: OwnDate) -> ServerDays:
    """Those of a server with these dates of its own."""
    record = GuildRecord(HERE, zone="Africa/Nairobi", muted=frozenset({("milestone", "launch")}))
    return ServerDays(services().days.calendar, record, own)


themes = st.sampled_from([theme.id for theme in services().pledges.themes])
COUNTRIES = [area.iso2 for area in (*services().campaign.countries, *services().campaign.territories)]
countries = st.none() | st.sampled_from(COUNTRIES)


@st.composite
def pledges(draw: st.DrawFn, *, guild_id: int = HERE) -> Pledge:
    """As it might be stored; more than is let in today, since other versions let in other things."""
    words = clean(draw(typed), LONGEST_WORDS)
    action = draw(st.none() | st.sampled_from(["home-share-care", "gone-since"])) if words else "gone-since"
    return Pledge(
        id=draw(st.integers(LARGEST_ID - 10**6, LARGEST_ID)),
        member_id=LARGEST_ID,
        guild_id=guild_id,
        theme=draw(themes),
        action=action,
        words=None if action else words,
        country=draw(countries),
        is_public=draw(st.booleans()),
        made_at=NOW,
    )


def check(card: ui.LayoutView) -> None:
    """As an answer, as a change of one, and as a post."""
    body = made(view=card)
    assert faults_of(*ANSWER, {"type": 4, "data": body | {"flags": body["flags"] | 64}}) == []
    assert faults_of(*ANSWER, {"type": 7, "data": body}) == []
    assert faults_of("POST", "/channels/1/messages", body) == []


def check_form(form: ui.Modal) -> None:
    assert faults_of(*ANSWER, {"type": 9, "data": form.to_dict()}) == []


def check_choices(choices: list[Choice[str]]) -> None:
    body = {"type": 8, "data": {"choices": [choice.to_dict() for choice in choices]}}
    assert faults_of(*ANSWER, body) == []


# Pledges.


@settings(deadline=None, max_examples=150)
@given(
    st.lists(pledges(), max_size=ON_A_WALL_PAGE, unique_by=lambda pledge: pledge.id), themes | st.just(""), countries
)
def test_a_wall_of_whatever_pledges_is_a_card_that_discord_takes(
    shown: list[Pledge], theme: str, country: str | None
) -> None:
    for newer, older in ((False, False), (True, True)):
        page = WallPage(shown, has_newer=newer, has_older=older)
        check(wall_card(reader(private=False), page, Filter(theme) if theme else Filter("", country or "")))


def test_a_wall_of_the_longest_pledges_that_there_can_be_is_a_card_that_discord_takes() -> None:
    longest = max(COUNTRIES, key=lambda iso2: len(services().countries.name(iso2, reader().words.locale)))
    for piece in PIECES:
        words = clean(piece * LONGEST_TYPED, LONGEST_WORDS)
        page = [
            Pledge(LARGEST_ID - at, LARGEST_ID, HERE, "home", None, words, longest, True, NOW)
            for at in range(ON_A_WALL_PAGE)
        ]
        check(wall_card(reader(private=False), WallPage(page, has_newer=True, has_older=True), Filter("home")))


@settings(deadline=None, max_examples=150)
@given(st.lists(pledges(), min_size=1, max_size=3), st.booleans())
def test_the_card_of_ones_own_pledge_is_one_that_discord_takes(own: list[Pledge], has_notice: bool) -> None:
    for index in range(len(own)):
        check(own_pledge_card(reader(), own, index, "It is on the wall now." if has_notice else "", None))


@settings(deadline=None, max_examples=150)
@given(pledges(guild_id=HERE) | pledges(guild_id=0), typed, st.booleans(), st.integers(1, 10**12))
def test_the_thanks_for_a_pledge_are_a_card_that_discord_takes(
    pledge: Pledge, country: str, is_new: bool, count: int
) -> None:
    unknown = clean(country, LONGEST_COUNTRY)
    check(made_card(reader(), Made(pledge, is_new, count, count, is_new, is_new), unknown))
    check(changed_card(reader(), pledge, unknown, pledge.guild_id))


@settings(deadline=None, max_examples=150)
@given(typed, themes)
def test_what_is_no_pledge_yet_is_given_back_on_a_card_that_discord_takes(words: str, theme: str) -> None:
    fault = NotAPledgeYet(msg("Links, invitations and mentions can't stand in a pledge. Please leave them out."))
    again = TryAgain(theme, str(LARGEST_ID), "Open the form again")
    check(_not_yet(reader(), fault, Draft(theme, None, words, "", is_public=False), again))


@settings(deadline=None, max_examples=150)
@given(received, received, themes, st.sampled_from([0, HERE]))
@example("🙂" * LONGEST_WORDS, "𝔘" * LONGEST_COUNTRY, "home", HERE)
def test_the_form_with_what_was_written_before_is_one_that_discord_takes(
    words: str, country: str, theme: str, guild_id: int
) -> None:
    draft = Draft(theme, "home-share-care", words, clean(country, LONGEST_COUNTRY), is_public=True)
    check_form(_form(reader(), f"pledge:edit:{theme}:{LARGEST_ID}", theme, draft, draft.country, guild_id))


# What is looked for.


@settings(deadline=None, max_examples=150)
@given(typed, st.sampled_from([*services().campaign.facts, *services().campaign.quotes]))
def test_a_card_that_carries_on_a_search_is_one_that_discord_takes(search: str, item: Any) -> None:
    try:
        wanted = services().facts.wanted(None, None, search)
    except NothingFound as fault:
        check(Card(0, [reader().words.say(fault.message)]))
        return
    for private in (True, False):
        check(sourced_card(reader(private=private), item, wanted))


@settings(deadline=None, max_examples=150)
@given(typed)
def test_the_lists_that_open_while_somebody_types_are_ones_that_discord_takes(text: str) -> None:
    own = services()
    check_choices(topic_choices(own.facts, text))
    check_choices(speaker_choices(own.quotes, text))
    check_choices(maker_choices(own.commitments, text))
    check_choices(theme_choices(own.pledges, text))
    check_choices(country_choices(own.countries, text, reader().words.locale))


# What stands in the campaign.


def test_every_card_of_the_campaigns_content_is_one_that_discord_takes() -> None:
    campaign, searched = services().campaign, Wanted("", "", "🙂" * 25)
    for private in (True, False):
        for item in (*campaign.facts, *campaign.quotes):
            check(sourced_card(reader(private=private), item, searched))
    for sourced, doubt in [(fact, fact.contested) for fact in campaign.facts]:
        check(how_sure_card(reader(), sourced, sourced.text, doubt))
    for page in range(len(campaign.commitments)):
        check(commitment_card(reader(), "", page))
    for every in (True, False):
        for page in range(12):
            check(list_card(reader(), days(), NOW.date(), page, every=every))
    check(next_card(reader(), days()))
    for card in (about_card, support_card, theme_card):
        check(card(reader()))
    for theme in services().pledges.themes:
        check_form(_form(reader(), f"pledge:new:{theme.id}", theme.id, EMPTY, "", HERE))


# Dates of a server's own.


@settings(deadline=None, max_examples=20)
@given(typed, typed, st.none() | st.integers(1, 2025), st.integers(1, 100), st.integers(0, 30))
@example("_" * 100, "*" * 400, 2025, 100, 0)
@example("<@1>" * 25, "a://b" * 80, None, 100, 1)
@example("_" * 100, "", 2025, 100, 30)
def test_a_hundred_dates_of_a_servers_own_of_whatever_titles_are_cards_that_discord_takes(
    title: str, words: str, year: int | None, count: int, spread: int
) -> None:
    at = NOW.date()
    first = OwnDate(1, HERE, clean(title, 100) or "x", at.month, at.day, year, clean(words, 400), None, False, NOW)
    own = [
        replace(first, id=LARGEST_ID - n, day=on.day, month=on.month)
        for n, on in enumerate(at + timedelta(days=n * spread % 300) for n in range(count))
    ]
    here = days(*own)

    check(next_card(reader(), here))
    for page in (0, 1, 30):
        check(list_card(reader(), here, at, page, every=True))
