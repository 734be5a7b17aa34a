"""The post of what people in a server have reached together, with thanks, and with what comes next."""

import hashlib
from collections.abc import Sequence

from bot.cards.announcement_more import More
from bot.cards.announcement_post import Post, Stage
from bot.cards.base import Card, Reader
from bot.cards.pledge_form import MakePledgeButton
from bot.cards.pledge_stats import goal_text
from bot.i18n import msg
from bot.storage.reading import Numbers

REGIONS = "regions"

_THANKS = (
    msg("Thank you to everybody who is a part of it."),
    msg("Behind every number is somebody who said: I will. Thank you."),
    msg("It took many small decisions, and every one of them counts. Thank you."),
    msg("Nobody did this alone. Thank you, all of you."),
)


async def target_post(stage: Stage, names: Sequence[str]) -> Post | None:
    """What these names tell, several in one post. What no longer holds is left out; None where nothing holds."""
    reader = stage.reader
    numbers = await reader.services.pledges.numbers(stage.guild_id)
    titles = _titles(reader, numbers, names)
    if not titles:
        return None
    words, _ = reader.words, reader.words.gettext
    first, *rest = titles
    at = hashlib.blake2b(stage.key.encode(), digest_size=1).digest()[0]
    paragraphs = [
        f"**{_('Reached together')}**\n## {first}",
        "\n".join(f"**{title}**" for title in rest),
        words.say(_THANKS[at % len(_THANKS)]),
        _so_far(reader, numbers, names),
        goal_text(reader, numbers.supporters),
    ]
    buttons = [MakePledgeButton("", _("Make a pledge")), More(stage.key, _("More"))]
    return Post(Card(reader.colour, [text for text in paragraphs if text], buttons, airy=True))


def _titles(reader: Reader, numbers: Numbers, names: Sequence[str]) -> list[str]:
    """A sentence for each thing that was reached; countries share one."""
    words, countries = reader.words, reader.services.countries
    goals = [int(name.partition(":")[2]) for name in names if name.startswith("goal:")]
    titles = [
        words.ngettext("{n} person here has stood up", "{n} people here have stood up", goal)
        for goal in goals
        if goal <= numbers.supporters
    ]
    present = frozenset(numbers.countries)
    if REGIONS in names and all(area & present for area in countries.regions.values()):
        titles.append(words.gettext("People from every region of the world stand together here"))
    codes = [name.partition(":")[2] for name in names if name.startswith("country:")]
    named = sorted(countries.name(iso2, words.locale) for iso2 in codes if iso2 in present)
    if named:
        titles.append(
            words.ngettext(
                "The first public pledge from {countries}",
                "The first public pledges from {countries}",
                len(named),
                countries=words.list(named),
            )
        )
    return titles


def _so_far(reader: Reader, numbers: Numbers, names: Sequence[str]) -> str:
    """From how many countries there are people by now, where countries are what is told."""
    countries, words = reader.services.countries, reader.words
    present = [iso2 for iso2 in numbers.countries if countries.is_counted(iso2)]
    if not present or not any(name == REGIONS or name.startswith("country:") for name in names):
        return ""
    every = sum(len(members) for members in countries.regions.values())
    return words.ngettext(
        "People from **{n}** of {all} countries have made a pledge here.",
        "People from **{n}** of {all} countries have made a pledge here.",
        len(present),
        all=words.number(every),
    )
