"""What moderators can do, nobody else can: every command, button, menu and form, at each press, whoever has it open.

Whatever is new counts as a moderator's until it is named here as everybody's.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import discord
import pytest
import simcord
from discord import app_commands, ui

from bot.cards.base import Card
from bot.cards.buttons import BUTTONS, FORMS
from bot.cards.forms import LastingForm
from bot.cards.lasting import Lasting, LastingChannelMenu, LastingMenu, LastingRoleMenu
from tests.support.community import Community, Seen, press, seen
from tests.support.moderating import because, keeper, moderators_channel, opened, pledges, review_first, stored
from tests.support.pledges import WORDS, form_of, in_a_hurry, own_app, pledge, quoted, wall
from tests.support.reporting import posts
from tests.support.setting_up import deeds, demote, setup

pytestmark = pytest.mark.usefixtures("env")

EVERYBODYS_COMMANDS = {
    *("about", "anniversary", "commitments", "fact", "help", "pledge", "privacy", "quote", "support"),
    "Report to moderators",
}
EVERYBODYS_BUTTONS = {
    *("Another", "FindHelp", "HowSure", "Share", "HowSureOfPromise", "Page", "Turn"),
    *("ChooseTheme", "MakePledgeButton", "MeantCountry", "ScopeButton", "TryAgain", "TurnWall"),
    *("AskWithdraw", "EditPledgeButton", "KeepPledge", "TurnOwn", "WallPledge", "Withdraw"),
    *("ReportWall", "WhichPledge", "TakeRole", "GiveRoleBack", "More"),
}
EVERYBODYS_FORMS = {"ChangedPledge", "FaultReport", "NewPledge", "PledgeReport"}
THEIR_OWN = ("privacy:", "forget:", "erase:")
"""What people do with their own data is everybody's, too."""

RANKS = ("member", "helper", "moderator by role", "manager", "administrator")
MODERATORS = RANKS[2:]
REFUSAL = "This is for moderators"


@cache
def sample(pattern: re.Pattern[str]) -> str:
    """The simplest custom_id that a button or form answers."""
    text = "".join(simplest(re._parser.parse(pattern.pattern)))
    assert pattern.fullmatch(text), pattern.pattern
    return text


def simplest(parts: Any) -> Iterator[str]:
    """Of each part of a pattern the first that fits, as seldom as it may stand."""
    for kind, value in parts:
        match str(kind):
            case "LITERAL":
                yield chr(value)
            case "ANY":
                yield "x"
            case "RANGE":
                yield chr(value[0])
            case "IN":
                yield from simplest(value[:1])
            case "BRANCH":
                yield from simplest(value[1][0])
            case "SUBPATTERN":
                yield from simplest(value[-1])
            case "MAX_REPEAT":
                least, _most, repeated = value
                for _ in range(least):
                    yield from simplest(repeated)
            case _:
                raise NotImplementedError(kind)


def moderators_buttons() -> list[type[Lasting[Any]]]:
    return [
        kind
        for kind in BUTTONS
        if kind.__name__ not in EVERYBODYS_BUTTONS and not sample(kind._pattern).startswith(THEIR_OWN)
    ]


def moderators_forms() -> list[type[LastingForm]]:
    return [
        form
        for form in FORMS
        if form.__name__ not in EVERYBODYS_FORMS and not sample(form.pattern).startswith(THEIR_OWN)
    ]


def moderators_commands(community: Community) -> list[app_commands.Command[Any, ..., Any]]:
    commands = community.bot.tree.walk_commands()
    return [
        command
        for command in commands
        if isinstance(command, app_commands.Command)
        and command.qualified_name.partition(" ")[0] not in EVERYBODYS_COMMANDS
    ]


def is_of_settings(custom_id: str) -> bool:
    """Whether it chooses settings, for which the moderators' role is not enough."""
    return custom_id.startswith("setup")


def may(rank: str, custom_id: str) -> bool:
    return rank in MODERATORS and not (rank == "moderator by role" and is_of_settings(custom_id))


async def somebody(community: Community, rank: str) -> simcord.MemberActor:
    """A member of this rank; Discord shows the moderators' commands to each of them."""
    rights = {
        "member": {},
        "helper": {"manage_messages": True},
        "moderator by role": {},
        "manager": {"manage_guild": True},
        "administrator": {"administrator": True},
    }[rank]
    role = community.guild.create_role(f"{rank}s", permissions=discord.Permissions(**rights))
    actor = community.guild.add_member(community.env.create_user("somebody"), roles=[role])
    shown = {role: True}
    for command, id in community.bot._command_ids.items():
        if command not in EVERYBODYS_COMMANDS:
            community.guild.set_command_permissions(id, shown)
    if rank == "moderator by role":
        await community.bot.services.guilds.choose(community.guild.id, actor.id, "moderator_role_id", role.id)
    return actor


def is_refused(answer: simcord.InteractionResult) -> bool:
    return answer.modal is None and seen(answer).text.startswith(REFUSAL)


def as_item(kind: type[Lasting[Any]], custom_id: str) -> ui.Item[Any]:
    if issubclass(kind, LastingChannelMenu):
        return ui.ChannelSelect[Any](custom_id=custom_id)
    if issubclass(kind, LastingRoleMenu):
        return ui.RoleSelect[Any](custom_id=custom_id)
    if issubclass(kind, LastingMenu):
        return ui.Select[Any](custom_id=custom_id, options=[discord.SelectOption(label="1", value="1")])
    return ui.Button[Any](label="1", custom_id=custom_id)


async def use(
    community: Community, actor: simcord.MemberActor, kind: type[Lasting[Any]], custom_id: str
) -> simcord.InteractionResult:
    """Presses a button, or chooses from a menu, that stands where everybody can reach it."""
    item = as_item(kind, custom_id)
    message = await community.bot.get_channel(community.general.id).send(view=Card(0, ["…"], [item]))
    if isinstance(item, ui.Button):
        return await actor.click(message, custom_id=custom_id)
    values: list[Any] = ["1"]
    if isinstance(item, ui.ChannelSelect):
        values = [community.general]
    elif isinstance(item, ui.RoleSelect):
        values = [community.guild.create_role("Another")]
    return await actor.select(message, values, custom_id=custom_id)


@contextmanager
def sent_as(community: Community, custom_id: str) -> Iterator[None]:
    """Whatever form is sent meanwhile, Discord says it was this one, and what was written in it the reason."""

    def forge(event: str, payload: dict[str, Any]) -> None:
        if event == "INTERACTION_CREATE" and payload["type"] == discord.InteractionType.modal_submit.value:
            payload["data"]["custom_id"] = custom_id
            for row in payload["data"]["components"]:
                if row.get("component", {}).get("custom_id") == "words":
                    row["component"]["custom_id"] = "own"

    subscribers = community.env.backend.subscribers
    subscribers.insert(0, forge)
    yield
    subscribers.remove(forge)


def about(pattern: re.Pattern[str], pledge_id: int) -> str:
    """The custom_id of a form, for this pledge if it is about one."""
    text = sample(pattern)
    if "pledge" not in pattern.groupindex:
        return text
    found = pattern.fullmatch(text)
    assert found is not None
    start, end = found.span("pledge")
    return f"{text[:start]}{pledge_id}{text[end:]}"


async def as_it_was(community: Community) -> tuple[Any, ...]:
    record = await community.bot.services.guilds.of(community.guild.id)
    return record, await stored(community), await deeds(community)


def test_the_lists_name_only_what_there_is() -> None:
    assert {kind.__name__ for kind in BUTTONS} >= EVERYBODYS_BUTTONS
    assert {form.__name__ for form in FORMS} >= EVERYBODYS_FORMS
    assert len(moderators_buttons()) >= 10
    assert len(moderators_forms()) >= 4
    for kind in moderators_buttons():
        assert not sample(kind._pattern).startswith(("mine:", "pledge:", "wall:", "fact:", "quote:"))


@pytest.mark.parametrize("rank", RANKS)
async def test_moderators_buttons_and_menus_obey_moderators_only(community: Community, rank: str) -> None:
    actor = await somebody(community, rank)
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    before = await as_it_was(community)

    for kind in moderators_buttons():
        custom_id = sample(kind._pattern)
        with in_a_hurry():
            answer = await use(community, actor, kind, custom_id)
        assert is_refused(answer) is not may(rank, custom_id), (rank, custom_id)
        assert answer.modal is not None or may(rank, custom_id) or seen(answer).is_private, custom_id

    if rank not in MODERATORS:
        assert await as_it_was(community) == before


@pytest.mark.parametrize("rank", RANKS)
async def test_moderators_forms_obey_moderators_only(community: Community, rank: str) -> None:
    actor = await somebody(community, rank)
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    [one] = await stored(community)
    before = await as_it_was(community)

    for form in moderators_forms():
        custom_id = about(form.pattern, one.id)
        sending = await form_of(actor, community.general)
        with sent_as(community, custom_id):
            answer = await actor.submit_modal(sending, {"words": "I have my reasons."})
        assert is_refused(answer) is not may(rank, custom_id), (rank, custom_id, seen(answer).text)

    if rank not in MODERATORS:
        assert await as_it_was(community) == before


@pytest.mark.parametrize("rank", RANKS)
async def test_moderators_commands_obey_moderators_only(community: Community, rank: str) -> None:
    actor = await somebody(community, rank)
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    before = await as_it_was(community)
    commands = moderators_commands(community)
    assert {command.qualified_name for command in commands} >= {"setup", "moderate pledges", "moderate log"}

    for command in commands:
        options = {parameter.name: "x" for parameter in command.parameters if parameter.required}
        answer = await actor.slash(community.general, command.qualified_name, **options)
        assert is_refused(answer) is not may(rank, command.qualified_name), (rank, command.qualified_name)
        assert seen(answer).is_private

    if rank not in MODERATORS:
        assert await as_it_was(community) == before


async def test_moderators_commands_are_shown_to_few_and_only_in_servers(community: Community) -> None:
    for command in moderators_commands(community):
        root = command.root_parent or command
        assert root.default_permissions, command.qualified_name
        where = root.allowed_contexts
        assert where is not None
        assert (where.guild, where.dm_channel, where.private_channel) == (True, False, False)
    with pytest.raises(simcord.SetupError):
        await community.amina.slash(community.general, "moderate pledges")


async def test_who_uses_the_bot_from_an_account_of_their_own_moderates_nothing(community: Community) -> None:
    actor = await somebody(community, "administrator")

    with own_app(community):
        for kind in moderators_buttons():
            answer = await use(community, actor, kind, sample(kind._pattern))
            assert answer.modal is None
            assert "This belongs to a server." in seen(answer).text, kind.__name__


# A panel outlives a demotion


async def every_press(actor: simcord.MemberActor, card: Seen) -> list[Seen]:
    """What the member reads at each button that they still have open."""
    return [seen(await press(actor, card, label)) for label in card.buttons]


async def test_a_moderator_demoted_while_panels_are_open_decides_nothing_more(community: Community) -> None:
    grace = keeper(community)
    await moderators_channel(community, grace)
    await review_first(community)
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    listed, one = await pledges(community, grace, member=community.amina), await opened(community, grace)
    panel = await setup(community, grace)
    log = seen(await grace.slash(community.general, "moderate log"))
    before = await as_it_was(community)

    demote(community, grace)

    for card in (listed, one, log):
        for refused in await every_press(grace, card):
            assert refused.text.startswith(REFUSAL)
            assert refused.is_private
            assert WORDS not in refused.text
    for label in panel.buttons:
        assert seen(await press(grace, panel, label)).text.startswith(REFUSAL), label
    assert await as_it_was(community) == before


@pytest.mark.parametrize("button", ["Hide it", "Hide all of this member", "Block this member"])
async def test_a_form_that_a_demoted_moderator_still_has_open_does_nothing(community: Community, button: str) -> None:
    grace = keeper(community)
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    form = await press(grace, await opened(community, grace), button)
    demote(community, grace)

    refused = seen(await grace.submit_modal(form, {"own": "For a good reason."}))

    assert refused.text.startswith(REFUSAL)
    assert quoted(await wall(community)) == [WORDS]
    assert await deeds(community) == []


async def test_a_member_who_can_read_the_review_channel_decides_nothing_there(community: Community) -> None:
    grace = keeper(community)
    channel = await moderators_channel(community, grace, community.joseph)
    await review_first(community)
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    [card] = posts(channel)

    for refused in await every_press(community.joseph, card):
        assert refused.text.startswith(REFUSAL)
        assert refused.is_private
    [still] = posts(channel)
    assert still.buttons == card.buttons
    assert quoted(await wall(community)) == []
    await because(grace, card, "Hide it")


@pytest.mark.parametrize("custom_id", ["mod:log:0", "mod:p:f:0:a::", "mod:u:5:a::"])
async def test_in_direct_messages_nobody_moderates(community: Community, custom_id: str) -> None:
    assert (await community.amina_user.slash("about")).acknowledged  # so that the bot knows the channel
    channel = await community.bot.create_dm(discord.Object(community.amina_user.id))
    message = await channel.send(view=Card(0, ["…"], [ui.Button[Any](label="1", custom_id=custom_id)]))

    answer = seen(await community.amina_user.click(message, custom_id=custom_id))

    assert answer.text.startswith("This belongs to a server.")
