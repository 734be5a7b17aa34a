"""The panel of /setup: what a server chose, what is wrong with it by now, and how to change it. Each choice is checked
and stored at once; who presses must have Manage Server when they press, not only when the panel was opened."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias, cast

import discord
from discord import ui

from bot.cards.base import Block, Card, Interaction, may_turn, reply, saved
from bot.cards.forms import Filled, Form, LastingForm
from bot.cards.lasting import BIG_ID, LastingButton, LastingChannelMenu, LastingMenu, LastingRoleMenu, chosen_id
from bot.cards.setup_coming import said_posts
from bot.cards.setup_desk import Choice, Desk, Listed, Picked, PickedChannel, Switch, Typed, desk_of
from bot.cards.setup_health import said_health, said_mending, said_settings, said_trouble, troubled
from bot.cards.setup_left_over import said_left_over, take_off_left_over
from bot.cards.setup_pages import ANNOUNCEMENTS, CHOICES, OVERVIEW, PAGES, PLEDGES, Group
from bot.cards.setup_trial import preview_card, send_test
from bot.services.announcements import NothingToPost
from bot.services.errors import DomainError, NothingFound
from bot.services.zones import suggest
from bot.storage.guilds import Value

LONGEST_TYPED = 100

Find: TypeAlias = Callable[[Desk, Choice], Value]
"""Tells which value was chosen. Raises DomainError for what can't be."""


async def show_setup(interaction: Interaction, timezone: str | None = None) -> None:
    """Answers with the panel; with `timezone`, which is a zone or what somebody typed for one, chooses that.

    Raises ModeratorsOnly for who may not choose.
    """
    if timezone is not None:
        await _search(interaction, timezone)
    else:
        await reply(interaction, panel(await desk_of(interaction), OVERVIEW))


# How it looks.


def panel(desk: Desk, page: str, notice: str = "") -> Card:
    """One page, as everything stands; `notice` tells what the last press did."""
    _, of = desk.reader.words.gettext, PAGES[page]
    intro = _(of.intro.text, milestone=desk.reader.mention_of("milestone add"), posts=said_posts(desk))
    head = f"### {_('Setting up')}: {desk.reader.words.say(of.name)}\n{intro}"
    tabs = [TurnPage(name, desk.reader.words.say(other.name), is_open=name == page) for name, other in PAGES.items()]
    card = Card(desk.reader.colour, [head, notice] if notice else [head], tabs)
    for frame in _overview(desk) if page == OVERVIEW else _choices(desk, of.groups):
        card.add_item(frame)
    if page == ANNOUNCEMENTS:
        trials: list[Block] = [SendTest(_("Send a test post")), Preview(_("Preview the next announcement"))]
        text = _("Neither shifts anything: what comes, comes all the same.")
        card.add_item(_frame(desk, [f"**{_('Try it out')}**\n{text}"], [trials]))
    if page == PLEDGES and desk.left_over:
        card.add_item(_frame(desk, [said_left_over(desk)], [[TakeOffLeftOver(_("Try again"))]]))
    return card


def _frame(desk: Desk, texts: Sequence[str], rows: Sequence[Sequence[Block]] = ()) -> "ui.Container[Any]":
    frame: ui.Container[Any] = ui.Container(accent_colour=desk.reader.colour)
    for text in texts:
        frame.add_item(ui.TextDisplay[Any](text))
    for row in rows:
        frame.add_item(ui.ActionRow[Any](*row))
    return frame


def _overview(desk: Desk) -> "list[ui.Container[Any]]":
    frames = [_frame(desk, said_health(desk))]
    for one in troubled(desk):
        button = PostMissed(str(one.id), desk.reader.words.gettext("Post it after all"))
        frames.append(_frame(desk, [said_trouble(desk, one)], [[button]]))
    if mending := said_mending(desk):
        frames.append(_frame(desk, [mending]))
    return [*frames, _frame(desk, [said_settings(desk)])]


def _choices(desk: Desk, groups: Sequence[Group]) -> "list[ui.Container[Any]]":
    """A frame for each group: what is chosen in words, then the menus, then what can be pressed."""
    frames: list[ui.Container[Any]] = []
    for group in groups:
        menus = [[menu] for choice in group if (menu := _menu(desk, choice)) is not None]
        buttons = [button for choice in group for button in _buttons(desk, choice)]
        texts = [_said(desk, choice) for choice in group]
        frames.append(_frame(desk, texts, [*menus, buttons] if buttons else menus))
    return frames


def _said(desk: Desk, choice: Choice) -> str:
    text = f"**{choice.title(desk)}**\n{choice.now(desk)}"
    if trouble := choice.trouble(desk):
        text += f"\n⚠️ **{desk.reader.words.gettext('To be mended:')}** {trouble}"
    return text


def _menu(desk: Desk, choice: Choice) -> "Block | None":
    _, value = desk.reader.words.gettext, getattr(desk.record, choice.setting)
    if isinstance(choice, Listed):
        return PickSetting(choice.setting, choice.placeholder(desk), choice.offers(desk), choice.chosen(desk))
    if not isinstance(choice, Picked):
        return None
    chosen = value if choice.exists(desk) else None
    if isinstance(choice, PickedChannel):
        return ChooseChannel(choice.setting, _("Choose a channel"), chosen)
    # The server's own id is no role that a menu could show as chosen.
    return ChooseRole(choice.setting, _("Choose a role"), None if chosen == desk.guild.id else chosen)


def _buttons(desk: Desk, choice: Choice) -> list[Block]:
    value = getattr(desk.record, choice.setting)
    if isinstance(choice, Switch):
        return [TurnSetting("off" if value else "on", choice.setting, choice.label(desk))]
    buttons: list[Block] = []
    if isinstance(choice, Typed):
        buttons.append(AskSetting(choice.setting, choice.ask_label(desk)))
    if isinstance(choice, Picked | Typed) and value is not None and (label := choice.clear_label(desk)):
        buttons.append(ClearSetting(choice.setting, label))
    return buttons


def _question(desk: Desk, page: str, question: str) -> Card:
    """Asks for a second yes, which nothing but @everyone needs."""
    _ = desk.reader.words.gettext
    buttons: list[Block] = [MentionEveryone(_("Yes, mention @everyone")), TurnPage(page, _("No"))]
    return Card(desk.reader.colour, [f"### {_('Setting up')}\n{question}"], buttons)


# What is chosen.


async def _turn(interaction: Interaction, desk: Desk, page: str, notice: str = "") -> None:
    await reply(interaction, panel(desk, page, notice), in_place=may_turn(interaction))


async def _choose(interaction: Interaction, setting: str, find: Find, *, is_sure: bool = False) -> None:
    """Stores a choice if it can be kept, and turns the panel to how things stand then."""
    desk = await desk_of(interaction)
    _, (page, choice) = desk.reader.words.gettext, CHOICES[setting]
    before = getattr(desk.record, choice.setting)
    refused = question = ""
    try:
        value = find(desk, choice)
    except DomainError as error:
        value, refused = before, desk.reader.words.say(error.message)
    if isinstance(choice, Picked) and isinstance(value, int) and value != before:
        refused = choice.refuses(desk, value)
        question = "" if is_sure else choice.asks(desk, value)
    if refused:
        await _turn(interaction, desk, page, f"**{_('Not changed.')}** {refused}")
    elif value == before:
        await _turn(interaction, desk, page, _("Nothing to change: it is so already."))
    elif question:
        await reply(interaction, _question(desk, page, question), in_place=may_turn(interaction))
    else:
        storing = desk.reader.services.guilds.choose(desk.guild.id, desk.chooser.id, choice.setting, value)
        await saved(interaction, storing, in_place=may_turn(interaction))
        desk = await desk_of(interaction)
        await _turn(interaction, desk, page, f"**{_('Saved.')}** {choice.told(desk, before)}")


async def _search(interaction: Interaction, typed: str) -> None:
    """Chooses the time zone that was typed; where several may be meant, offers them."""
    desk = await desk_of(interaction)
    words = desk.reader.words
    found = suggest(typed, desk.now, words.locale)
    page, zone = CHOICES["zone"]
    try:
        cast(Typed, zone).read(desk, typed)
    except NothingFound as error:
        if found:
            notice = words.gettext("Several places may be meant. Choose yours from the menu of time zones.")
            await _turn(interaction, replace(desk, found=tuple(found)), page, notice)
        else:
            await _turn(interaction, desk, page, f"**{words.gettext('Not changed.')}** {words.say(error.message)}")
        return
    await _choose(interaction, "zone", partial(_read, typed))


def _read(typed: str, desk: Desk, choice: Choice) -> Value:
    return cast(Typed, choice).read(desk, typed)


class TurnPage(LastingButton, template=rf"setup:page:(?P<page>{'|'.join(PAGES)})"):
    """Another page of the panel, or the same anew."""

    def __init__(self, page: str, label: str = "", *, is_open: bool = False) -> None:
        style = discord.ButtonStyle.primary if is_open else discord.ButtonStyle.secondary
        super().__init__(f"setup:page:{page}", label, style)
        self.page = page

    async def press(self, interaction: Interaction) -> None:
        await _turn(interaction, await desk_of(interaction), self.page)


class ChooseChannel(
    LastingChannelMenu,
    template=r"setup:channel:(?P<setting>(?:review|announcement|wall|daily)_channel_id)",
):
    def __init__(self, setting: str, placeholder: str = "", chosen: int | None = None) -> None:
        types = cast(PickedChannel, CHOICES[setting][1]).types
        super().__init__(f"setup:channel:{setting}", placeholder, chosen, types)
        self.setting = setting

    async def press(self, interaction: Interaction) -> None:
        await _choose(interaction, self.setting, lambda _desk, _choice: chosen_id(interaction))


class ChooseRole(LastingRoleMenu, template=r"setup:role:(?P<setting>(?:moderator|supporter|ping)_role_id)"):
    def __init__(self, setting: str, placeholder: str = "", chosen: int | None = None) -> None:
        super().__init__(f"setup:role:{setting}", placeholder, chosen)
        self.setting = setting

    async def press(self, interaction: Interaction) -> None:
        await _choose(interaction, self.setting, lambda _desk, _choice: chosen_id(interaction))


class PickSetting(LastingMenu, template=r"setup:pick:(?P<setting>zone|daily_kind|daily_every)"):
    """One of the values that a menu lists."""

    def __init__(
        self, setting: str, placeholder: str = "", offers: Sequence[tuple[str, str]] = (), chosen: str = ""
    ) -> None:
        options = [discord.SelectOption(label=label, value=value, default=value == chosen) for label, value in offers]
        super().__init__(f"setup:pick:{setting}", placeholder, options)
        self.setting = setting

    async def press(self, interaction: Interaction) -> None:
        value = next(iter(self.item.values), "")
        await _choose(interaction, self.setting, lambda desk, choice: cast(Listed, choice).taken(desk, value))


class ClearSetting(
    LastingButton,
    template=(
        r"setup:clear:(?P<setting>(?:review|announcement|wall|daily)_channel_id"
        r"|(?:moderator|supporter|ping)_role_id|zone)"
    ),
):
    """Chooses none."""

    def __init__(self, setting: str, label: str = "") -> None:
        super().__init__(f"setup:clear:{setting}", label)
        self.setting = setting

    async def press(self, interaction: Interaction) -> None:
        await _choose(interaction, self.setting, lambda _desk, _choice: None)


class TurnSetting(
    LastingButton,
    template=(
        r"setup:(?P<way>on|off):(?P<setting>reviews_pledges|allows_links"
        r"|posts_(?:major|minor|campaign|history|observances|targets))"
    ),
):
    """Chooses yes or no."""

    def __init__(self, way: str, setting: str, label: str = "") -> None:
        super().__init__(f"setup:{way}:{setting}", label)
        self.is_on, self.setting = way == "on", setting

    async def press(self, interaction: Interaction) -> None:
        await _choose(interaction, self.setting, lambda _desk, _choice: self.is_on)


class MentionEveryone(LastingButton, template=r"setup:everyone"):
    """The second yes: announcements mention @everyone."""

    def __init__(self, label: str = "") -> None:
        super().__init__("setup:everyone", label, discord.ButtonStyle.danger)

    async def press(self, interaction: Interaction) -> None:
        await _choose(interaction, "ping_role_id", lambda desk, _choice: desk.guild.id, is_sure=True)


class AskSetting(LastingButton, template=r"setup:ask:(?P<setting>zone|post_at)"):
    """Opens the form into which a setting is written."""

    def __init__(self, setting: str, label: str = "") -> None:
        super().__init__(f"setup:ask:{setting}", label)
        self.setting = setting

    async def press(self, interaction: Interaction) -> None:
        desk = await desk_of(interaction)
        choice = cast(Typed, CHOICES[self.setting][1])
        field: ui.TextInput[Form] = ui.TextInput(
            custom_id="typed", default=choice.written(desk) or None, max_length=LONGEST_TYPED
        )
        label = ui.Label[Form](text=choice.field_label(desk), description=choice.hint(desk), component=field)
        await interaction.response.send_modal(Form(f"setup:form:{self.setting}", choice.ask_label(desk), [label]))


class SettingSent(LastingForm):
    pattern = re.compile(r"setup:form:(?P<setting>zone|post_at)")

    @classmethod
    async def sent(cls, interaction: Interaction, filled: Filled, **words: str) -> None:
        typed = filled.text("typed")
        if words["setting"] == "zone":
            await _search(interaction, typed)
        else:
            await _choose(interaction, words["setting"], partial(_read, typed))


# What else can be pressed.


class SendTest(LastingButton, template=r"setup:test"):
    """Posts the next announcement as a test."""

    def __init__(self, label: str = "") -> None:
        super().__init__("setup:test", label)

    async def press(self, interaction: Interaction) -> None:
        desk = await desk_of(interaction)
        try:
            notice = await saved(interaction, send_test(interaction, desk), in_place=may_turn(interaction))
        except DomainError as error:
            notice = desk.reader.words.say(error.message)
        await _turn(interaction, desk, ANNOUNCEMENTS, notice)


class Preview(LastingButton, template=r"setup:preview"):
    """Shows the next announcement to its moderator alone; the panel stays."""

    def __init__(self, label: str = "") -> None:
        super().__init__("setup:preview", label)

    async def press(self, interaction: Interaction) -> None:
        await reply(interaction, await preview_card(interaction, await desk_of(interaction)))


class PostMissed(LastingButton, template=rf"setup:after:(?P<which>{BIG_ID})"):
    """Has something posted after all that was not posted in its time."""

    def __init__(self, which: str, label: str = "") -> None:
        super().__init__(f"setup:after:{which}", label)
        self.which = int(which)

    async def press(self, interaction: Interaction) -> None:
        desk = await desk_of(interaction)
        _ = desk.reader.words.gettext
        posting = desk.reader.services.announcements.post_after_all(desk.guild.id, desk.chooser.id, self.which)
        try:
            await saved(interaction, posting, in_place=may_turn(interaction))
            notice = _("It is posted now, if nothing keeps me from it. Press “{page}” to see.", page=_("Overview"))
        except NothingToPost as error:
            notice = desk.reader.words.say(error.message)
        await _turn(interaction, await desk_of(interaction), OVERVIEW, notice)


class TakeOffLeftOver(LastingButton, template=r"setup:leftover"):
    """Tries again to take the supporter role off those whose last pledge is gone."""

    def __init__(self, label: str = "") -> None:
        super().__init__("setup:leftover", label)

    async def press(self, interaction: Interaction) -> None:
        desk = await desk_of(interaction)
        notice = await saved(interaction, take_off_left_over(interaction, desk), in_place=may_turn(interaction))
        await _turn(interaction, await desk_of(interaction), PLEDGES, notice)
