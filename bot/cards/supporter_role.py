"""The supporter role: offered after a pledge, given only to who says yes, and gone with the last pledge there."""

from typing import Any, Literal, cast

import discord
import structlog
from discord import ui

from bot.cards.base import Card, Interaction, Reader, frame, reader_of, reply, saved
from bot.cards.lasting import LastingButton
from bot.cards.permissions import cant_give, me_in
from bot.i18n import Words, msg
from bot.services import HasServices
from bot.services.errors import DomainError, NotAllowedHere
from bot.storage.errors import NotSaved
from bot.storage.ledger import Pledge
from bot.storage.tables import WHOLE_CAMPAIGN

log = structlog.get_logger("bot.supporter_role")

Fate = Literal["kept", "gone", "stuck"]
"""What became of a member's role: left, since they still pledge there; taken off; or Discord did not let the bot."""


class NoRoleHere(NotAllowedHere):
    def __init__(self) -> None:
        super().__init__(msg("I give no role to supporters here, or no longer. Your pledges count all the same."))


class NoRoleFromMe(DomainError):
    def __init__(self) -> None:
        super().__init__(msg("I gave you no role in this server, so there is none that I could take off you."))


class RoleNotMoved(DomainError):
    """Discord did not let the bot give or take the role."""

    def __init__(self, setup: str) -> None:
        super().__init__(
            msg(
                "I can't give or take the role at the moment. Moderators see why in {setup}. "
                "Your pledges count all the same.",
                setup=setup,
            )
        )


async def offer_role(interaction: Interaction, card: Card) -> Card:
    """Adds to a card the question whether the member wants the role, if the server has one that they lack."""
    role = await _role_here(interaction)
    if role is None or _has(interaction, role):
        return card
    reader = reader_of(interaction, private=True)
    me = me_in(role.guild)
    if me is None or cant_give(reader, role, me):
        return card
    _ = reader.words.gettext
    question = _(
        "Would you like the role {role}? Everybody here can see who has it. "
        "It goes when your last pledge here does, or whenever you like.",
        role=role.mention,
    )
    button = TakeRole(_("Yes, give me the role"))
    card.add_item(frame(question, [button], reader.colour))
    return card


async def show_role(interaction: Interaction, card: Card, *, pledges: bool) -> Card:
    """Adds to the card of a member's own pledges what they can do about the role: give it back, or have it.

    `pledges`: whether a pledge of theirs is in force in this server.
    """
    role = await _role_here(interaction)
    if role is None:
        return card
    if not _has(interaction, role):
        return await offer_role(interaction, card) if pledges else card
    reader = reader_of(interaction, private=True)
    if await reader.services.supporter_roles.holds(role.guild.id, interaction.user.id):
        card.add_item(ui.ActionRow[Any](GiveRoleBack(reader.words.gettext("Take the supporter role off me"))))
    return card


async def let_role_go(interaction: Interaction, withdrawn: Pledge) -> str:
    """After a pledge was withdrawn: takes the role off who has none left there, and says so in a sentence."""
    reader = reader_of(interaction, private=True)
    place, member_id = withdrawn.guild_id, withdrawn.member_id
    if place == WHOLE_CAMPAIGN or not await reader.services.supporter_roles.holds(place, member_id):
        return ""
    _ = reader.words.gettext
    fate = await drop_role_if_last(interaction.client, place, member_id)
    if fate == "kept":
        return ""
    if fate == "gone":
        return _("It was your last one there, so the supporter role goes with it.")
    return _("It was your last one there. I could not take the supporter role off you; please ask a moderator to.")


async def drop_role_if_last(client: discord.Client, guild_id: int, member_id: int) -> Fate:
    """Takes the role off a member who has no pledge in force in a server, and forgets their yes to it.

    For members who said yes there; whether that still stands in the database does not matter. One who has left the
    server is as good as done. Where Discord refuses, the yes is kept, so that moderators see in /setup who is left.
    """
    services = cast(HasServices, client).services
    if await services.pledges.own(member_id, guild_id):
        return "kept"
    if not await _move(client, guild_id, member_id, give=False):
        return "stuck"
    try:
        await services.supporter_roles.drop(guild_id, member_id, only_last=True)
    except NotSaved as trouble:  # the role is off; what is left of it in the database shows in /setup
        log.warning("a yes to the supporter role was not forgotten", guild=guild_id, reason=trouble.reason)
    return "gone"


async def _role_here(interaction: Interaction) -> discord.Role | None:
    """The role that this server gives to its supporters, if it has chosen one that is still there."""
    guild = interaction.guild
    if guild is None or not interaction.is_guild_integration():
        return None
    record = await reader_of(interaction, private=True).services.guilds.of(guild.id)
    return guild.get_role(record.supporter_role_id or 0)


def _has(interaction: Interaction, role: discord.Role) -> bool:
    return cast(discord.Member, interaction.user).get_role(role.id) is not None


async def _move(client: discord.Client, guild_id: int, member_id: int, *, give: bool) -> bool:
    """Gives the role, or takes it off. False where Discord did not let the bot, or did not answer.

    To take off what is not there, from who is not there, is done already.
    """
    services = cast(HasServices, client).services
    role_id = (await services.guilds.of(guild_id)).supporter_role_id
    guild = client.get_guild(guild_id)
    if guild is None or role_id is None:
        return not give
    reason = _reason(services.languages.words(guild.preferred_locale.value), give=give)
    move = client.http.add_role if give else client.http.remove_role
    try:
        await move(guild_id, member_id, role_id, reason=reason)
    except discord.NotFound:
        return not give
    except (discord.HTTPException, OSError) as refusal:
        log.warning("the supporter role was not moved", guild=guild_id, member=member_id, why=repr(refusal))
        return False
    return True


def _reason(words: Words, *, give: bool) -> str:
    """What the server's own log says about it."""
    if give:
        return words.gettext("Has a pledge in force, and asked for the role")
    return words.gettext("Has no pledge in force any more, or asked to be without the role")


class TakeRole(LastingButton, template=r"role:yes"):
    """A member's yes to the role."""

    def __init__(self, label: str = "") -> None:
        super().__init__("role:yes", label, discord.ButtonStyle.success)

    async def press(self, interaction: Interaction) -> None:
        reader = reader_of(interaction, private=True)
        role = await _role_here(interaction)
        if role is None:
            raise NoRoleHere
        await saved(interaction, _give(interaction, reader, role))
        _ = reader.words.gettext
        text = _(
            "You have the role {role} now. Thank you for standing up. It goes when your last pledge here does.",
            role=role.mention,
        )
        await reply(interaction, Card(reader.colour, [text], [GiveRoleBack(_("Take it off again"))]))


async def _give(interaction: Interaction, reader: Reader, role: discord.Role) -> None:
    """Stores the yes first: a role that nobody remembers would stay when the last pledge is gone."""
    me = me_in(role.guild)
    if me is None or cant_give(reader, role, me):
        raise RoleNotMoved(reader.mention_of("setup"))
    await reader.services.supporter_roles.accept(role.guild.id, interaction.user.id)
    if not await _move(interaction.client, role.guild.id, interaction.user.id, give=True):
        raise RoleNotMoved(reader.mention_of("setup"))


class GiveRoleBack(LastingButton, template=r"role:no"):
    """Takes the role off a member who no longer wants it; their pledges stay."""

    def __init__(self, label: str = "") -> None:
        super().__init__("role:no", label)

    async def press(self, interaction: Interaction) -> None:
        reader = reader_of(interaction, private=True)
        role = await _role_here(interaction)
        if role is None:
            raise NoRoleHere
        await saved(interaction, self._take_off(interaction, reader, role.guild.id))
        text = reader.words.gettext("The supporter role is off. Your pledges stay, and count as before.")
        await reply(interaction, Card(reader.colour, [text]))

    async def _take_off(self, interaction: Interaction, reader: Reader, guild_id: int) -> None:
        """Only a role that was given for a yes: one from a moderator's hand is not ours to take."""
        roles, member_id = reader.services.supporter_roles, interaction.user.id
        if not await roles.holds(guild_id, member_id):
            raise NoRoleFromMe
        if not await _move(interaction.client, guild_id, member_id, give=False):
            raise RoleNotMoved(reader.mention_of("setup"))
        await roles.drop(guild_id, member_id)
