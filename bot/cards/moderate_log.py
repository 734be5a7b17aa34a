"""The log of a server: who did what, and when. Private, and read by moderators of that server alone."""

from collections.abc import Mapping
from datetime import date

from discord.utils import format_dt

from bot.campaign.dates import YearlyDate, parse_day
from bot.cards.announcement_trouble import KINDS
from bot.cards.base import Block, Card, Interaction, Reader, may_turn, reader_of, reply
from bot.cards.lasting import BIG_ID, LastingButton
from bot.cards.rights import require_moderator
from bot.i18n import Message, msg
from bot.services.times import clock_time
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
    "post_missed": msg("{who} had something posted after all that was missed: {missed}."),
    "milestone_add": msg("{who} added the date {date}."),
    "milestone_edit": msg("{who} changed the date {date}."),
    "milestone_remove": msg("{who} removed the date {date}."),
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
    "announcement_channel_id": (
        msg("{who} made {chosen} the channel for announcements."),
        msg("{who} chose that nothing is announced."),
    ),
    "wall_channel_id": (
        msg("{who} chose that new public pledges are posted in {chosen}."),
        msg("{who} chose to have no wall channel."),
    ),
    "daily_channel_id": (
        msg("{who} made {chosen} the channel for the fact or quote of the day."),
        msg("{who} chose to have no channel for the fact or quote of the day."),
    ),
    "ping_role_id": (
        msg("{who} chose that announcements mention {chosen}."),
        msg("{who} chose that announcements mention nobody."),
    ),
    "zone": (msg("{who} chose the time zone {chosen}."), msg("{who} chose to have no time zone.")),
    "post_at": (msg("{who} chose {chosen} as the time of day."), msg("{who} took the time of day back.")),
    "posts_major": (msg("{who} had the main dates posted."), msg("{who} left the main dates out.")),
    "posts_minor": (msg("{who} had the lesser dates posted."), msg("{who} left the lesser dates out.")),
    "posts_campaign": (
        msg("{who} had the campaign's own dates posted."),
        msg("{who} left the campaign's own dates out."),
    ),
    "posts_history": (msg("{who} had the dates of history posted."), msg("{who} left the dates of history out.")),
    "posts_observances": (msg("{who} had the observances posted."), msg("{who} left the observances out.")),
    "posts_targets": (
        msg("{who} chose that targets are announced when they are reached."),
        msg("{who} chose that targets are not announced."),
    ),
    "daily_kind": (
        msg("{who} chose what is posted as the fact or quote of the day: {chosen}."),
        msg("{who} chose that no fact and no quote of the day is posted."),
    ),
    "daily_every": (
        msg("{who} chose how often the fact or quote of the day comes: {chosen}."),
        msg("{who} took back how often the fact or quote of the day comes."),
    ),
}
"""For each setting what is said when it was chosen or switched on, and when it was given up or switched off."""

_OF_NUMBERS = {"post_at"}
"""Settings of which 0 is a value like any other."""

_VALUES: Mapping[str, Message] = {
    "fact": msg("a fact"),
    "quote": msg("a quote"),
    "daily": msg("every day"),
    "weekly": msg("every Monday"),
}

_MUTED = {
    ("mute", "topic"): msg("{who} chose that the topic {item} is not shown here."),
    ("mute", "fact"): msg("{who} chose that the fact {item} is not shown here."),
    ("mute", "quote"): msg("{who} chose that the quote {item} is not shown here."),
    ("mute", "milestone"): msg("{who} chose that the date {item} is not posted here."),
    ("unmute", "milestone"): msg("{who} chose that the date {item} can be posted here again."),
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
        is_off = not value or (value == "0" and setting not in _OF_NUMBERS)
        said = _CHOSE[setting][is_off]
    elif (deed.action, setting) in _MUTED:
        said = _MUTED[deed.action, setting]
    details = escape(deed.details[:LONGEST_DETAILS])
    if said is None:
        return f"{who} · {escape(deed.action)} · {details}"
    values = {
        "chosen": _chosen(reader, deed.guild_id, setting, value),
        "item": _item(reader, setting, value),
        "date": _date(reader, deed.details),
        "missed": _missed(reader, deed.details),
    }
    return _(said.text, who=who, whom=whom, details=details, **values)


def _chosen(reader: Reader, guild_id: int, setting: str, value: str) -> str:
    if setting.endswith("_channel_id"):
        return f"<#{value}>"
    if setting.endswith("_role_id"):
        return escape("@everyone") if value == str(guild_id) else f"<@&{value}>"
    if setting == "post_at" and value.isdecimal():
        return clock_time(int(value))
    return reader.words.say(_VALUES[value]) if value in _VALUES else escape(value.replace("_", " "))


def _missed(reader: Reader, details: str) -> str:
    """What was posted after all, as bot.storage.outbox writes it into the log, with its day if it has one."""
    kind, _space, rest = details.partition(" ")
    if kind not in KINDS:
        return escape(details)
    day = rest.rpartition(" ")[2]
    try:
        return f"{reader.words.say(KINDS[kind])}, {reader.words.day(date.fromisoformat(day))}"
    except ValueError:
        return reader.words.say(KINDS[kind])


def _item(reader: Reader, kind: str, item: str) -> str:
    """A topic by its name, a date by its title; a fact or quote by its id, for its text is long."""
    campaign = reader.services.campaign
    if kind == "milestone":
        named = next((one.title for one in campaign.milestones if one.id == item), None)
    else:
        named = campaign.topics[item].name if item in campaign.topics else None
    return f"“{escape(named)}”" if named else f"`{item}`"


def _date(reader: Reader, details: str) -> str:
    """A date of the server's own, as bot.storage.milestones writes it into the log; empty where it is none."""
    day, _space, title = details.partition(" ")
    try:
        if len(day) == len("MM-DD"):
            yearly = YearlyDate.parse(day)
            said = reader.words.month_day(yearly.month, yearly.day)
        else:
            first = parse_day(day)
            said = reader.words.date(first.year, first.month, first.day)
    except ValueError:
        return ""
    return f"“{escape(title)}” ({said})"


class TurnLog(LastingButton, template=rf"mod:log:(?P<before>{BIG_ID})"):
    """Older deeds than the one with this id; 0 stands for the newest of all."""

    def __init__(self, before: str, label: str = "") -> None:
        super().__init__(f"mod:log:{before}", label)
        self.before = int(before)

    async def press(self, interaction: Interaction) -> None:
        await show_log(interaction, self.before or None)
