"""What people can do, in the domain's words. Takes ids and plain values, returns content; knows nothing of Discord."""

from dataclasses import dataclass
from typing import Protocol

from bot.campaign.calendar import Calendar
from bot.campaign.countries import Countries
from bot.campaign.models import Campaign, Fact, Quote
from bot.campaign.search import index_of_facts, index_of_quotes
from bot.clock import Clock
from bot.i18n import Languages
from bot.services.announcements import Announcements
from bot.services.commitments import Commitments
from bot.services.days import Days
from bot.services.decks import Deck
from bot.services.exports import Exports
from bot.services.guilds import Guilds
from bot.services.lateness import Lateness
from bot.services.leaving import Leaving
from bot.services.moderation import Moderation
from bot.services.mutes import Mutes
from bot.services.once import Once
from bot.services.own_dates import OwnDates
from bot.services.pledges import Drafts, Pledges
from bot.services.privacy import Privacy
from bot.services.reports import Reports
from bot.services.shown import ShownForGood
from bot.services.supporter_roles import SupporterRoles
from bot.services.targets import Targets
from bot.services.wall import Wall
from bot.storage.database import Database


@dataclass(frozen=True)
class Services:
    """All services of one bot."""

    campaign: Campaign
    languages: Languages
    clock: Clock
    facts: Deck[Fact]
    quotes: Deck[Quote]
    commitments: Commitments
    countries: Countries
    pledges: Pledges
    drafts: Drafts
    guilds: Guilds
    own_dates: OwnDates
    days: Days
    announcements: Announcements
    wall: Wall
    targets: Targets
    leaving: Leaving
    privacy: Privacy
    moderation: Moderation
    mutes: Mutes
    reports: Reports
    exports: Exports
    supporter_roles: SupporterRoles
    lateness: Lateness
    shared: Once
    """The private cards that were shared, by message id."""


class HasServices(Protocol):
    """The bot as buttons and cards see it, so that they need not know the client."""

    services: Services

    def mention_of(self, command: str) -> str:
        """The command as something to press in a text, or its name where Discord gave it no id yet."""
        ...


def make_services(campaign: Campaign, clock: Clock, db: Database, policy_url: str | None = None) -> Services:
    """`policy_url`: where the operator's privacy policy stands, if they have put it on the web."""
    names = {topic.id: topic.name for topic in campaign.topics.values()}
    guilds = Guilds(db, clock)
    own_dates = OwnDates(db, clock, guilds)
    countries = Countries([*campaign.countries, *campaign.territories])
    pledges, drafts = Pledges(db, clock, guilds, campaign.pledges, list(campaign.topics.values())), Drafts()
    reports, supporter_roles = Reports(db, clock, guilds), SupporterRoles(db, clock)
    shown_facts, shown_quotes = ShownForGood(db, clock, "fact"), ShownForGood(db, clock, "quote")
    memories = (shown_facts, shown_quotes, pledges, reports, supporter_roles)
    return Services(
        campaign=campaign,
        languages=Languages(),
        clock=clock,
        facts=Deck(campaign.facts, index_of_facts(campaign.facts, names), campaign.topics, shown_facts),
        quotes=Deck(campaign.quotes, index_of_quotes(campaign.quotes, names), campaign.topics, shown_quotes),
        commitments=Commitments(campaign.commitments),
        countries=countries,
        pledges=pledges,
        drafts=drafts,
        guilds=guilds,
        own_dates=own_dates,
        days=Days(guilds, own_dates, Calendar(campaign.milestones)),
        announcements=Announcements(db, clock),
        wall=Wall(db, clock),
        targets=Targets(db, clock, campaign.info.goals, countries),
        leaving=Leaving(db, clock, guilds),
        privacy=Privacy(db, clock, pledges, drafts, guilds, memories, policy_url),
        moderation=Moderation(db, clock, guilds, campaign.pledges),
        mutes=Mutes(guilds, campaign),
        reports=reports,
        exports=Exports(db, clock),
        supporter_roles=supporter_roles,
        lateness=Lateness(),
        shared=Once(),
    )
