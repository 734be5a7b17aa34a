"""What people can do, in the domain's words. Takes ids and plain values, returns content; knows nothing of Discord."""

from dataclasses import dataclass
from typing import Protocol

from bot.campaign.countries import Countries
from bot.campaign.models import Campaign, Fact, Quote
from bot.campaign.search import index_of_facts, index_of_quotes
from bot.clock import Clock
from bot.i18n import Languages
from bot.services.commitments import Commitments
from bot.services.decks import Deck
from bot.services.guilds import Guilds
from bot.services.lateness import Lateness
from bot.services.once import Once
from bot.services.pledges import Drafts, Pledges
from bot.services.shown import ShownForGood
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
    lateness: Lateness
    shared: Once
    """The private cards that were shared, by message id."""


class HasServices(Protocol):
    """The bot as buttons and cards see it, so that they need not know the client."""

    services: Services

    def mention_of(self, command: str) -> str:
        """The command as something to press in a text, or its name where Discord gave it no id yet."""
        ...


def make_services(campaign: Campaign, clock: Clock, db: Database) -> Services:
    names = {topic.id: topic.name for topic in campaign.topics.values()}
    guilds = Guilds(db, clock)
    return Services(
        campaign=campaign,
        languages=Languages(),
        clock=clock,
        facts=Deck(
            campaign.facts, index_of_facts(campaign.facts, names), campaign.topics, ShownForGood(db, clock, "fact")
        ),
        quotes=Deck(
            campaign.quotes, index_of_quotes(campaign.quotes, names), campaign.topics, ShownForGood(db, clock, "quote")
        ),
        commitments=Commitments(campaign.commitments),
        countries=Countries([*campaign.countries, *campaign.territories]),
        pledges=Pledges(db, clock, guilds, campaign.pledges, list(campaign.topics.values())),
        drafts=Drafts(),
        guilds=guilds,
        lateness=Lateness(),
        shared=Once(),
    )
