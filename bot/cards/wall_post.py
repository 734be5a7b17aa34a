"""A post of a server's wall channel: one new public pledge, or several that came within an hour."""

import discord

from bot.cards.announcement_more import More
from bot.cards.announcement_post import Post
from bot.cards.base import Block, Card, Reader
from bot.cards.pledge_form import MakePledgeButton
from bot.cards.pledge_wall import wall_entry
from bot.cards.report import ReportWall
from bot.cards.review_channel import reader_in, services_behind
from bot.storage.announcements import Announcement
from bot.storage.wall import Shown

_MOST_CHARACTERS = 3200
"""Of the pledges together, in UTF-16 units: Discord takes 4,000 with all that stands around them."""


async def render(client: discord.Client, announcement: Announcement, channel: discord.TextChannel) -> Post | None:
    """The post as its pledges are now; None where none of them is to be seen."""
    services = services_behind(client)
    shown = await services.wall.shown_in(announcement.guild_id, announcement.id)
    if not shown.count:
        return None
    record = await services.guilds.of(announcement.guild_id)
    return Post(_card(reader_in(client, channel), shown, announcement.key, with_links=record.allows_links))


def _card(reader: Reader, shown: Shown, key: str, *, with_links: bool) -> Card:
    _, n = reader.words.gettext, reader.words.ngettext
    entries = _that_fit([wall_entry(reader, one, with_links) for one in shown.pledges])
    title = _("A new pledge") if shown.count == 1 else n("{n} new pledge", "{n} new pledges", shown.count)
    paragraphs = [f"### {title}", *entries]
    if further := shown.count - len(entries):
        whole = reader.mention_of("pledge wall")
        paragraphs.append(
            n("And {n} more: {wall} shows it.", "And {n} more: {wall} shows them all.", further, wall=whole)
        )
    listed = shown.pledges[: len(entries)]
    newest, oldest = str(listed[-1].id), str(listed[0].id)
    buttons: list[Block] = [
        MakePledgeButton("", _("Make a pledge")),
        More(key, _("More")),
        ReportWall(newest, oldest, "", "", _("Report")),
    ]
    return Card(reader.colour, paragraphs, buttons, airy=True)


def _that_fit(entries: list[str]) -> list[str]:
    """As many as a message has room for, one at least: the longest pledge fits."""
    fitting: list[str] = []
    room = _MOST_CHARACTERS
    for entry in entries:
        room -= len(entry.encode("utf-16-le")) // 2
        if room < 0 and fitting:
            break
        fitting.append(entry)
    return fitting
