"""Members who kept a supporter role although their last pledge is gone, since the bot could not take it off them."""

from bot.cards.base import Interaction
from bot.cards.setup_desk import Desk, desk_of
from bot.cards.supporter_role import drop_role_if_last


def said_left_over(desk: Desk) -> str:
    roles = sorted({role_id for _member_id, role_id in desk.left_over})
    return desk.reader.words.gettext(
        "Somebody has no pledge here any more and still has the supporter role ({roles}): "
        "I could not take it off them.",
        roles=desk.reader.words.list([f"<@&{role_id}>" for role_id in roles]),
    )


async def take_off_left_over(interaction: Interaction, desk: Desk) -> str:
    """Tries again to take it off them, and tells what came of it."""
    let = await _take_off(interaction, desk)
    desk = await desk_of(interaction)
    _ = desk.reader.words.gettext
    if not let:
        return _("Discord still does not let me. What is missing stands below; if nothing does, try again later.")
    if desk.left_over:
        return _("It is off some of them. Press again for the others.")
    return _("Nobody has the supporter role any more whose last pledge is gone.")


async def _take_off(interaction: Interaction, desk: Desk) -> bool:
    """False where Discord does not let the bot: then the others are not tried, since they would meet the same."""
    for member_id, _role_id in desk.left_over:
        if await drop_role_if_last(interaction.client, desk.guild.id, member_id) == "stuck":
            return False
    return True
