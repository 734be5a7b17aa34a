"""The supporter role: offered after a pledge, given only to who says yes, and gone with the last pledge there.

Which role somebody said yes to is stored, and that one is taken off, whatever the server has chosen since. What came
from a moderator's hand is not the bot's to take.
"""

from collections.abc import Iterable
from typing import Any, Literal, cast

import discord
import structlog
from discord import ui

from bot.cards.base import Card, Interaction, Reader, frame, reader_of, reply, saved
from bot.cards.lasting import LastingButton
from bot.cards.permissions import cant_give, me_in
from bot.i18n import Words, msg
from bot.services import HasServices, Services
from bot.services.errors import DomainError, NotAllowedHere
from bot.storage.errors import NotSaved
from bot.storage.ledger import Pledge
from bot.storage.tables import WHOLE_CAMPAIGN

log = structlog.get_logger("bot.supporter_role")

Move = Literal["done", "nothing", "refused", "failed"]
"""Whether a role is moved: it is; there is no such role or member any more; Discord did not let the bot; or it may be
either way, since Discord did not answer as it should."""

Fate = Literal["kept", "gone", "nothing", "stuck"]
"""What became of a member's role: left, since they still pledge there; taken off; there was none to take; or Discord
did not let the bot."""


class NoRoleHere(NotAllowedHere):
    def __init__(self) -> None:
        super().__init__(msg("I give no role to supporters here, or no longer. Your pledges count all the same."))


class NoRoleFromMe(DomainError):
    def __init__(self) -> None:
        super().__init__(msg("I gave you no role in this server, so there is none that I could take off you."))


class HasItAlready(DomainError):
    """A moderator gave it: were the yes stored, the bot would take it off with the last pledge."""

    def __init__(self) -> None:
        super().__init__(
            msg("You have the role already, and not from me. So it stays, whatever becomes of your pledges.")
        )


class GoneMeanwhile(DomainError):
    """The last pledge was withdrawn, or the role given back, while it was being given."""

    def __init__(self) -> None:
        super().__init__(
            msg("You withdrew your last pledge here meanwhile, or gave the role back. So it is off again.")
        )


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
    if role is None or _has(interaction, role.id):
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
    """Adds to the card of a member's own pledges what they can do about the role: have it, or give it back.

    `pledges`: whether a pledge of theirs is in force in this server.
    """
    if interaction.guild_id is None or not interaction.is_guild_integration():
        return card
    if pledges:
        card = await offer_role(interaction, card)
    reader = reader_of(interaction, private=True)
    held = await reader.services.supporter_roles.held(interaction.guild_id, interaction.user.id)
    if held is not None and _has(interaction, held):
        card.add_item(ui.ActionRow[Any](GiveRoleBack(reader.words.gettext("Take the supporter role off me"))))
    return card


async def let_role_go(interaction: Interaction, withdrawn: Pledge) -> str:
    """After a pledge was withdrawn: takes the role off who has none left there, and says so in a sentence."""
    reader, place = reader_of(interaction, private=True), withdrawn.guild_id
    held = await reader.services.supporter_roles.held(place, withdrawn.member_id)
    if place == WHOLE_CAMPAIGN or held is None:
        return ""
    had = interaction.guild_id != place or _has(interaction, held)
    fate = await drop_role_if_last(interaction.client, place, withdrawn.member_id)
    _ = reader.words.gettext
    if fate == "gone" and had:
        return _("It was your last one there, so the supporter role goes with it.")
    if fate == "stuck":
        return _("It was your last one there. I could not take the supporter role off you; please ask a moderator to.")
    return ""


async def drop_role_if_last(client: discord.Client, guild_id: int, member_id: int) -> Fate:
    """Takes off a member who has no pledge in force in a server the role that they said yes to, and forgets their yes.

    One who has left the server is as good as done. Where Discord refuses, the yes is kept, so that moderators see in
    /setup that somebody is left.
    """
    services = _services(client)
    held = await services.supporter_roles.held(guild_id, member_id)
    if held is None:
        return "nothing"
    if await services.pledges.own(member_id, guild_id):
        return "kept"
    return await _take_off(client, guild_id, member_id, held, only_last=True)


async def take_off_all(
    client: discord.Client, member_id: int, roles: Iterable[tuple[int, int]]
) -> set[tuple[int, int]]:
    """Takes roles, each with its server before it, off a member; returns those that are off. Forgets nothing."""
    return {
        (guild_id, role_id)
        for guild_id, role_id in roles
        if await _move(client, guild_id, member_id, role_id, give=False) in ("done", "nothing")
    }


async def _take_off(
    client: discord.Client, guild_id: int, member_id: int, role_id: int, *, only_last: bool = False
) -> Fate:
    """First the role, then the yes: cut short in between, it can be done again."""
    moved = await _move(client, guild_id, member_id, role_id, give=False)
    if moved in ("refused", "failed"):
        return "stuck"
    await _forget(client, guild_id, member_id, role_id, only_last=only_last)
    return "gone" if moved == "done" else "nothing"


async def _forget(
    client: discord.Client, guild_id: int, member_id: int, role_id: int, *, only_last: bool = False
) -> None:
    try:
        await _services(client).supporter_roles.drop(guild_id, member_id, role_id, only_last=only_last)
    except NotSaved as trouble:  # the role is off; what is left of it in the database shows in /setup
        log.warning("a yes to the supporter role was not forgotten", guild=guild_id, reason=trouble.reason)


async def _role_here(interaction: Interaction) -> discord.Role | None:
    """The role that this server gives to its supporters, if it has chosen one that is still there.

    None also where it is the moderators' by now: whoever pledges would be one of them.
    """
    guild = interaction.guild
    if guild is None or not interaction.is_guild_integration():
        return None
    record = await reader_of(interaction, private=True).services.guilds.of(guild.id)
    if record.supporter_role_id == record.moderator_role_id:
        return None
    return guild.get_role(record.supporter_role_id or 0)


def _has(interaction: Interaction, role_id: int) -> bool:
    """Whether the member has a role of the server that they are in at the moment, as Discord told with their press."""
    return cast(discord.Member, interaction.user).get_role(role_id) is not None


async def _move(client: discord.Client, guild_id: int, member_id: int, role_id: int, *, give: bool) -> Move:
    """Gives a role, or takes it off. To take off what is not there, Discord calls done."""
    guild = client.get_guild(guild_id)
    if guild is None:
        return "nothing"
    reason = _reason(_services(client).languages.words(guild.preferred_locale.value), give=give)
    move = client.http.add_role if give else client.http.remove_role
    try:
        await move(guild_id, member_id, role_id, reason=reason)
    except discord.NotFound:
        return "nothing"
    except (discord.HTTPException, OSError) as refusal:
        log.warning("the supporter role was not moved", guild=guild_id, why=repr(refusal))
        return "refused" if isinstance(refusal, discord.Forbidden) else "failed"
    return "done"


def _reason(words: Words, *, give: bool) -> str:
    """What the server's own log says about it."""
    if give:
        return words.gettext("Has a pledge in force, and asked for the role")
    return words.gettext("Has no pledge in force any more, or asked to be without the role")


def _services(client: discord.Client) -> Services:
    return cast(HasServices, client).services


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
    client, roles, setup = interaction.client, reader.services.supporter_roles, reader.mention_of("setup")
    guild_id, member_id, me = role.guild.id, interaction.user.id, me_in(role.guild)
    if me is None or cant_give(reader, role, me):
        raise RoleNotMoved(setup)
    held = await roles.held(guild_id, member_id)
    if held not in (None, role.id) and await _take_off(client, guild_id, member_id, held) == "stuck":
        raise RoleNotMoved(setup)  # the one that the server offered before
    if held != role.id and _has(interaction, role.id):
        raise HasItAlready
    is_new = await roles.accept(guild_id, member_id, role.id)
    moved = await _move(client, guild_id, member_id, role.id, give=True)
    if moved != "done":
        if is_new and moved != "failed":  # it is surely not from the bot, should they have it one day
            await _forget(client, guild_id, member_id, role.id)
        raise RoleNotMoved(setup)
    if not await roles.is_due(guild_id, member_id, role.id):
        # It came after their last pledge had gone, and would stay for ever.
        if await _take_off(client, guild_id, member_id, role.id, only_last=True) == "stuck":
            raise RoleNotMoved(setup)
        raise GoneMeanwhile


class GiveRoleBack(LastingButton, template=r"role:no"):
    """Takes the role off a member who no longer wants it; their pledges stay."""

    def __init__(self, label: str = "") -> None:
        super().__init__("role:no", label)

    async def press(self, interaction: Interaction) -> None:
        reader = reader_of(interaction, private=True)
        had, fate = await saved(interaction, self._take_off(interaction, reader))
        _ = reader.words.gettext
        text = _("The supporter role is off. Your pledges stay, and count as before.")
        if fate == "nothing" or not had:
            text = _("The supporter role was off already. Your pledges stay, and count as before.")
        await reply(interaction, Card(reader.colour, [text]))

    async def _take_off(self, interaction: Interaction, reader: Reader) -> tuple[bool, Fate]:
        """Only a role that was given for a yes: one from a moderator's hand is not ours to take."""
        if interaction.guild_id is None or not interaction.is_guild_integration():
            raise NoRoleHere
        held = await reader.services.supporter_roles.held(interaction.guild_id, interaction.user.id)
        if held is None:
            raise NoRoleFromMe
        fate = await _take_off(interaction.client, interaction.guild_id, interaction.user.id, held)
        if fate == "stuck":
            raise RoleNotMoved(reader.mention_of("setup"))
        return _has(interaction, held), fate
