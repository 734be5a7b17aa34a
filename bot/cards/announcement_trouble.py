"""Why an announcement was not posted, or perhaps not, and what mends it: in words for those who look after a server."""

from collections.abc import Mapping
from datetime import date

import discord

from bot.cards.base import Reader
from bot.cards.permissions import cant_announce, me_in
from bot.i18n import Message, msg
from bot.services.days import ServerDays
from bot.storage.announcements import Announcement
from bot.storage.tables import EXPIRED, RETRY, UNKNOWN
from bot.text import escape

_WHY: Mapping[str, Message] = {
    "no_channel": msg("No channel is chosen for it. {setup} lets you choose one."),
    "channel_gone": msg("The channel that was chosen is no longer there. Choose another one with {setup}."),
    "no_permission": msg("I was not allowed to post in {channel}. {setup} tells what is missing there."),
    "forbidden": msg("Discord did not let me post in {channel}. {setup} tells what is missing there."),
    "server_away": msg("Discord could not reach this server for a while."),
    "server_left": msg("I was not in this server then."),
    "discord_down": msg("Discord took no messages for a while."),
    "too_late": msg("I was not running at that hour, and its day was over when I came back."),
    "no_history": msg(
        "I was interrupted while I posted it, and may not read the history of {channel} to see whether it stands "
        "there. Grant me “Read Message History” there, so that this can't happen again."
    ),
    "invalid": msg("Discord did not take it as I wrote it. Whoever runs me finds the reason in my log."),
    "removed": msg("Somebody removed it."),
    "nothing_left": msg("There was nothing left to tell."),
    "banned": msg("Discord takes nothing from me at the moment. Whoever runs me finds the reason in my log."),
}

KINDS: Mapping[str, Message] = {
    "anniversary": msg("The dates of the day"),
    "own": msg("A date of your own"),
    "daily": msg("The fact or quote of the day"),
    "target": msg("A target that was reached"),
    "wall": msg("New pledges on the wall"),
}
"""What something is called that has no title, or of which it is not known any more."""

_MENDABLE = {"no_channel", "channel_gone", "no_permission", "forbidden"}
"""Reasons that a moderator can do away with: until the day is over, it is posted by itself then."""


def reason_of(reader: Reader, one: Announcement, guild: discord.Guild | None) -> str:
    """Why it was not posted, or perhaps not, and what mends it. `guild`: to name what is missing right now."""
    _ = reader.words.gettext
    said = _lacking(reader, one, guild) or _plain(reader, one)
    if one.state == EXPIRED and one.why != "too_late":
        return f"{said} {_('Then its day was over.')}"
    if one.state == UNKNOWN:
        return f"{said} {_('Please look there first: it may have been posted.')}"
    if one.state == RETRY:
        return f"{said} {_('I go on trying until its day is over.') if one.expires_at else _('I go on trying.')}"
    if one.why in _MENDABLE and one.expires_at is not None:
        return f"{said} {_('If that is mended before the day is over, I post it by myself.')}"
    return said


async def named(reader: Reader, one: Announcement) -> str:
    """What it is about, in words."""
    return name_of(reader, await reader.services.days.of(one.guild_id), one)


def name_of(reader: Reader, days: ServerDays, one: Announcement) -> str:
    """The same, where the server's dates are at hand."""
    title = ""
    if one.kind == "own":
        title = next((own.title for own in days.own if str(own.id) == one.subject), "")
    elif one.kind == "anniversary":
        on = date.fromisoformat(one.occurrence)
        day = days.on(on) or days.on(on, every=True)
        title = day.lead.item.title if day else ""
    return escape(title) or reader.words.say(KINDS[one.kind])


def link_to(text: str, one: Announcement) -> str:
    """The text as a link to the message, where there is one."""
    if one.channel_id is None or one.message_id is None:
        return text
    return f"[{text}](https://discord.com/channels/{one.guild_id}/{one.channel_id}/{one.message_id})"


def _plain(reader: Reader, one: Announcement) -> str:
    """Of a reason that a later version wrote, what can be said of any."""
    said = _WHY.get(
        one.why or "", msg("Something kept me from posting it. Whoever runs me finds the reason in my log.")
    )
    channel = f"<#{one.channel_id}>" if one.channel_id else reader.words.gettext("the channel that was chosen")
    return reader.words.gettext(said.text, channel=channel, setup=reader.mention_of("setup"))


def _lacking(reader: Reader, one: Announcement, guild: discord.Guild | None) -> str:
    """What is missing right now in its channel, by name; empty where nothing is, or it was something else."""
    me = me_in(guild) if guild else None
    channel = guild.get_channel(one.channel_id or 0) if guild else None
    if me is None or channel is None or one.why not in ("no_permission", "forbidden"):
        return ""
    return cant_announce(reader, channel, me)
