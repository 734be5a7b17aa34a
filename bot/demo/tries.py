"""Things to try: what the page suggests, who and where it is best tried, and when it counts as done.

A new feature adds its line here. A line whose command the bot does not have is not shown.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final

from bot.demo.deeds import Deed


@dataclass(frozen=True)
class Try:
    """`types` is put into the composer of `place`; `button` is to be pressed there; `done` knows the deed."""

    key: str
    title: str
    text: str
    done: Callable[[Deed], bool]
    types: str = ""
    button: str = ""
    place: str = "general"
    actor: str = ""

    @property
    def command(self) -> str:
        """The command without slash and options."""
        words = self.types.removeprefix("/").split()
        return " ".join(word for word in words if ":" not in word)


def _command(name: str, *options: str) -> Callable[[Deed], bool]:
    return lambda deed: deed.what == "command" and deed.name == name and deed.options.issuperset(options)


def _button(label: str) -> Callable[[Deed], bool]:
    return lambda deed: deed.what == "button" and deed.name == label


TRIES: Final = (
    Try(
        "pledge", "Make a pledge", "Choose what you will do. It counts.", _command("pledge make"), types="/pledge make"
    ),
    Try(
        "stats",
        "See how many stand up",
        "People, countries, and the next goal.",
        _command("pledge stats"),
        types="/pledge stats",
    ),
    Try("wall", "Read the pledge wall", "What people here promised.", _command("pledge wall"), types="/pledge wall"),
    Try(
        "mine",
        "Change your mind",
        "Edit your pledge, show it, or take it back.",
        _command("pledge mine"),
        types="/pledge mine",
    ),
    Try(
        "report",
        "Report what does not belong",
        "Moderators learn of it. Its author never learns who.",
        _button("Report"),
        button="Report",
        place="pledge-wall",
    ),
    Try(
        "privacy",
        "See what is stored about you",
        "All of it, as a file too, and how to have it erased.",
        _command("privacy show"),
        types="/privacy show",
    ),
    Try("fact", "Ask for a fact", "It comes with its source and its date.", _command("fact"), types="/fact"),
    Try("another", "Want one more?", "Nothing repeats until all were shown.", _button("Another"), button="Another"),
    Try(
        "search",
        "Look for something",
        "Half words and typing errors are fine.",
        _command("fact", "search"),
        types="/fact search:twiter",
    ),
    Try(
        "sure",
        "How sure is this?",
        "Some figures are disputed. The bot says by whom.",
        _button("How sure is this?"),
        button="How sure is this?",
    ),
    Try("quote", "Read what someone said", "With the role they had then.", _command("quote"), types="/quote"),
    Try(
        "private",
        "Ask for yourself only",
        "Nobody else sees it, until you press Share here.",
        _command("fact", "private"),
        types="/fact private:True",
    ),
    Try(
        "commitments",
        "Read what was promised",
        "By whom, and by when it was to be reached.",
        _command("commitments"),
        types="/commitments",
    ),
    Try(
        "anniversary",
        "See which date comes next",
        "The bot remembers the campaign's days.",
        _command("anniversary next"),
        types="/anniversary next",
    ),
    Try(
        "clock",
        "Move the date",
        "Tomorrow, an anniversary, any day: the bot takes it for today.",
        lambda deed: deed.what == "clock",
    ),
    Try(
        "announcement",
        "Read the announcement",
        "Each anniversary is posted there at nine by itself, once. Move the date to see the next.",
        lambda deed: deed == Deed("visit", "announcements"),
        place="announcements",
    ),
    Try(
        "dm",
        "Write to the bot alone",
        "The same commands work in direct messages.",
        lambda deed: deed.what == "command" and deed.in_dm,
        types="/quote",
        place="dm",
    ),
    Try(
        "moderator",
        "Look at a report as a moderator",
        "Joseph finds it in the moderators' channel: show it again, hide it, or block its author.",
        lambda deed: deed == Deed("visit", "moderators"),
        actor="joseph",
        place="moderators",
    ),
    Try(
        "moderate",
        "Look through the pledges",
        "Search, hide with a reason, show again.",
        _command("moderate pledges"),
        types="/moderate pledges",
        actor="joseph",
        place="moderators",
    ),
    Try(
        "setup",
        "Set the server up",
        "Channels, roles, review: each choice is checked at once.",
        _command("setup"),
        types="/setup",
        actor="joseph",
        place="moderators",
    ),
    Try(
        "milestone",
        "Add a date of your own",
        "A title and a day: it is posted every year, beside the campaign's dates.",
        _command("milestone add"),
        types="/milestone add",
        actor="joseph",
        place="moderators",
    ),
    Try(
        "support",
        "Find help",
        "For when someone is hurt or in danger. Always private.",
        _command("support"),
        types="/support",
    ),
    Try("help", "See everything", "Each command in a line.", _command("help"), types="/help"),
)


def for_page(commands: Collection[str], deeds: Collection[Deed]) -> list[dict[str, Any]]:
    """The list as the page shows it."""
    return [
        {
            "key": each.key,
            "title": each.title,
            "text": each.text,
            "types": each.types,
            "button": each.button,
            "place": each.place,
            "actor": each.actor,
            "done": any(each.done(deed) for deed in deeds),
        }
        for each in TRIES
        if not each.command or each.command in commands
    ]
