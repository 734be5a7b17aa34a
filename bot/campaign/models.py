"""What a campaign's content holds: one type for each kind of item, exact to the field.

`data/heforshe/README.md` describes the fields and the rules for showing them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from bot.campaign.dates import PartialDate, YearlyDate, parse_day

T = TypeVar("T")


def _parsed_by(parse: Callable[[str], T]) -> BeforeValidator:
    def read(value: Any) -> T:
        if not isinstance(value, str):
            raise ValueError("must be written as text, in quotes")
        return parse(value)

    return BeforeValidator(read)


def _date_unless_undated(text: str) -> PartialDate | None:
    return None if text == "undated" else PartialDate.parse(text)


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
"""An item's id: lower-case letters, digits and hyphens. Short, because buttons carry it."""

TopicId = Annotated[Slug, StringConstraints(max_length=24)]
"""Shorter still: a button carries a topic beside a search."""

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Line = Annotated[Text, StringConstraints(max_length=200)]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>]+$", max_length=1000)]
Partial = Annotated[PartialDate, _parsed_by(PartialDate.parse)]
Yearly = Annotated[YearlyDate, _parsed_by(YearlyDate.parse)]
Day = Annotated[date, _parsed_by(parse_day)]


class Item(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Sourced(Item):
    """Something that is only shown with its source."""

    source_title: Line
    source_url: Url | None = None
    """None for a source that has no address, such as a press article named by its title."""
    also_url: Url | None = None


class Fact(Sourced):
    id: Slug
    topic: TopicId
    text: Annotated[Text, StringConstraints(max_length=300)]
    date: Partial | None = None
    as_of: Partial | None = None
    """When a figure that changes was true."""
    contested: Annotated[Text, StringConstraints(max_length=300)] | None = None
    """What the sources dispute, or whose own figure it is."""
    support: bool = False
    """It speaks of violence: shown with the way to `/support`."""


class Quote(Sourced):
    id: Slug
    speaker: Annotated[Text, StringConstraints(max_length=80)]
    speaker_role: Line
    """The role on the day of the words; many have left it."""
    text: Annotated[Text, StringConstraints(max_length=280)]
    occasion: Line
    date: Annotated[PartialDate | None, _parsed_by(_date_unless_undated)]
    """None for words that nobody dates."""
    topics: Annotated[tuple[TopicId, ...], Field(min_length=1)]
    support: bool = False


Weight = Literal["headline", "major", "minor"]
Tone = Literal["festive", "plain", "solemn"]


class Remembered(Sourced):
    """What milestones and observances have in common."""

    id: Slug
    weight: Weight
    tone: Tone
    title: Annotated[Text, StringConstraints(max_length=100)]
    description: Annotated[Text, StringConstraints(max_length=400)]


class Milestone(Remembered):
    """A dated event of the campaign, or of the history that it stands in."""

    kind: Literal["milestone"]
    scope: Literal["campaign", "history"]
    date: Day
    end_date: Day | None = None
    date_note: Annotated[Text, StringConstraints(max_length=300)] | None = None
    """Why the day is not certain."""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Milestone":
        if self.end_date is not None and self.end_date < self.date:
            raise ValueError("end_date lies before date")
        return self

    @property
    def yearly(self) -> YearlyDate:
        return YearlyDate(self.date.month, self.date.day)

    @property
    def first_year(self) -> int:
        return self.date.year


class Observance(Remembered):
    """A yearly day, or a yearly period that begins on it."""

    kind: Literal["observance"]
    date: Yearly
    end_date: Yearly | None = None
    first_observed: Annotated[int, Field(ge=1800, le=2100)]

    @property
    def yearly(self) -> YearlyDate:
        return self.date

    @property
    def first_year(self) -> int:
        return self.first_observed


class Commitment(Sourced):
    """A public promise of an organisation or a leader. A promise: never worded as done."""

    id: Slug
    who: Line
    kind: Literal["government", "organisation", "company", "university", "leader"]
    text: Annotated[Text, StringConstraints(max_length=280)]
    made_on: Partial | None = None
    year: Annotated[int, Field(ge=1900, le=2100)] | None = None
    deadline: Line | None = None
    deadline_on: Partial | None = None
    note: Text | None = None
    support: bool = False

    @model_validator(mode="after")
    def _has_a_date(self) -> "Commitment":
        if (self.made_on is None) == (self.year is None):
            raise ValueError("needs either made_on or year: a promise is shown with its date")
        return self

    @property
    def promised(self) -> PartialDate:
        return self.made_on or PartialDate(self.year or 0)


class PledgeAction(Item):
    """A ready-made promise that a member can take as their own."""

    id: Slug
    theme: TopicId
    text: Annotated[Text, StringConstraints(max_length=100)]  # a select's label holds no more
    support: bool = False


class CampaignInfo(Item):
    name: Annotated[Text, StringConstraints(max_length=60)]
    tagline: Line
    about: Annotated[Text, StringConstraints(max_length=400)]
    launched: Day
    colour: Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")]
    colour_note: Text
    disclaimer: Annotated[Text, StringConstraints(max_length=300)]
    goals: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(min_length=1)]
    support_intro: Annotated[Text, StringConstraints(max_length=400)]
    source_title: Line
    source_url: Url | None = None
    also_url: Url | None = None

    @model_validator(mode="after")
    def _goals_rise(self) -> "CampaignInfo":
        if list(self.goals) != sorted(set(self.goals)):
            raise ValueError("goals must rise from each to the next")
        return self

    @property
    def rgb(self) -> int:
        """The colour as one number, 0xRRGGBB."""
        return int(self.colour[1:], 16)


class Link(Item):
    id: Slug
    label: Annotated[Text, StringConstraints(max_length=80)]
    url: Url


class SupportPlace(Sourced):
    """A place that helps people who are hurt or in danger, or a piece of advice (then without an address)."""

    id: Slug
    name: Annotated[Text, StringConstraints(max_length=60)]
    text: Annotated[Text, StringConstraints(max_length=200)]
    url: Url | None = None


class Topic(Item):
    id: TopicId
    name: Annotated[Text, StringConstraints(max_length=60)]


class Area(Item):
    """A country or territory, by its ISO 3166-1 codes. Standing in one list or the other says nothing of its status."""

    iso2: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    iso3: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    name: Annotated[Text, StringConstraints(max_length=80)]
    region: Literal["Africa", "Americas", "Asia", "Europe", "Oceania"]
    subregion: Text
    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    aliases: tuple[Text, ...] = ()
    small: bool = False
    """Under 6,500 square kilometres: a world map hides its shape."""


class Country(Area):
    """One of the 195 that 'every country' is counted against."""

    observer: bool = False
    """A non-member observer state at the UN."""


class Territory(Area):
    """Another inhabited place with a code: it can be chosen and is shown, but does not count to the 195."""


@dataclass(frozen=True)
class Campaign:
    """All of one campaign's content, checked, and the countries, which serve every campaign."""

    info: CampaignInfo
    links: tuple[Link, ...]
    support: tuple[SupportPlace, ...]
    topics: Mapping[str, Topic]
    facts: tuple[Fact, ...]
    quotes: tuple[Quote, ...]
    milestones: tuple[Milestone | Observance, ...]
    commitments: tuple[Commitment, ...]
    pledges: tuple[PledgeAction, ...]
    countries: tuple[Country, ...]
    territories: tuple[Territory, ...]
