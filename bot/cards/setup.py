"""The panel of /setup: what a server chose, what is wrong with it by now, and how to change it. Each choice is checked
and stored at once; who presses must have Manage Server when they press, not only when the panel was opened."""

from dataclasses import replace
from typing import cast

import discord

from bot.cards.base import Block, Card, Interaction, frame, may_turn, reader_of, reply, saved
from bot.cards.lasting import LastingButton, LastingChannelMenu, LastingRoleMenu, chosen_id
from bot.cards.permissions import me_in
from bot.cards.rights import require_moderator
from bot.cards.setup_choices import CHOICES, Desk, Picked, ReviewChannel, Switch
from bot.cards.supporter_role import drop_role_if_last
from bot.i18n import msg
from bot.services.errors import NotAllowedHere

MOST_AT_ONCE = 20
"""Members whom one press rids of the supporter role: each costs a request."""


class CantSeeServer(NotAllowedHere):
    def __init__(self) -> None:
        super().__init__(msg("Discord has not told me about this server yet. Please try again in a minute."))


async def show_setup(interaction: Interaction) -> None:
    """Answers with the panel. Raises ModeratorsOnly for who may not choose."""
    await reply(interaction, panel(await _desk(interaction)))


async def _desk(interaction: Interaction) -> Desk:
    record = await require_moderator(interaction, of_settings=True)
    guild = interaction.guild
    me = me_in(guild) if guild else None
    if guild is None or me is None:
        raise CantSeeServer
    desk = Desk(reader_of(interaction, private=True), guild, me, cast(discord.Member, interaction.user), record)
    roles = desk.reader.services.supporter_roles
    given, left_over = await roles.given(guild.id), await roles.left_over(guild.id, MOST_AT_ONCE)
    return replace(desk, given=frozenset(given), left_over=tuple(left_over))


def panel(desk: Desk, notice: str = "") -> Card:
    """All choices as they stand; `notice` tells what the last press did."""
    _ = desk.reader.words.gettext
    head = f"### {_('Setting up')}\n{_('What you choose is checked and saved at once.')}"
    card = Card(desk.reader.colour, [head, notice] if notice else [head])
    for choice in CHOICES:
        card.add_item(_section(desk, choice))
    if desk.left_over:
        card.add_item(_who_is_left(desk))
    return card


def _section(desk: Desk, choice: Picked | Switch) -> Block:
    _ = desk.reader.words.gettext
    text = f"**{choice.title(desk)}**\n{choice.now(desk)}"
    if trouble := choice.trouble(desk):
        text += f"\n⚠️ **{_('To be mended:')}** {trouble}"
    return frame(text, _controls(desk, choice), desk.reader.colour)


def _controls(desk: Desk, choice: Picked | Switch) -> list[Block]:
    _, value = desk.reader.words.gettext, getattr(desk.record, choice.setting)
    if isinstance(choice, Switch):
        return [TurnSetting("off" if value else "on", choice.setting, choice.label(desk))]
    chosen = value if choice.exists(desk) else None
    menu: Block
    if isinstance(choice, ReviewChannel):
        menu = ChooseChannel(choice.setting, _("Choose a channel"), chosen)
    else:
        menu = ChooseRole(choice.setting, _("Choose a role"), chosen)
    return [menu, ClearSetting(choice.setting, choice.clear_label(desk))] if value is not None else [menu]


def _who_is_left(desk: Desk) -> Block:
    """Those who kept a supporter role although their last pledge is gone, since the bot could not take it off."""
    _ = desk.reader.words.gettext
    roles = sorted({role_id for _member_id, role_id in desk.left_over})
    text = _(
        "Somebody has no pledge here any more and still has the supporter role ({roles}): "
        "I could not take it off them.",
        roles=desk.reader.words.list([f"<@&{role_id}>" for role_id in roles]),
    )
    return frame(text, [TakeOffLeftOver(_("Try again"))], desk.reader.colour)


async def _choose(interaction: Interaction, setting: str, value: int | bool | None) -> None:
    """Stores a choice if it can be kept, and turns the panel to how things stand then."""
    desk = await _desk(interaction)
    _ = desk.reader.words.gettext
    choice = next(choice for choice in CHOICES if choice.setting == setting)
    before = getattr(desk.record, choice.setting)
    if value == before:
        notice = _("Nothing to change: it is so already.")
    elif isinstance(choice, Picked) and value is not None and (reason := choice.refuses(desk, value)):
        notice = f"**{_('Not changed.')}** {reason}"
    else:
        storing = desk.reader.services.guilds.choose(desk.guild.id, desk.chooser.id, choice.setting, value)
        await saved(interaction, storing, in_place=may_turn(interaction))
        desk = await _desk(interaction)
        notice = f"**{_('Saved.')}** {choice.told(desk, before)}"
    await reply(interaction, panel(desk, notice), in_place=may_turn(interaction))


class ChooseChannel(LastingChannelMenu, template=r"setup:channel:(?P<setting>review_channel_id)"):
    def __init__(self, setting: str, placeholder: str = "", chosen: int | None = None) -> None:
        super().__init__(f"setup:channel:{setting}", placeholder, chosen, ReviewChannel.types)
        self.setting = setting

    async def press(self, interaction: Interaction) -> None:
        await _choose(interaction, self.setting, chosen_id(interaction))


class ChooseRole(LastingRoleMenu, template=r"setup:role:(?P<setting>moderator_role_id|supporter_role_id)"):
    def __init__(self, setting: str, placeholder: str = "", chosen: int | None = None) -> None:
        super().__init__(f"setup:role:{setting}", placeholder, chosen)
        self.setting = setting

    async def press(self, interaction: Interaction) -> None:
        await _choose(interaction, self.setting, chosen_id(interaction))


class ClearSetting(
    LastingButton,
    template=r"setup:clear:(?P<setting>review_channel_id|moderator_role_id|supporter_role_id)",
):
    """Chooses none."""

    def __init__(self, setting: str, label: str = "") -> None:
        super().__init__(f"setup:clear:{setting}", label)
        self.setting = setting

    async def press(self, interaction: Interaction) -> None:
        await _choose(interaction, self.setting, None)


class TurnSetting(LastingButton, template=r"setup:(?P<way>on|off):(?P<setting>reviews_pledges|allows_links)"):
    """Chooses yes or no."""

    def __init__(self, way: str, setting: str, label: str = "") -> None:
        super().__init__(f"setup:{way}:{setting}", label)
        self.is_on, self.setting = way == "on", setting

    async def press(self, interaction: Interaction) -> None:
        await _choose(interaction, self.setting, self.is_on)


class TakeOffLeftOver(LastingButton, template=r"setup:leftover"):
    """Tries again to take the supporter role off those whose last pledge is gone."""

    def __init__(self, label: str = "") -> None:
        super().__init__("setup:leftover", label)

    async def press(self, interaction: Interaction) -> None:
        desk = await _desk(interaction)
        _ = desk.reader.words.gettext
        let = await saved(interaction, _take_off(interaction, desk), in_place=may_turn(interaction))
        desk = await _desk(interaction)
        if not let:
            notice = _("Discord still does not let me. What is missing stands below; if nothing does, try again later.")
        elif desk.left_over:
            notice = _("It is off some of them. Press again for the others.")
        else:
            notice = _("Nobody has the supporter role any more whose last pledge is gone.")
        await reply(interaction, panel(desk, notice), in_place=may_turn(interaction))


async def _take_off(interaction: Interaction, desk: Desk) -> bool:
    """False where Discord does not let the bot: then the others are not tried, since they would meet the same."""
    for member_id, _role_id in desk.left_over:
        if await drop_role_if_last(interaction.client, desk.guild.id, member_id) == "stuck":
            return False
    return True
