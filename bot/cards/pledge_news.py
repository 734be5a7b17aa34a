"""What an author has to know about a pledge: that moderators have hidden it, and why. Told where they next meet it.

Nobody is written to in direct messages for it: those are for who asked for them.
"""

from bot.cards.base import Card, Interaction, Reader, reader_of
from bot.storage.ledger import Pledge
from bot.storage.tables import HIDDEN
from bot.text import escape


def is_news(pledge: Pledge) -> bool:
    """Whether moderators have hidden it, and its author was not told yet."""
    return pledge.state == HIDDEN and pledge.told_at is None


def hidden_sentence(reader: Reader, pledge: Pledge, here: int | None) -> str:
    """What its author reads about a hidden pledge: kindly, with the reason, and with the way on.

    `here` is the server in which it is read; None in direct messages.
    """
    _ = reader.words.gettext
    hidden = (
        _("The moderators of this server have taken this pledge off the wall. It still counts.")
        if pledge.guild_id == here
        else _("The moderators of its server have taken this pledge off the wall. It still counts.")
    )
    why = _("Their reason: {reason}", reason=escape(pledge.reason)) if pledge.reason else ""
    way = _("You can edit it, and they will look at it again.")
    return " ".join(part for part in (hidden, why, way) if part)


async def tell_news(interaction: Interaction, guild_id: int) -> None:
    """Tells the member, after the answer they asked for, about the pledges of theirs that were hidden since."""
    reader = reader_of(interaction, private=True)
    pledges = reader.services.pledges
    for pledge in filter(is_news, await pledges.own(interaction.user.id, guild_id)):
        quoted = f"> {escape(pledges.text_of(pledge))}"
        find = reader.words.gettext("{mine} shows it.", mine=reader.mention_of("pledge mine"))
        card = Card(reader.colour, [quoted, f"{hidden_sentence(reader, pledge, interaction.guild_id)} {find}"])
        await interaction.followup.send(view=card, ephemeral=True)
        await pledges.mark_told(pledge)
