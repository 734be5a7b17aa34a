"""Pledges as people make, change and read them."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from babel import Locale

from bot.campaign.countries import Countries
from bot.campaign.models import PledgeAction, Topic
from bot.campaign.search import words_of
from bot.clock import Clock
from bot.i18n import msg
from bot.services.errors import DomainError, NothingFound
from bot.services.naming import LONGEST_SEARCH, named
from bot.storage import reading
from bot.storage.database import Database
from bot.storage.ledger import Pledge
from bot.storage.pledges import (
    MOST_IN_FORCE,
    ChooseCountry,
    EditPledge,
    Made,
    MakePledge,
    NotTheirs,
    SaysTheSame,
    ShowPledge,
    TooMany,
    WithdrawPledge,
)
from bot.storage.reading import Numbers, WallPage, Way
from bot.text import clean, escape, has_address

SHORTEST_WORDS, LONGEST_WORDS = 10, 300
LONGEST_TYPED = 4000  # Discord takes no more in any form
ON_A_WALL_PAGE = 5

_MINE = "`/pledge mine`"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a member filled in, before it is a pledge."""

    theme: str
    action: str | None
    words: str
    country: str
    """As typed; empty for none."""
    is_public: bool


class NotAPledgeYet(DomainError):
    """What was filled in can't be a pledge; the member is shown why, and keeps the text."""


class TooManyPledges(DomainError):
    def __init__(self) -> None:
        super().__init__(
            msg(
                "You already have {most} pledges in force here, and {most} is the most one can have. "
                "To make room, withdraw one: {mine} shows them.",
                most=str(MOST_IN_FORCE),
                mine=_MINE,
            )
        )


class AlreadyPledged(DomainError):
    def __init__(self) -> None:
        super().__init__(msg("Another of your pledges says the same already."))


class NoLongerYours(DomainError):
    """Withdrawn meanwhile, or never this member's."""

    def __init__(self) -> None:
        super().__init__(
            msg("This pledge is not yours, or you have withdrawn it. You find your own with {mine}.", mine=_MINE)
        )


class OneFilter(DomainError):
    """The wall was asked for by theme and by country: for the two together there is no index."""

    def __init__(self) -> None:
        super().__init__(msg("The wall can be read by theme or by country, one at a time. Please choose one of them."))


def country_named(countries: Countries, typed: str, locale: Locale) -> str:
    """The ISO code of the country that was chosen or typed. Raises NothingFound, with what may have been meant."""
    found = countries.match(typed, locale)
    if found is not None:
        return found
    near = [escape(countries.name(iso2, locale)) for iso2 in countries.suggest(typed, locale)]
    shown = escape(clean(typed, LONGEST_SEARCH))
    if near:
        raise NothingFound(
            msg("I don't know a country called “{country}”. Did you mean {near}?", country=shown, near=" · ".join(near))
        )
    raise NothingFound(
        msg(
            "I don't know a country called “{country}”. Choose it from the list that opens while you type.",
            country=shown,
        )
    )


class Pledges:
    """Makes, changes and reads pledges."""

    def __init__(self, db: Database, clock: Clock, actions: Sequence[PledgeAction], topics: Sequence[Topic]) -> None:
        """`topics` must name the themes of all `actions`."""
        self._db = db
        self._clock = clock
        self._actions = {action.id: action for action in actions}
        used = dict.fromkeys(action.theme for action in actions)
        names = {topic.id: topic for topic in topics}
        self.themes = [names[theme] for theme in used]
        self._grave = used.keys() - {action.theme for action in actions if not action.support}

    def actions_of(self, theme: str) -> list[PledgeAction]:
        return [action for action in self._actions.values() if action.theme == theme]

    def has_theme(self, theme: str) -> bool:
        return any(topic.id == theme for topic in self.themes)

    def theme(self, typed: str) -> str:
        """The id of the theme that was chosen or typed. Raises NothingFound for one that there is none of."""
        found = named(typed, {theme.id: theme.name for theme in self.themes})
        if found is None:
            raise NothingFound(
                msg(
                    "I have no theme called “{theme}”. I know these: {themes}.",
                    theme=escape(clean(typed, LONGEST_SEARCH)),
                    themes=" · ".join(escape(theme.name) for theme in self.themes),
                )
            )
        return found

    def text_of(self, pledge: Pledge) -> str:
        """The promise itself; of an action that the campaign no longer has, its id."""
        action = self._actions.get(pledge.action or "")
        return action.text if action else pledge.words or pledge.action or ""

    def speaks_of_violence(self, pledge: Pledge) -> bool:
        """Whether its action does; of own words nobody can tell, so their theme decides."""
        action = self._actions.get(pledge.action or "")
        return action.support if action else pledge.theme in self._grave

    async def make(self, draft: Draft, *, id: int, member_id: int, guild_id: int, country: str | None) -> Made:
        """Stores a pledge. `id` is the interaction's; `country` what the typed one was found to mean: empty for none,
        None to leave the member's as it is.

        Raises NotAPledgeYet and TooManyPledges, and NotSaved of the storage.
        """
        action, words = self._checked(draft)
        operation = MakePledge(
            *(id, member_id, guild_id, draft.theme, action, words, country, draft.is_public, self._clock.now())
        )
        try:
            return await self._db.write(operation)
        except TooMany:
            raise TooManyPledges from None

    async def edit(self, draft: Draft, *, pledge_id: int, member_id: int, country: str | None) -> Pledge:
        """Changes one's own pledge. Raises NotAPledgeYet, AlreadyPledged, NoLongerYours."""
        action, words = self._checked(draft)
        operation = EditPledge(
            *(pledge_id, member_id, draft.theme, action, words, country, draft.is_public, self._clock.now())
        )
        try:
            return await self._db.write(operation)
        except SaysTheSame:
            raise AlreadyPledged from None
        except NotTheirs:
            raise NoLongerYours from None

    async def show(self, pledge_id: int, member_id: int, *, is_public: bool) -> Pledge:
        """Puts one's own pledge on the wall or takes it off. Raises NoLongerYours."""
        try:
            return await self._db.write(ShowPledge(pledge_id, member_id, is_public, self._clock.now()))
        except NotTheirs:
            raise NoLongerYours from None

    async def withdraw(self, pledge_id: int, member_id: int) -> Pledge:
        """Takes one's own pledge out of every count; returns what it was. Raises NoLongerYours."""
        try:
            return await self._db.write(WithdrawPledge(pledge_id, member_id, self._clock.now()))
        except NotTheirs:
            raise NoLongerYours from None

    async def choose_country(self, member_id: int, country: str) -> None:
        await self._db.write(ChooseCountry(member_id, country, self._clock.now()))

    async def country_of(self, member_id: int) -> str | None:
        async with self._db.read() as connection:
            return await reading.country_of(connection, member_id)

    async def own(self, member_id: int, guild_id: int | None) -> list[Pledge]:
        """A member's pledges, newest first: those in a server, or with None all of them."""
        async with self._db.read() as connection:
            return await reading.own_pledges(connection, member_id, guild_id)

    async def one_of(self, member_id: int, pledge_id: int) -> Pledge:
        """One's own pledge. Raises NoLongerYours."""
        found = next((pledge for pledge in await self.own(member_id, None) if pledge.id == pledge_id), None)
        if found is None:
            raise NoLongerYours
        return found

    async def wall(self, guild_id: int, theme: str, country: str, way: Way, start: int) -> WallPage:
        async with self._db.read() as connection:
            return await reading.wall_page(
                *(connection, guild_id),
                theme=theme or None,
                country=country or None,
                way=way,
                start=start,
                size=ON_A_WALL_PAGE,
            )

    async def numbers(self, scope: int) -> Numbers:
        async with self._db.read() as connection:
            return await reading.numbers(connection, scope, self._clock.now().date())

    def _checked(self, draft: Draft) -> tuple[str | None, str | None]:
        """The action or the words. Raises NotAPledgeYet for both, neither, or words that can't stand."""
        typed = clean(draft.words, LONGEST_TYPED)
        if draft.action and typed:
            raise NotAPledgeYet(
                msg("Choose one of the actions or write your own words, not both: one pledge is one promise.")
            )
        if draft.action:
            if draft.action not in self._actions:
                raise NotAPledgeYet(msg("This action is no longer on the list. Please choose another one."))
            return draft.action, None
        if not typed:
            raise NotAPledgeYet(msg("Choose one of the actions, or say in your own words what you will do."))
        if not SHORTEST_WORDS <= len(typed) <= LONGEST_WORDS:
            raise NotAPledgeYet(
                msg(
                    "Your own words need at least {least} characters and at most {most}; these have {count}.",
                    least=str(SHORTEST_WORDS),
                    most=str(LONGEST_WORDS),
                    count=str(len(typed)),
                )
            )
        if not words_of(typed):
            raise NotAPledgeYet(msg("Please say it in words: there is none in what you wrote."))
        if has_address(typed):
            raise NotAPledgeYet(msg("Links, invitations and mentions can't stand in a pledge. Please leave them out."))
        return None, typed


class Drafts:
    """What members filled in lately and could not send, so that the form opens with it again.

    One for a new pledge, with the `pledge_id` 0, and one for each pledge that is being changed.
    """

    def __init__(self, most: int = 1000) -> None:
        self._drafts: OrderedDict[tuple[int, int], Draft] = OrderedDict()
        self._most = most

    def keep(self, member_id: int, draft: Draft, pledge_id: int = 0) -> None:
        self._drafts[member_id, pledge_id] = draft
        self._drafts.move_to_end((member_id, pledge_id))
        if len(self._drafts) > self._most:
            self._drafts.popitem(last=False)

    def of(self, member_id: int, pledge_id: int = 0) -> Draft | None:
        return self._drafts.get((member_id, pledge_id))

    def drop(self, member_id: int, pledge_id: int = 0) -> None:
        self._drafts.pop((member_id, pledge_id), None)
