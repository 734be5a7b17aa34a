"""A member's own pledges, one at a time: to change, to show, to take back. Always private."""

import discord

from bot.cards.base import Block, Card, Interaction, Reader, may_turn, reader_of, reply, saved
from bot.cards.lasting import BIG_ID, LastingButton
from bot.cards.pledge_form import MakePledgeButton, open_form, server_of
from bot.cards.pledge_news import hidden_sentence, is_news
from bot.cards.review import ask_moderators, settle
from bot.cards.support import way_to_support
from bot.cards.supporter_role import let_role_go, show_role
from bot.i18n import msg
from bot.services.errors import NoLongerThere
from bot.storage.ledger import Pledge
from bot.storage.tables import HIDDEN, OPEN, REPORTED, WAITING, WHOLE_CAMPAIGN
from bot.text import escape

_ON_WALL = {
    OPEN: msg("on the wall"),
    WAITING: msg("waits for the moderators"),
    REPORTED: msg("not shown until a moderator has looked at it"),
    HIDDEN: msg("taken off the wall by moderators"),
}


async def own_card(interaction: Interaction, index: int = 0, *, pledge_id: int = 0, notice: str = "") -> Card:
    """The member's pledge at `index`, newest first, or the one with `pledge_id`; in a server those of this server.

    `notice` is a sentence about what was just done.
    """
    reader = reader_of(interaction, private=True)
    server = server_of(interaction)
    own = await reader.services.pledges.own(interaction.user.id, server if server != WHOLE_CAMPAIGN else None)
    _ = reader.words.gettext
    if not own:
        none = _("You have no pledge in force here. Making one takes a minute.")
        card = Card(reader.colour, [notice, none] if notice else [none], [MakePledgeButton("", _("Make a pledge"))])
        return await show_role(interaction, card, pledges=False)
    index = next((place for place, one in enumerate(own) if one.id == pledge_id), index)
    index = max(0, min(index, len(own) - 1))
    if not pledge_id and not index:  # what its author does not know yet comes first
        index = next((place for place, one in enumerate(own) if is_news(one)), 0)
    if is_news(own[index]):
        await reader.services.pledges.mark_told(own[index])
    return await show_role(interaction, _card(reader, own, index, notice, interaction.guild_id), pledges=True)


async def _turn(interaction: Interaction, card: Card) -> None:
    await reply(interaction, card, in_place=may_turn(interaction))


def _card(reader: Reader, own: list[Pledge], index: int, notice: str, here: int | None) -> Card:
    pledge = own[index]
    _, number = reader.words.gettext, reader.words.number
    counted = _("Your pledge {number} of {all}", number=number(index + 1), all=number(len(own)))
    made = pledge.made_at
    theme = reader.services.campaign.topics.get(pledge.theme)
    small = [
        escape(theme.name) if theme else "",
        _("made on {date}", date=reader.words.date(made.year, made.month, made.day)),
        _where(reader, pledge),
        escape(reader.services.countries.name(pledge.country, reader.words.locale)) if pledge.country else "",
    ]
    paragraphs = [
        *([notice] if notice else []),
        f"### {counted}\n> {escape(reader.services.pledges.text_of(pledge))}",
        "-# " + " · ".join(part for part in small if part),
    ]
    if pledge.state == HIDDEN:
        paragraphs.append(hidden_sentence(reader, pledge, here))
    if reader.services.pledges.speaks_of_violence(pledge):
        paragraphs.append(way_to_support(reader))
    which = str(pledge.id)
    in_server = pledge.guild_id != WHOLE_CAMPAIGN
    buttons: list[Block] = [EditPledgeButton(which, _("Edit"))]
    if in_server and pledge.is_public and pledge.state != HIDDEN:
        buttons.append(WallPledge("off", which, _("Take off the wall")))
    elif in_server and pledge.state != HIDDEN:
        buttons.append(WallPledge("on", which, _("Put on the wall")))
    buttons.append(AskWithdraw(which, _("Withdraw")))
    if len(own) > 1:
        following = (index + 1) % len(own)
        buttons.append(TurnOwn(str(following), _("Next")))
    return Card(reader.colour, paragraphs, buttons)


def _where(reader: Reader, pledge: Pledge) -> str:
    _ = reader.words.gettext
    if pledge.guild_id == WHOLE_CAMPAIGN:
        return _("counted for the whole campaign")
    if not pledge.is_public:
        return _("only you can read it")
    return reader.words.say(_ON_WALL[pledge.state])


class TurnOwn(LastingButton, template=r"mine:turn:(?P<index>[0-9]{1,4})"):
    def __init__(self, index: str, label: str = "") -> None:
        super().__init__(f"mine:turn:{index}", label)
        self.index = int(index)

    async def press(self, interaction: Interaction) -> None:
        await _turn(interaction, await own_card(interaction, self.index))


class EditPledgeButton(LastingButton, template=rf"mine:edit:(?P<pledge>{BIG_ID})"):
    """Opens the form with one's own pledge."""

    def __init__(self, pledge: str, label: str = "") -> None:
        super().__init__(f"mine:edit:{pledge}", label, discord.ButtonStyle.primary)
        self.pledge_id = int(pledge)

    async def press(self, interaction: Interaction) -> None:
        if not self.pledge_id:
            raise NoLongerThere
        await open_form(interaction, "", pledge_id=self.pledge_id)


class WallPledge(LastingButton, template=rf"mine:(?P<way>on|off):(?P<pledge>{BIG_ID})"):
    """Puts one's own pledge on the wall, or takes it off."""

    def __init__(self, way: str, pledge: str, label: str = "") -> None:
        super().__init__(f"mine:{way}:{pledge}", label)
        self.is_public, self.pledge_id = way == "on", int(pledge)

    async def press(self, interaction: Interaction) -> None:
        reader = reader_of(interaction, private=True)
        showing = reader.services.pledges.show(
            self.pledge_id, interaction.user.id, is_public=self.is_public, from_guild=server_of(interaction)
        )
        shown = await saved(interaction, showing, in_place=may_turn(interaction))
        _ = reader.words.gettext
        notice = _("It is off the wall now.")
        if self.is_public:
            notice = _("It is on the wall now.") if shown.on_wall else _("The moderators look at it first.")
        try:
            await _turn(interaction, await own_card(interaction, pledge_id=self.pledge_id, notice=notice))
        finally:
            await ask_moderators(interaction.client, shown)
            if not self.is_public:
                await settle(interaction.client, shown.guild_id, shown.id)


class AskWithdraw(LastingButton, template=rf"mine:ask:(?P<pledge>{BIG_ID})"):
    """Asks before a pledge is taken back."""

    def __init__(self, pledge: str, label: str = "") -> None:
        super().__init__(f"mine:ask:{pledge}", label)
        self.pledge_id = int(pledge)

    async def press(self, interaction: Interaction) -> None:
        reader = reader_of(interaction, private=True)
        pledge = await reader.services.pledges.one_of(interaction.user.id, self.pledge_id)
        _ = reader.words.gettext
        text = escape(reader.services.pledges.text_of(pledge))
        paragraphs = [
            f"### {_('Take this pledge back?')}\n> {text}",
            _(
                "It leaves every count, and the wall if it is there, and can't be brought back. "
                "In a wall channel I delete it; what was posted in another channel before stays there."
            ),
        ]
        which = str(self.pledge_id)
        buttons = [Withdraw(which, _("Yes, withdraw it")), KeepPledge(which, _("No, keep it"))]
        await _turn(interaction, Card(reader.colour, paragraphs, buttons))


class Withdraw(LastingButton, template=rf"mine:withdraw:(?P<pledge>{BIG_ID})"):
    """Takes a pledge back."""

    def __init__(self, pledge: str, label: str = "") -> None:
        super().__init__(f"mine:withdraw:{pledge}", label, discord.ButtonStyle.danger)
        self.pledge_id = int(pledge)

    async def press(self, interaction: Interaction) -> None:
        reader = reader_of(interaction, private=True)
        withdrawing = self._withdraw(interaction, reader)
        withdrawn, about_role = await saved(interaction, withdrawing, in_place=may_turn(interaction))
        _ = reader.words.gettext
        server = server_of(interaction)
        others = await reader.services.pledges.own(interaction.user.id, server if server != WHOLE_CAMPAIGN else None)
        text = f"### {_('Your pledge is withdrawn')}\n{_('Nothing of it is kept.')}"
        further = TurnOwn("0", _("My other pledges")) if others else MakePledgeButton("", _("Make another pledge"))
        try:
            await _turn(interaction, Card(reader.colour, [text, about_role] if about_role else [text], [further]))
        finally:
            await settle(interaction.client, withdrawn.guild_id, withdrawn.id)

    async def _withdraw(self, interaction: Interaction, reader: Reader) -> tuple[Pledge, str]:
        withdrawn = await reader.services.pledges.withdraw(self.pledge_id, interaction.user.id)
        reader.services.drafts.drop(interaction.user.id, self.pledge_id)
        return withdrawn, await let_role_go(interaction, withdrawn)


class KeepPledge(LastingButton, template=rf"mine:keep:(?P<pledge>{BIG_ID})"):
    """Back to the pledge, which stays as it is."""

    def __init__(self, pledge: str, label: str = "") -> None:
        super().__init__(f"mine:keep:{pledge}", label)
        self.pledge_id = int(pledge)

    async def press(self, interaction: Interaction) -> None:
        await _turn(interaction, await own_card(interaction, pledge_id=self.pledge_id))
