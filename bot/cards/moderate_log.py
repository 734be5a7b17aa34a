"""The log of a server: who did what, and when. Private, and read by moderators of that server alone."""

from discord.utils import format_dt

from bot.cards.base import Block, Card, Interaction, Reader, may_turn, reader_of, reply
from bot.cards.lasting import BIG_ID, LastingButton
from bot.cards.rights import require_moderator
from bot.i18n import Message, msg
from bot.storage.audit import Deed
from bot.text import escape

LONGEST_DETAILS = 120
"""Characters of a reason that a line holds: ten lines fit into a message, even escaped."""

_SAID = {
    "hide": msg("{who} hid a pledge of {whom}: {details}"),
    "auto_hide": msg("A pledge of {whom} left the wall by itself, after three reports."),
    "restore": msg("{who} showed a pledge of {whom} again."),
    "approve": msg("{who} looked at a pledge of {whom}, and it may stand."),
    "block": msg("{who} blocked {whom}: {details}"),
    "unblock": msg("{who} unblocked {whom}."),
    "export": msg("{who} took the pledges away as a table: {details} of them."),
}

_CHOSE = {
    "review_channel_id": (
        msg("{who} made {chosen} the review channel."),
        msg("{who} chose to have no review channel."),
    ),
    "moderator_role_id": (
        msg("{who} made {chosen} the moderators' role."),
        msg("{who} chose to have no moderators' role."),
    ),
    "supporter_role_id": (
        msg("{who} made {chosen} the supporters' role."),
        msg("{who} chose to have no supporters' role."),
    ),
    "allows_links": (msg("{who} allowed links in pledges."), msg("{who} allowed no links in pledges any more.")),
    "reviews_pledges": (
        msg("{who} chose that public pledges are reviewed first."),
        msg("{who} chose that public pledges are shown at once."),
    ),
}
"""For each setting what is said when it was chosen or switched on, and when it was given up or switched off."""

_MUTED = {
    ("mute", "topic"): msg("{who} chose that the topic {item} is not shown here."),
    ("mute", "fact"): msg("{who} chose that the fact {item} is not shown here."),
    ("mute", "quote"): msg("{who} chose that the quote {item} is not shown here."),
    ("unmute", "topic"): msg("{who} chose that the topic {item} is shown here again."),
    ("unmute", "fact"): msg("{who} chose that the fact {item} is shown here again."),
    ("unmute", "quote"): msg("{who} chose that the quote {item} is shown here again."),
}


async def show_log(interaction: Interaction, before: int | None = None) -> None:
    """Answers a moderator with the deeds before the one with the id `before`, or the newest. Raises ModeratorsOnly."""
    record = await require_moderator(interaction)
    reader = reader_of(interaction, private=True)
    page = await reader.services.moderation.log(record.id, before)
    _ = reader.words.gettext
    lines = [f"{format_dt(deed.at, 'R')} · {said_of(reader, deed)}" for _id, deed in page.deeds]
    buttons: list[Block] = []
    if before is not None:
        buttons.append(TurnLog("0", _("Newest")))
    if page.has_older:
        buttons.append(TurnLog(str(page.deeds[-1][0]), _("Older")))
    paragraphs = [f"### {_('What was done here')}", "\n".join(lines) or _("Nothing yet.")]
    await reply(interaction, Card(reader.colour, paragraphs, buttons), in_place=may_turn(interaction))


def said_of(reader: Reader, deed: Deed) -> str:
    """A line of the log in words. Of what a later version wrote, the bare words that it left."""
    _ = reader.words.gettext
    who = f"<@{deed.moderator_id}>" if deed.moderator_id else _("Somebody who has erased their data")
    whom = f"<@{deed.member_id}>" if deed.member_id else _("somebody who has erased their data")
    setting, _equals, value = deed.details.partition("=")
    said: Message | None = _SAID.get(deed.action)
    if deed.action == "setup" and setting in _CHOSE:
        said = _CHOSE[setting][value in ("", "0")]
    elif (deed.action, setting) in _MUTED:
        said = _MUTED[deed.action, setting]
    details = escape(deed.details[:LONGEST_DETAILS])
    if said is None:
        return f"{who} · {escape(deed.action)} · {details}"
    return _(said.text, who=who, whom=whom, details=details, chosen=_chosen(setting, value), item=_item(reader, value))


def _chosen(setting: str, value: str) -> str:
    return f"<#{value}>" if setting == "review_channel_id" else f"<@&{value}>"


def _item(reader: Reader, item: str) -> str:
    """A topic by its name; a fact or quote by its id, for its text is long."""
    topic = reader.services.campaign.topics.get(item)
    return f"“{escape(topic.name)}”" if topic else f"`{item}`"


class TurnLog(LastingButton, template=rf"mod:log:(?P<before>{BIG_ID})"):
    """Older deeds than the one with this id; 0 stands for the newest of all."""

    def __init__(self, before: str, label: str = "") -> None:
        super().__init__(f"mod:log:{before}", label)
        self.before = int(before)

    async def press(self, interaction: Interaction) -> None:
        await show_log(interaction, self.before or None)
