"""What moderators choose about what is posted by itself: where, when, and who is mentioned."""

import discord

from bot.cards.permissions import cant_announce, cant_mention, cant_ping
from bot.cards.setup_coming import said_next, said_posts
from bot.cards.setup_desk import Desk, PickedChannel, PickedRole, Typed
from bot.services.times import clock_time, minutes_of
from bot.storage.guilds import Value


class Outlet(PickedChannel):
    """A channel that the bot posts into of its own accord."""

    types = (discord.ChannelType.text, discord.ChannelType.news)

    def lacking(self, desk: Desk, channel: discord.TextChannel) -> str:
        return cant_announce(desk.reader, channel, desk.me)


class AnnouncementChannel(Outlet):
    setting = "announcement_channel_id"

    def title(self, desk: Desk) -> str:
        return desk.reader.words.gettext("Announcements channel")

    def now(self, desk: Desk) -> str:
        _, chosen, channel = desk.reader.words.gettext, desk.record.announcement_channel_id, self.channel(desk)
        if chosen is None:
            return _("None. The dates of the campaign, and yours, could be posted on their days.")
        said = _("<#{id}>. {next}", id=chosen, next=said_next(desk))
        if channel is not None and channel.is_news():
            return f"{said}\n{_('Servers that follow this channel get each post, too.')}"
        return said

    def clear_label(self, desk: Desk) -> str:
        return desk.reader.words.gettext("No announcements")

    def told(self, desk: Desk, before: Value) -> str:
        _, chosen = desk.reader.words.gettext, desk.record.announcement_channel_id
        if chosen is None:
            return _("Nothing is announced any more.")
        return _("Announcements go to {channel}. {next}", channel=f"<#{chosen}>", next=said_next(desk))


class TimeOfDay(Typed):
    setting = "post_at"

    def title(self, desk: Desk) -> str:
        return desk.reader.words.gettext("Time of day")

    def now(self, desk: Desk) -> str:
        return desk.reader.words.gettext("{time}, by the clock here.", time=clock_time(desk.record.post_at))

    def ask_label(self, desk: Desk) -> str:
        return desk.reader.words.gettext("Choose the time")

    def field_label(self, desk: Desk) -> str:
        return desk.reader.words.gettext("By the clock here")

    def hint(self, desk: Desk) -> str:
        return desk.reader.words.gettext("Such as 09:00, 9.30, 21h or 9 pm")

    def written(self, desk: Desk) -> str:
        return clock_time(desk.record.post_at)

    def read(self, desk: Desk, typed: str) -> Value:
        return minutes_of(typed)

    def told(self, desk: Desk, before: Value) -> str:
        _ = desk.reader.words.gettext
        return _("It is posted at {time}. {next}", time=clock_time(desk.record.post_at), next=said_next(desk))


class PingRole(PickedRole):
    setting = "ping_role_id"

    def title(self, desk: Desk) -> str:
        return desk.reader.words.gettext("Role to mention")

    def now(self, desk: Desk) -> str:
        _ = desk.reader.words.gettext
        if desk.record.ping_role_id is None:
            return _("None. Announcements notify nobody.")
        return _("{role}. Announcements of dates notify all who have it.", role=self.mention(desk))

    def clear_label(self, desk: Desk) -> str:
        return desk.reader.words.gettext("Mention nobody")

    def told(self, desk: Desk, before: Value) -> str:
        _ = desk.reader.words.gettext
        if desk.record.ping_role_id is None:
            return _("Announcements mention nobody now.")
        return _("Announcements of dates mention {role} now.", role=self.mention(desk))

    def unfit(self, desk: Desk, role: discord.Role) -> str:
        _ = desk.reader.words.gettext
        if cant_mention(role, self._where(desk), desk.chooser):
            # Else the bot would call whom the chooser may not call.
            return _("You may not mention {role} yourself. Please ask somebody who may.", role=role.mention)
        return self.worn(desk, role)

    def worn(self, desk: Desk, role: discord.Role) -> str:
        return cant_ping(desk.reader, role, self._where(desk), desk.me)

    def asks(self, desk: Desk, picked: int) -> str:
        if picked != desk.guild.id:
            return ""
        _ = desk.reader.words.gettext
        return _(
            "**Really everybody?** Each announcement of a date would notify every member of this server: "
            "{posts}. A role that people take for themselves disturbs nobody else.",
            posts=said_posts(desk),
        )

    def _where(self, desk: Desk) -> discord.TextChannel | None:
        return desk.text_channel(desk.record.announcement_channel_id)
