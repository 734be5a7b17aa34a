"""Reads a campaign's content from its folder and reports every fault by file, item and field. The only I/O here."""

import difflib
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot import DATA
from bot.campaign.models import (
    Campaign,
    CampaignInfo,
    Commitment,
    Country,
    Fact,
    Link,
    Milestone,
    Observance,
    PledgeAction,
    Quote,
    SupportPlace,
    Territory,
    Topic,
)

M = TypeVar("M", bound=BaseModel)
COUNTRIES_FILE = DATA / "countries.toml"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with the content, in words for the person who wrote it."""

    file: str
    item: str
    """The item's id, or its number where the id is missing; empty when the file as a whole is meant."""
    field: str
    """Empty when the item as a whole is meant."""
    problem: str

    def __str__(self) -> str:
        where = [self.file, self.item, self.field and f"field '{self.field}'"]
        return f"{', '.join(part for part in where if part)}: {self.problem}"


class ContentError(Exception):
    """Content that can't be used; `faults` holds every one that was found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def load_campaign(folder: Path, countries_file: Path = COUNTRIES_FILE) -> Campaign:
    """Reads and checks the campaign in `folder`. Raises ContentError with every fault in it."""
    faults: list[Fault] = []
    main = _File(folder / "campaign.toml", faults)
    places = _File(countries_file, faults)
    info = main.one("campaign", CampaignInfo)
    campaign = Campaign(
        info=cast(CampaignInfo, info),  # None only together with a fault, which raises below
        links=main.many("links", Link),
        support=main.many("support", SupportPlace),
        topics={topic.id: topic for topic in main.many("topics", Topic)},
        facts=_only_table(folder / "facts.toml", faults, Fact),
        quotes=_only_table(folder / "quotes.toml", faults, Quote),
        milestones=_only_table(folder / "milestones.toml", faults, Milestone, Observance),
        commitments=_only_table(folder / "commitments.toml", faults, Commitment),
        pledges=_only_table(folder / "pledges.toml", faults, PledgeAction),
        countries=places.many("countries", Country),
        territories=places.many("territories", Territory),
    )
    main.nothing_else()
    places.nothing_else()
    faults.extend(_unknown_topics(campaign))
    if faults:
        raise ContentError(faults)
    return campaign


def _only_table(path: Path, faults: list[Fault], *models: type[M]) -> tuple[M, ...]:
    """The items of a file that holds one array of tables, named after the file."""
    file = _File(path, faults)
    items = file.many(path.stem, *models)
    file.nothing_else()
    return items


class _File:
    """One TOML file: its tables are taken out one by one, and what is wrong goes to `faults`."""

    def __init__(self, path: Path, faults: list[Fault]) -> None:
        self.name = path.name
        self._faults = faults
        self._tables = self._read(path)

    def _read(self, path: Path) -> dict[str, Any] | None:
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            self._fault("the file is missing")
        except UnicodeDecodeError:
            self._fault("is not text in UTF-8")
        except OSError as error:
            self._fault(f"can't be read: {error.strerror}")
        except tomllib.TOMLDecodeError as error:
            self._fault(f"is not valid TOML: {error}")
        return None

    def _fault(self, problem: str, item: str = "", field: str = "") -> None:
        self._faults.append(Fault(self.name, item, field, problem))

    def one(self, table: str, model: type[M]) -> M | None:
        """The single table `[table]`; None when it is missing or faulty."""
        if self._tables is None:
            return None
        raw = self._tables.pop(table, None)
        if not isinstance(raw, dict):
            self._fault(f"has no table [{table}]")
            return None
        return self._item(cast(dict[str, Any], raw), f"[{table}]", (model,))

    def many(self, table: str, *models: type[M]) -> tuple[M, ...]:
        """The items of the array `[[table]]` that are right; with several models, each item's `kind` chooses."""
        if self._tables is None:
            return ()
        raw = self._tables.pop(table, None)
        if not isinstance(raw, list):
            self._fault(f"has no list [[{table}]]")
            return ()
        rows = cast(list[Any], raw)
        named = [(self._name(row, number), row) for number, row in enumerate(rows, start=1)]
        for name, count in Counter(name for name, _ in named).items():
            if count > 1:
                self._fault(f"stands there {count} times; an id must be unique", name, "id")
        return tuple(item for name, row in named if (item := self._item(row, name, models)))

    @staticmethod
    def _name(row: Any, number: int) -> str:
        fields = cast(dict[str, Any], row if isinstance(row, dict) else {})
        name = fields.get("id") or fields.get("iso2")
        return f"'{name}'" if isinstance(name, str) else f"item {number}"

    def _item(self, row: Any, name: str, models: tuple[type[M], ...]) -> M | None:
        if not isinstance(row, dict):
            self._fault("is not a table of fields", name)
            return None
        fields = cast(dict[str, Any], row)
        model = models[0]
        if len(models) > 1:
            by_kind = {kind.__name__.lower(): kind for kind in models}
            chosen = by_kind.get(str(fields.get("kind")))
            if chosen is None:
                self._fault(f"must be one of: {', '.join(by_kind)}", name, "kind")
                return None
            model = chosen
        try:
            return model.model_validate(fields)
        except ValidationError as error:
            for detail in error.errors():
                self._fault(_in_words(detail, model), name, ".".join(map(str, detail["loc"])))
            return None

    def nothing_else(self) -> None:
        """Whatever was not taken out has a name that nobody reads: most likely a slip of the pen."""
        for table in self._tables or ():
            self._fault(f"has a part that is not known: '{table}'")


def _unknown_topics(campaign: Campaign) -> Iterable[Fault]:
    used = [
        *(("facts.toml", fact.id, "topic", fact.topic) for fact in campaign.facts),
        *(("quotes.toml", quote.id, "topics", topic) for quote in campaign.quotes for topic in quote.topics),
        *(("pledges.toml", pledge.id, "theme", pledge.theme) for pledge in campaign.pledges),
    ]
    for file, item, field, topic in used:
        if topic not in campaign.topics:
            hint = _did_you_mean(topic, campaign.topics)
            yield Fault(file, f"'{item}'", field, f"'{topic}' is not among the topics of campaign.toml{hint}")


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean '{close[0]}'?" if close else ""


_PROBLEMS: Mapping[str, str] = {
    "string_too_short": "is empty",
    "too_short": "is empty",
    "string_type": "must be written as text, in quotes",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "literal_error": "must be one of {expected}",
    "value_error": "{error}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
}


def _in_words(detail: ErrorDetails, model: type[BaseModel]) -> str:
    kind, given = detail["type"], detail["input"]
    if kind == "missing":
        if detail["loc"] == ("source_title",):
            return "has no source: everything that is shown names where it comes from"
        return "is missing"
    if kind == "extra_forbidden":
        return f"is not a field of {model.__name__.lower()}s{_did_you_mean(str(detail['loc'][-1]), model.model_fields)}"
    context = detail.get("ctx", {})
    if kind == "string_too_long":
        return f"is {len(given)} characters long; at most {context['max_length']} fit"
    if kind == "string_pattern_mismatch":
        return f"is not written as it must be: {given!r}"
    return _PROBLEMS.get(kind, detail["msg"]).format(**context)
