"""The furnished community: its people, its channels, and what they said before you came.

Only what friends write to each other stands here. What is said about the campaign, the bot says, with its sources.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any, Final, TypeAlias

import discord
import simcord

from bot.demo.deeds import walk
from bot.demo.faces import face
from bot.demo.simulation import ZONE, Simulation, Viewer

GUILD: Final = "HeForShe Nairobi"
BOT: Final = "Uplift"


@dataclass(frozen=True)
class Person:
    """Someone of the community. Only those with a role on the page can be chosen there."""

    key: str
    name: str
    role: str = ""
    about: str = ""
    is_moderator: bool = False


PEOPLE: Final = (
    Person("amina", "Amina", "Member", "has been here for a while"),
    Person("joseph", "Joseph", "Moderator", "looks after the server", is_moderator=True),
    Person("sofia", "Sofia", "Newcomer", "came this morning"),
    Person("grace", "Grace", is_moderator=True),
    Person("daniel", "Daniel"),
    Person("peter", "Peter"),
)
ACTORS: Final = tuple(person for person in PEOPLE if person.role)


@dataclass(frozen=True)
class Place:
    """A channel, or the direct messages with the bot. `kind` is text, news, private or dm."""

    key: str
    kind: str
    topic: str = ""


PLACES: Final = (
    Place("announcements", "news", "News of the group. Moderators write here."),
    Place("general", "text", "Say hello. Type / to see what the bot can do."),
    Place("pledge-wall", "text", "What each of us wants to do"),
    Place("moderators", "private", "For those who look after the server"),
    Place("dm", "dm"),
)

YESTERDAY: Final = (  # the hour, where, who, what
    (time(17, 5), "announcements", "joseph", "Our next meet-up: Saturday at ten, in the library. Bring a friend. ☕"),
    (time(17, 12), "general", "joseph", "Karibu, everyone! Sit where you like. 👋"),
    (time(17, 20), "general", "amina", "Asante, Joseph. I am bringing two colleagues on Saturday."),
    (time(17, 21), "general", "daniel", "I can carry chairs. Who has the key to the library?"),
    (time(17, 24), "general", "grace", "I do. See you at half past nine?"),
    (time(17, 41), "pledge-wall", "amina", "I will ask my brothers to take turns with the cooking. Wish me luck. 🍲"),
    (time(17, 48), "pledge-wall", "daniel", "I'm with you: the dishes and the school run are mine on weekdays."),
    (
        time(18, 2),
        "moderators",
        "grace",
        "For Saturday: greet who is new, and leave ten minutes for questions.",
    ),
    (
        time(18, 6),
        "moderators",
        "joseph",
        "Good plan. I invited Uplift, so we need not remember every date ourselves.",
    ),
)
JUST_NOW: Final = (  # minutes before you come, where, who, what
    (46, "general", "sofia", "Hello! I'm new here. Grace told me about this group. 🙂"),
    (44, "general", "grace", "Welcome, Sofia! So good that you came."),
    (12, "general", "joseph", "We have a bot now, by the way. Type a slash and look what it offers."),
    (4, "general", "amina", "Let me try it…"),
)

PLEDGED: Final = (  # yesterday at, who, about what, the form as they filled it in
    (time(17, 44), "daniel", "home", {"action": ["home-share-housework"], "country": "Kenya", "wall": True}),
    (time(17, 52), "grace", "work", {"words": "I will ask for her opinion first, and wait for it.", "wall": True}),
    (time(18, 10), "joseph", "community", {"words": "I will bring my sons along, not only my daughters."}),
)

SET_UP: Final = time(17, 30)

DOUBTFUL: Final = (
    time(18, 5),
    "peter",
    "community",
    {"words": "I will do nothing, and you all talk too much.", "wall": True},
)
REPORT: Final = "It makes fun of everybody else on the wall."

WALL_READ: Final = time(18, 15)

INVITED: Final = discord.Permissions(
    view_channel=True, send_messages=True, send_messages_in_threads=True, read_message_history=True, manage_roles=True
)
"""What the README's invitation asks for."""

MODERATOR: Final = discord.Permissions(manage_guild=True, manage_messages=True, kick_members=True)


Happening: TypeAlias = "Callable[[Community], Awaitable[None]]"


class Community:
    """The people and channels as the simulation knows them."""

    def __init__(self, simulation: Simulation[Any]) -> None:
        env = simulation.env
        self.pictures = simulation.portray(simulation.bot_id, face("bot"))
        self.guild = env.create_guild(GUILD, preferred_locale="en-GB")
        simulation.limit(self.guild, INVITED)
        self.moderators = self.guild.create_role("Moderators", permissions=MODERATOR)
        self.supporters = self.guild.create_role("Supporters")
        self.members: dict[str, simcord.MemberActor] = {}
        self._users: dict[str, simcord.UserHandle] = {}
        for person in PEOPLE:
            user = self._users[person.key] = env.create_user(person.key, global_name=person.name)
            self.pictures |= simulation.portray(user.id, face(person.key))
            roles = [self.moderators] if person.is_moderator else []
            self.members[person.key] = self.guild.add_member(user, roles=roles)
        self._channels = {place.key: self._create(place, simulation) for place in PLACES if place.kind != "dm"}

    def _create(self, place: Place, simulation: Simulation[Any]) -> simcord.ChannelHandle:
        news = place.kind == "news"
        create = self.guild.create_news_channel if news else self.guild.create_text_channel
        channel = create(place.key)
        simulation.describe(channel, place.topic)
        if place.kind in ("news", "private"):
            right = discord.Permissions(send_messages=True) if news else discord.Permissions(view_channel=True)
            simulation.allow(channel, self.guild.default_role, deny=right)
            simulation.allow(channel, self.moderators, allow=right)
            simulation.allow(channel, simulation.bot_id, allow=right)
        return channel

    def channel(self, actor: str, place: str) -> simcord.ChannelHandle:
        return self._users[actor].dm_channel if place == "dm" else self._channels[place]

    def viewer(self, actor: str, place: str) -> Viewer:
        """The one who looks: SimCord wants the user in direct messages, the member everywhere else."""
        return self._users[actor] if place == "dm" else self.members[actor]


def beginning(come: datetime) -> datetime:
    """When the community's world must begin, for a visitor who comes at `come`."""
    yesterday = come.astimezone(ZONE).date() - timedelta(days=1)
    return datetime.combine(yesterday, time(16, 30, tzinfo=ZONE))


async def furnish(simulation: Simulation[Any], come: datetime) -> Community:
    """Fill a world that has just begun, and lead it up to the moment at which the visitor comes."""
    yesterday = come.astimezone(ZONE).date() - timedelta(days=1)
    happened: list[tuple[datetime, Happening]] = [
        *((datetime.combine(yesterday, at, ZONE), partial(_say, *rest)) for at, *rest in YESTERDAY),
        (datetime.combine(yesterday, SET_UP, ZONE), _set_up),
        *((datetime.combine(yesterday, at, ZONE), partial(_pledge, *rest)) for at, *rest in (*PLEDGED, DOUBTFUL)),
        *((come - timedelta(minutes=ago), partial(_say, *rest)) for ago, *rest in JUST_NOW),
        (datetime.combine(yesterday, WALL_READ, ZONE), _read_the_wall),
        (come - timedelta(minutes=20), _report),
        (come - timedelta(minutes=3), _ask_for_a_fact),
    ]
    with simulation.env.time_context():
        community = Community(simulation)
        for moment, happening in sorted(happened, key=lambda each: each[0]):
            await _advance_to(simulation, moment)
            await happening(community)
        await _advance_to(simulation, come)
    return community


async def _say(place: str, who: str, words: str, community: Community) -> None:
    await community.members[who].send(community.channel(who, place), words)


async def _pledge(who: str, theme: str, filled: dict[str, Any], community: Community) -> None:
    member = community.members[who]
    form = await member.slash(community.channel(who, "pledge-wall"), "pledge make", theme=theme)
    await member.submit_modal(form, filled)


async def _set_up(community: Community) -> None:
    grace, moderators = community.members["grace"], community.channel("grace", "moderators")
    panel = (await grace.slash(moderators, "setup", timezone=ZONE.key)).response
    assert panel is not None  # noqa: S101 (the demo can't begin without it)
    for page, menu, chosen in (
        ("announcements", "setup:channel:announcement_channel_id", community.channel("grace", "announcements")),
        ("daily", "setup:channel:wall_channel_id", community.channel("grace", "pledge-wall")),
        ("pledges", "setup:channel:review_channel_id", moderators),
        ("pledges", "setup:role:moderator_role_id", community.moderators),
        ("pledges", "setup:role:supporter_role_id", community.supporters),
    ):
        await grace.click(panel, custom_id=f"setup:page:{page}")
        await grace.select(panel, [chosen], custom_id=menu)


async def _report(community: Community) -> None:
    """Daniel reports what Peter wrote: moderators find it when they come."""
    daniel, wall = community.members["daniel"], community.channel("daniel", "pledge-wall")
    shown = [message for message in wall.history(viewer=daniel) if message.components][-1]
    asked = (await daniel.context_menu(wall, "Report to moderators", shown)).response
    assert asked is not None  # noqa: S101
    [menu] = [part for part in walk(asked.components) if part.get("custom_id") == "report:which"]
    [meant] = [option["value"] for option in menu["options"] if option["description"] == DOUBTFUL[3]["words"]]
    form = await daniel.select(asked, [meant], custom_id="report:which")
    await daniel.submit_modal(form, {"words": REPORT})


async def _read_the_wall(community: Community) -> None:
    await community.members["grace"].slash(community.channel("grace", "pledge-wall"), "pledge wall")


async def _ask_for_a_fact(community: Community) -> None:
    await community.members["amina"].slash(community.channel("amina", "general"), "fact")


async def _advance_to(simulation: Simulation[Any], moment: datetime) -> None:
    await simulation.env.advance_time((moment - simulation.env.now()).total_seconds())
