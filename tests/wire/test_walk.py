"""Every command, option, button, menu and form of the bot, over the wire, by people of three languages.

Whatever is sent to Discord meanwhile is held against its rules, as in all tests here.
"""

import re
from dataclasses import dataclass

import pytest

from tests.wire.child import Child
from tests.wire.client import Answer, Card, Guild, Member, Wire
from tests.wire.permissions import BITS
from tests.wire.walk import ACCOUNT, DIRECT, SENTENCE, SERVER, Walk, all_steps, commands_of, steps_taken

INVITED = sum(
    BITS[name]
    for name in ("view_channel", "send_messages", "send_messages_in_threads", "read_message_history", "manage_roles")
)
"""What the bot asks for when it is added."""

LOCALES = {"en-GB": "en-US", "de": "de", "ar": "ja"}
"""The members' languages, and the servers'."""

MADE_ON = {"en-GB": r"made on \d+ \w+ \d{4}", "de": r"made on \w+ \d+, \d{4}", "ar": r"made on \w+ \d+, \d{4}"}
"""How a date is written; who has no catalogue of their own reads all in American English."""

PLEDGES = [f"I will listen to {who} first, and speak second." for who in ("her", "him", "them", "both", "all", "you")]


@dataclass
class Community:
    """A server in the making, and its people."""

    walk: Walk
    guild: Guild
    amina: Member
    joseph: Member
    grace: Member
    """Manages the server."""
    mona: Member
    """Moderates, once her role is chosen."""
    staff: str
    moderators: str
    supporters: str

    @property
    def wire(self) -> Wire:
        return self.walk.wire

    @property
    def general(self) -> str:
        return self.guild.general

    async def pledge(self, member: Member, words: str, theme: str = "home", **filled: object) -> Answer:
        form = await self.walk.slash(member, self.general, "pledge make", theme=theme)
        answer = await self.walk.send(member, form, words=words, **filled)
        assert answer.title == "Your pledge counts. Thank you!"
        return answer

    async def waiting(self, count: int) -> Card:
        """The newest post in the moderators' channel, once there are so many."""
        await self.wire.do("until_messages", channel=self.staff, count=count)
        return (await self.wire.messages(self.staff))[-1]


async def community(bot: Child, locale: str) -> Community:
    wire = bot.wire
    guild = await wire.guild(locale=LOCALES[locale], rights=INVITED)
    managers = await wire.role(guild, "managers", position=3, manage_guild=True, mention_everyone=True)
    moderators, supporters = await wire.role(guild, "moderators"), await wire.role(guild, "supporters")
    amina, joseph, grace, mona = [
        await wire.member(guild, name, locale=locale, roles=roles)
        for name, roles in {"amina": [], "joseph": [], "grace": [managers], "mona": [moderators]}.items()
    ]
    staff = await wire.channel(guild, "staff")
    await wire.allow(staff, guild.id, view_channel=False)
    await wire.allow(staff, moderators, view_channel=True)
    await wire.allow(staff, wire.me, view_channel=True)
    return Community(await Walk.begin(wire), guild, amina, joseph, grace, mona, staff, moderators, supporters)


async def setting_up(here: Community) -> None:
    walk, grace = here.walk, here.grace
    panel = await walk.press(grace, await walk.slash(grace, here.general, "setup"), "Pledges and roles")
    chosen = {"channel:review_channel_id": here.staff, "role:moderator": here.moderators, "role:supp": here.supporters}
    for menu, value in chosen.items():
        panel = await walk.choose(grace, panel, f"setup:{menu}", value)
        assert "Saved." in panel.text
    for label in ("No review channel", "Allow links", "Allow no links", "Review them first", "Show them at once"):
        panel = await walk.press(grace, panel, label)
        assert "Saved." in panel.text
    panel = await walk.choose(grace, panel, "setup:channel", here.staff)
    assert "Saved." in panel.text


async def setting_up_announcements(here: Community) -> None:
    """A channel, a place, a time, whom to call; a look at what comes; and all of it taken back."""
    walk, grace, wire = here.walk, here.grace, here.wire
    news = await wire.channel(here.guild, "news")
    await wire.allow(news, wire.me, mention_everyone=True)
    panel = await walk.press(grace, await walk.slash(grace, here.general, "setup", timezone="UTC"), "Announcements")
    panel = await walk.choose(grace, panel, "setup:pick:zone")
    panel = await walk.send(grace, await walk.press(grace, panel, "Search for a place"), typed="Nairobi")
    panel = await walk.choose(grace, panel, "setup:channel:announcement", news)
    panel = await walk.send(grace, await walk.press(grace, panel, "Choose the time"), typed="18:30")
    assert "The next post comes " in panel.text
    asked = await walk.choose(grace, panel, "setup:role:ping", here.guild.id)
    panel = await walk.press(grace, asked, "Yes, mention @everyone")
    assert "mention @everyone now." in panel.text
    assert "A preview" in (await walk.press(grace, panel, "Preview the next announcement")).text
    panel = await walk.press(grace, panel, "Send a test post")
    assert "Posted:" in panel.text
    [posted] = await wire.messages(news)
    assert "nothing to add" not in (await walk.press(here.amina, posted, "More")).text
    for label in ("Mention nobody", "No announcements", "No time zone"):
        panel = await walk.press(grace, panel, label)
        assert "Saved." in panel.text
    nothing = "setup:after:1"
    answer = await walk.step(wire.press(grace, await wire.post(here.general, nothing), nothing))
    assert "There is nothing left to post here" in answer.text


async def dates_of_its_own(here: Community) -> None:
    """Two dates, of which one stays; and one of the campaign's that is not wanted."""
    walk, grace = here.walk, here.grace
    for date in ("29 February 2016", "2 May"):
        shown = await walk.slash(grace, here.general, "milestone add", title=SENTENCE, date=date)
        assert "The date is saved." in shown.text
    changed = await walk.send(grace, await walk.press(grace, shown, "Edit"), on="3 May", time="18:30")
    assert "The date is saved." in changed.text
    assert "A preview" in (await walk.press(grace, changed, "Preview")).text
    kept = await walk.press(grace, await walk.press(grace, changed, "Remove"), "No, keep it")
    gone = await walk.press(grace, await walk.press(grace, kept, "Remove"), "Yes, remove it")
    assert gone.title == "The date is removed"
    listed = await walk.press(grace, await walk.slash(grace, here.general, "milestone list"), "Later")
    options = [option["value"] for part in listed.card.parts for option in part.get("options", ())]
    unwanted = next(value for value in options if value.startswith("mute:"))
    for value in (unwanted, f"un{unwanted}"):
        listed = await walk.choose(grace, listed, "own:pick", value)
        assert "here" in listed.title


async def reading(here: Community) -> None:
    """What the campaign has to tell."""
    walk, amina = here.walk, here.amina
    fact = await walk.slash(amina, here.general, "fact")
    await walk.press(amina, await walk.turn_until(amina, fact, "Another", "How sure is this?"), "How sure is this?")
    await walk.press(amina, await walk.turn_until(amina, fact, "Another", "Find help"), "Find help")
    await walk.press(amina, await walk.slash(amina, here.general, "quote", private=True), "Share here")
    promise = await walk.slash(amina, here.general, "commitments")
    await walk.press(amina, await walk.turn_until(amina, promise, "Next", "How sure is this?"), "How sure is this?")
    await walk.press(amina, promise, "Next")
    await walk.press(amina, await walk.slash(amina, here.general, "anniversary list"), "Later")


async def pledging(here: Community) -> None:
    """From the first question to a wall with more pledges than fit on a page."""
    walk, amina = here.walk, here.amina
    asked = await walk.press(amina, await walk.slash(amina, here.general, "pledge wall"), "Make a pledge")
    refused = await walk.send(amina, await walk.choose(amina, asked, "pledge:theme"), words="short")
    assert refused.title == "Not quite yet"
    again = await walk.press(amina, refused, "Open the form again")
    thanked = await walk.send(amina, again, words=PLEDGES[0], country="Guinea Bissau or Congo", wall=True)
    assert "Your pledges count for" in (await walk.press(amina, thanked, "Congo")).text
    taken = await walk.press(amina, thanked, "Yes, give me the role")
    assert await roles_of(here, amina) == [here.supporters]
    await walk.press(amina, taken, "Take it off again")
    assert await roles_of(here, amina) == []
    for words in PLEDGES[1:]:
        await here.pledge(amina, words, wall=True)
    wall = await walk.slash(here.joseph, here.general, "pledge wall")
    assert (await walk.press(here.joseph, wall, "Older")).card.quoted == [PLEDGES[0]]
    await walk.press(amina, await walk.slash(amina, here.general, "pledge stats"), "The whole campaign")


async def roles_of(here: Community, member: Member) -> list[str]:
    found: list[str] = await here.wire.do("roles_of", guild=here.guild.id, user_id=member.id)
    return found


async def ones_own(here: Community, locale: str) -> None:
    """What members do with their pledges."""
    walk, amina = here.walk, here.amina
    own = await walk.slash(amina, here.general, "pledge mine")
    assert re.search(MADE_ON[locale], own.text)
    own = await walk.press(amina, own, "Next")
    own = await walk.press(amina, await walk.press(amina, own, "Take off the wall"), "Put on the wall")
    assert "It is on the wall now." in own.text
    changed = await walk.send(amina, await walk.press(amina, own, "Edit"), words=SENTENCE)
    assert changed.title == "Your pledge is changed"
    own = await walk.press(amina, await walk.press(amina, own, "Withdraw"), "No, keep it")
    gone = await walk.press(amina, await walk.press(amina, own, "Withdraw"), "Yes, withdraw it")
    assert gone.title == "Your pledge is withdrawn"


async def reporting(here: Community) -> None:
    """Two pledges and a fact, and what moderators do about them in their channel."""
    walk, joseph, mona = here.walk, here.joseph, here.mona
    wall = await walk.slash(joseph, here.general, "pledge wall")
    which = await walk.press(joseph, wall, "Report")
    assert "Moderators will look" in (await walk.send(joseph, await walk.choose(joseph, which, "report:which"))).text
    assert "it may stand" in (await walk.press(mona, await here.waiting(1), "Let it stand")).text
    which = await walk.step(here.wire.context_menu(joseph, "Report to moderators", wall))
    second = which.card.custom_id("report:which")
    values = [option["value"] for part in which.card.parts for option in part.get("options", ())]
    await walk.send(joseph, await walk.choose(joseph, which, second, values[1]))
    why = await walk.press(mona, await here.waiting(2), "Hide it")
    assert "hid it" in (await walk.send(mona, why)).text
    fact = await walk.slash(joseph, here.general, "fact")
    await walk.send(joseph, await walk.step(here.wire.context_menu(joseph, "Report to moderators", fact)))
    assert "decided so" in (await walk.press(mona, await here.waiting(3), "Don't show this here")).text


async def moderating(here: Community) -> None:
    """The list of pledges, and all that can be decided there."""
    walk, mona, general = here.walk, here.mona, here.general
    listed = await walk.slash(mona, general, "moderate pledges", member=here.amina.id)
    one = await walk.choose(mona, listed, "mod:pick:")
    one = await walk.send(mona, await walk.press(mona, one, "Hide it"))
    assert "It is hidden." in one.text
    one = await walk.press(mona, one, "Show it")
    assert "It stands on the wall now." in one.text
    listed = await walk.press(mona, one, "To the list")
    listed = await walk.send(mona, await walk.press(mona, listed, "Hide all of this member"))
    assert "pledges are hidden." in listed.text
    listed = await walk.send(mona, await walk.press(mona, listed, "Block this member"))
    assert "is blocked" in listed.text
    listed = await walk.press(mona, listed, "Unblock this member")
    assert "can take part again" in listed.text
    await walk.press(mona, await walk.slash(mona, general, "moderate log"), "Older")


async def a_role_that_stays(here: Community) -> None:
    """Discord lets the bot take the supporter role off only at the second try."""
    walk, joseph = here.walk, here.joseph
    await walk.press(joseph, await here.pledge(joseph, PLEDGES[0]), "Yes, give me the role")
    await here.wire.fails("DELETE", "/guilds/*/members/*/roles/*", 403, code=50013)
    asked = await walk.press(joseph, await walk.slash(joseph, here.general, "pledge mine"), "Withdraw")
    assert "I could not take the supporter role off" in (await walk.press(joseph, asked, "Yes, withdraw it")).text
    panel = await walk.press(here.grace, await walk.slash(here.grace, here.general, "setup"), "Pledges and roles")
    panel = await walk.press(here.grace, panel, "Try again")
    assert "Nobody has the supporter role any more" in panel.text
    assert await roles_of(here, joseph) == []


async def taking_leave(here: Community) -> None:
    """One's own data, and the end of it."""
    walk, amina = here.walk, here.amina
    data = await walk.press(amina, await walk.slash(amina, here.general, "about"), "My data")
    await walk.press(amina, data, "Export")
    data = await walk.press(amina, await walk.press(amina, data, "Erase"), "No, keep it")
    assert "Nothing was erased." in data.text
    gone = await walk.press(amina, await walk.press(amina, data, "Erase"), "Yes, erase everything")
    assert gone.title == "Everything about you is erased"


async def commanding(here: Community) -> None:
    """Each command with each option, in a server where much has happened."""
    walk, members = here.walk, (here.amina, here.grace, here.amina)
    answers = [answer async for answer in walk.commands(SERVER, here.general, *members)]
    assert len(answers) > 30


async def elsewhere(walk: Walk, place: str, member: Member, channel: str) -> None:
    """Where no moderator is, whatever is offered is pressed."""
    await walk.explore(place, member, await walk.slash(member, channel, "pledge make", theme="home"))
    async for answer in walk.commands(place, channel, member, member, member):
        await walk.explore(place, member, answer)
    assert walk.seen[place] == walk.pressed[place].keys()
    assert walk.seen[place] >= {"Another", "EditPledgeButton", "Withdraw", "EraseData", "MakePledgeButton"}


@pytest.mark.parametrize("locale", LOCALES)
async def test_all_that_there_is_is_answered_in_any_language(bot: Child, locale: str) -> None:
    here = await community(bot, locale)
    walk, wire = here.walk, here.wire

    await setting_up(here)
    await setting_up_announcements(here)
    await dates_of_its_own(here)
    await reading(here)
    await pledging(here)
    await ones_own(here, locale)
    await reporting(here)
    await commanding(here)
    await moderating(here)
    await a_role_that_stays(here)
    await taking_leave(here)
    stranger = await wire.stranger("stranger", locale=locale)
    await elsewhere(walk, DIRECT, stranger, await wire.dm(stranger))
    uninvolved = await wire.guild(locale=LOCALES[locale], with_bot=False)
    await elsewhere(walk, ACCOUNT, await wire.member(uninvolved, "guest", locale=locale), uninvolved.general)

    assert await walk.forgotten() == []


async def test_what_is_for_few_is_offered_in_servers_alone(bot: Child) -> None:
    few = [command for command in commands_of(await bot.wire.do("registered")) if command.is_for_few]

    assert {command.path.split()[0] for command in few} == {"setup", "moderate", "milestone"}
    assert {command.places for command in few} == {(SERVER,)}


NEW = {
    "name": "story",
    "contexts": [0, 1],
    "integration_types": [0],
    "options": [
        {
            "name": "tell",
            "type": 1,
            "options": [
                {"name": "about", "type": 3, "autocomplete": True},
                {"name": "length", "type": 3, "choices": [{"name": "A long one", "value": "l"}]},
            ],
        }
    ],
}


async def test_a_new_command_button_or_form_is_missed_at_once(bot: Child) -> None:
    guild = await bot.wire.guild()
    amina = await bot.wire.member(guild, "amina")
    fact = await bot.wire.slash(amina, guild.general, "fact", private=True)
    await bot.wire.press(amina, fact, "Another")
    registered = [*await bot.wire.do("registered"), NEW]

    missing = all_steps(registered) - steps_taken(await bot.wire.do("entries"), registered)

    story = {step for step in missing if "story" in step}
    assert story == {
        "/story tell, in a server",
        "/story tell, in direct messages",
        "/story tell with about",
        "/story tell with length l",
        "/story tell, while typing about",
    }
    assert missing >= {"“Report to moderators” in a menu, in a server", "button Withdraw", "form NewPledge"}
    taken = all_steps(registered) - missing
    assert taken == {"/fact, in a server", "/fact with private", "button Another"}
