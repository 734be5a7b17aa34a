"""Pledges as people make, change and read them."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel import Locale

from bot.campaign.countries import Countries
from bot.campaign.models import PledgeAction, Topic
from bot.campaign.search import words_of
from bot.clock import Clock
from bot.i18n import msg
from bot.services.errors import DomainError, NothingFound
from bot.services.guilds import Guilds
from bot.services.limits import Limits
from bot.services.naming import LONGEST_SEARCH, named
from bot.storage import reading, verdicts
from bot.storage.database import Database
from bot.storage.guilds import GuildRecord
from bot.storage.ledger import Pledge
from bot.storage.pledges import (
    MOST_IN_FORCE,
    ChooseCountry,
    EditPledge,
    Made,
    MakePledge,
    MarkTold,
    NotTheirs,
    SaysTheSame,
    ShowPledge,
    TooMany,
    WithdrawPledge,
)
from bot.storage.reading import Known, Numbers, WallPage, Way
from bot.storage.tables import WHOLE_CAMPAIGN
from bot.storage.together import Together
from bot.text import clean, escape, has_address, has_call

SHORTEST_WORDS, LONGEST_WORDS = 10, 300
LONGEST_TYPED = 4000  # Discord takes no more in any form
ON_A_WALL_PAGE = 5

AN_HOUR, TEN_MINUTES = timedelta(hours=1), timedelta(minutes=10)
MOST_CHANGES = 40
"""Pledges that a member can make, edit, show or hide in an hour."""
MOST_PUBLIC = 500
"""Pledges that become public in a server within ten minutes; what comes beyond counts, but waits for moderators."""

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


class NotWelcome(DomainError):
    """Moderators of the server have blocked this member, for a reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            msg(
                "The moderators of the server don't take pledges from you at the moment. Their reason: {reason}\n"
                "In a direct message to me you can pledge all the same.",
                reason=escape(reason),
            )
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

    def __init__(
        self, db: Database, clock: Clock, guilds: Guilds, actions: Sequence[PledgeAction], topics: Sequence[Topic]
    ) -> None:
        """`topics` must name the themes of all `actions`."""
        self._db = db
        self._clock = clock
        self._guilds = guilds
        self._known = Together(self._look_up)
        self._of_members = Limits(clock, MOST_CHANGES, AN_HOUR)
        self._of_servers = Limits(clock, MOST_PUBLIC, TEN_MINUTES)
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
        None to leave the member's as it is. Where its server reviews pledges, or was flooded with them, a public one
        waits for moderators.

        Raises NotAPledgeYet, TooManyPledges, NotWelcome and TooFast, and NotSaved of the storage.
        """
        guild = await self._guilds.of(guild_id)
        action, words = self._checked(draft, guild)
        _check_welcome(guild, member_id)
        self._of_members.take(member_id)
        reviewed = draft.is_public and self._is_reviewed(guild, guild_id)
        now = self._clock.now()
        operation = MakePledge(
            *(id, member_id, guild_id, draft.theme, action, words, country, draft.is_public, now, reviewed)
        )
        try:
            made = await self._db.write(operation)
        except TooMany:
            raise TooManyPledges from None
        except verdicts.NotWelcome as refused:
            raise NotWelcome(refused.reason) from None
        if guild.hears_of_pledges:
            self._clock.wake()
        return made

    async def edit(
        self, draft: Draft, *, pledge_id: int, member_id: int, country: str | None, from_guild: int
    ) -> Pledge:
        """Changes one's own pledge, from the server `from_guild`, or WHOLE_CAMPAIGN for a direct message.

        From elsewhere than its own server nothing is shown there unread: its author may have left, or been banned.
        Raises NotAPledgeYet, AlreadyPledged, NoLongerYours, NotWelcome, TooFast.
        """
        guild = await self._guilds.of((await self.one_of(member_id, pledge_id)).guild_id)
        action, words = self._checked(draft, guild)
        if draft.is_public:
            _check_welcome(guild, member_id)
        self._of_members.take(member_id)
        reviewed = draft.is_public and self._is_reviewed(guild, from_guild)
        now = self._clock.now()
        operation = EditPledge(
            *(pledge_id, member_id, draft.theme, action, words, country, draft.is_public, now, reviewed)
        )
        try:
            edited = await self._db.write(operation)
        except SaysTheSame:
            raise AlreadyPledged from None
        except NotTheirs:
            raise NoLongerYours from None
        except verdicts.NotWelcome as refused:
            raise NotWelcome(refused.reason) from None
        self._clock.wake()  # it may stand in a post, whatever its server has chosen since
        return edited

    async def show(self, pledge_id: int, member_id: int, *, is_public: bool, from_guild: int) -> Pledge:
        """Puts one's own pledge on the wall, in the way of `edit`, or takes it off.

        Raises NoLongerYours, NotWelcome, TooFast.
        """
        guild = await self._guilds.of((await self.one_of(member_id, pledge_id)).guild_id)
        if is_public:
            _check_welcome(guild, member_id)
        self._of_members.take(member_id)
        reviewed = is_public and self._is_reviewed(guild, from_guild)
        operation = ShowPledge(pledge_id, member_id, is_public, self._clock.now(), reviewed)
        try:
            shown = await self._db.write(operation)
        except NotTheirs:
            raise NoLongerYours from None
        except verdicts.NotWelcome as refused:
            raise NotWelcome(refused.reason) from None
        self._clock.wake()
        return shown

    async def withdraw(self, pledge_id: int, member_id: int) -> Pledge:
        """Takes one's own pledge out of every count; returns what it was. Raises NoLongerYours."""
        try:
            withdrawn = await self._db.write(WithdrawPledge(pledge_id, member_id, self._clock.now()))
        except NotTheirs:
            raise NoLongerYours from None
        self._clock.wake()
        return withdrawn

    async def choose_country(self, member_id: int, country: str) -> None:
        await self._db.write(ChooseCountry(member_id, country, self._clock.now()))
        self._clock.wake()

    async def known_of(self, member_id: int, guild_id: int) -> Known:
        """What a form should know of a member before it opens."""
        return await self._known.one((member_id, guild_id))

    async def _look_up(self, asked: Sequence[tuple[int, int]]) -> list[Known]:
        async with self._db.read() as connection:
            return await reading.known_of(connection, asked)

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

    async def made_between(self, guild_id: int, start: date, end: date) -> int:
        """Pledges in force that were made in a server from one day (UTC) until before another."""
        async with self._db.read() as connection:
            return await reading.made_between(connection, guild_id, start, end)

    async def mark_told(self, pledge: Pledge) -> None:
        """The author has read that moderators have hidden this pledge."""
        await self._db.write(MarkTold(pledge.id, pledge.member_id, self._clock.now()))

    async def welcome(self, guild_id: int, member_id: int) -> None:
        """Raises NotWelcome for a member whom the server's moderators have blocked."""
        _check_welcome(await self._guilds.of(guild_id), member_id)

    def forget(self, member_id: int) -> None:
        """Keeps nothing of this member in memory."""
        self._of_members.forget(member_id)

    def _is_reviewed(self, guild: GuildRecord, from_guild: int) -> bool:
        """Whether what becomes public in this server waits for moderators first."""
        if guild.id == WHOLE_CAMPAIGN:
            return False
        return from_guild != guild.id or guild.reviews_pledges or not self._of_servers.has_room(guild.id)

    def _checked(self, draft: Draft, guild: GuildRecord) -> tuple[str | None, str | None]:
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
        if has_call(typed) or (has_address(typed) and not guild.allows_links):
            raise NotAPledgeYet(
                msg("Invitations and mentions can't stand in a pledge. Please leave them out.")
                if guild.allows_links
                else msg("Links, invitations and mentions can't stand in a pledge. Please leave them out.")
            )
        return None, typed


def _check_welcome(guild: GuildRecord, member_id: int) -> None:
    reason = guild.blocked.get(member_id)
    if reason is not None:
        raise NotWelcome(reason)


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

    def all_of(self, member_id: int) -> list[Draft]:
        return [draft for (whose, _), draft in self._drafts.items() if whose == member_id]

    def drop(self, member_id: int, pledge_id: int = 0) -> None:
        self._drafts.pop((member_id, pledge_id), None)

    def drop_all_of(self, member_id: int) -> None:
        self._drafts = OrderedDict((key, draft) for key, draft in self._drafts.items() if key[0] != member_id)
