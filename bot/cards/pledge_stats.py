"""What has come together: people, pledges, countries, and the way to the next goal. In words first."""

from collections.abc import Callable
from functools import partial

from bot.cards.base import Block, Card, Interaction, Reader, answer, reader_of, turn
from bot.cards.lasting import LastingButton
from bot.cards.pledge_form import MakePledgeButton, server_of
from bot.i18n import Message, msg
from bot.storage.reading import Numbers
from bot.storage.tables import WHOLE_CAMPAIGN

BAR_LENGTH = 10

REGIONS: dict[str, Message] = {
    "Africa": msg("Africa"),
    "Americas": msg("Americas"),
    "Asia": msg("Asia"),
    "Europe": msg("Europe"),
    "Oceania": msg("Oceania"),
}


async def show_stats(interaction: Interaction, *, whole: bool, private: bool = False) -> None:
    """Answers with the numbers of this server; of the whole campaign if asked for, or where there is no server."""
    await answer(interaction, await _read(interaction, whole=whole), private=private)


async def _read(interaction: Interaction, *, whole: bool) -> Callable[[Reader], Card]:
    server = server_of(interaction)
    scope = WHOLE_CAMPAIGN if whole else server
    numbers = await reader_of(interaction, private=True).services.pledges.numbers(scope)
    return partial(stats_card, numbers=numbers, is_whole=scope == WHOLE_CAMPAIGN, in_server=server != WHOLE_CAMPAIGN)


def stats_card(reader: Reader, numbers: Numbers, *, is_whole: bool, in_server: bool) -> Card:
    """The numbers of a scope; where nobody has pledged yet an invitation, never a zero."""
    _ = reader.words.gettext
    buttons: list[Block] = [MakePledgeButton("", _("Make a pledge"))]
    if not is_whole:
        buttons.append(ScopeButton("whole", _("The whole campaign")))
    elif in_server:
        buttons.append(ScopeButton("here", _("This server")))
    if not numbers.supporters:
        invitation = _("Somebody has to be the first. It takes a minute.")
        return Card(reader.colour, [f"### {_('The first pledge could be yours')}\n{invitation}"], buttons)
    title = _people(reader, numbers.supporters, is_whole=is_whole)
    parts = [
        f"### {title}\n{_pledges(reader, numbers)}",
        goal_text(reader, numbers.supporters),
        _regions(reader, numbers),
    ]
    return Card(reader.colour, [part for part in parts if part], buttons)


def _people(reader: Reader, count: int, *, is_whole: bool) -> str:
    if is_whole:
        return reader.words.ngettext(
            "{n} person stands up in the whole campaign", "{n} people stand up in the whole campaign", count
        )
    return reader.words.ngettext("{n} person stands up here", "{n} people stand up here", count)


def _pledges(reader: Reader, numbers: Numbers) -> str:
    n = reader.words.ngettext
    lines = [n("**{n}** pledge is in force.", "**{n}** pledges are in force.", numbers.pledges)]
    if latest := sum(numbers.days):
        lines.append(n("**{n}** is from the last 30 days.", "**{n}** are from the last 30 days.", latest))
    return " ".join(lines)


def goal_text(reader: Reader, count: int) -> str:
    """How many are missing to the next goal, and then a bar that shows the same; empty beyond the last goal."""
    goal = next((goal for goal in reader.services.campaign.info.goals if goal > count), None)
    if goal is None:
        return ""
    missing = reader.words.ngettext(
        "**{n}** more person to reach the next goal, {goal}.",
        "**{n}** more people to reach the next goal, {goal}.",
        goal - count,
        goal=reader.words.number(goal),
    )
    full = count * BAR_LENGTH // goal
    return f"{missing}\n{'▰' * full}{'▱' * (BAR_LENGTH - full)}"


def _regions(reader: Reader, numbers: Numbers) -> str:
    """From how many of the countries, by region, and which regions are still missing; empty where nobody told."""
    _, words, countries = reader.words.gettext, reader.words, reader.services.countries
    present = {iso2 for iso2 in numbers.countries if countries.is_counted(iso2)}
    if not numbers.countries:
        return ""
    every = sum(len(members) for members in countries.regions.values())
    n, number = words.ngettext, words.number
    from_where: list[str] = []
    if present:
        from_where.append(
            n("From **{n}** of {all} countries.", "From **{n}** of {all} countries.", len(present), all=number(every))
        )
    if territories := len(numbers.countries) - len(present):
        from_where.append(n("From **{n}** territory.", "From **{n}** territories.", territories))
    lines = [" ".join(from_where)]
    by_region = {name: len(members & present) for name, members in countries.regions.items()}
    here = [
        _(
            "{region} {n} of {all}",
            region=_name(reader, name),
            n=number(count),
            all=number(len(countries.regions[name])),
        )
        for name, count in by_region.items()
        if count
    ]
    if here:
        lines.append(" · ".join(here))
    missing = [_name(reader, name) for name, count in by_region.items() if not count]
    if missing:
        lines.append(_("Still missing: {regions}.", regions=words.list(missing)))
    return "\n".join(lines)


def _name(reader: Reader, region: str) -> str:
    return reader.words.say(REGIONS[region])


class ScopeButton(LastingButton, template=r"stats:(?P<scope>here|whole)"):
    """The same numbers for this server, or for the whole campaign."""

    def __init__(self, scope: str, label: str = "") -> None:
        super().__init__(f"stats:{scope}", label)
        self.is_whole = scope == "whole"

    async def press(self, interaction: Interaction) -> None:
        await turn(interaction, await _read(interaction, whole=self.is_whole))
