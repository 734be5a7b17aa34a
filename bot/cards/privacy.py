"""What is kept of a person: shown to them, given to them as a file, and erased when they confirm it. Always private."""

import io
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import TypeAlias

import discord
from discord import ui

from bot.cards.base import Block, Card, Interaction, Reader, may_turn, reader_of, reply, saved
from bot.cards.lasting import LastingButton
from bot.cards.review import settle
from bot.cards.supporter_role import take_off_all
from bot.services.leaving import FORGOTTEN_AFTER
from bot.services.privacy import Overview
from bot.storage.disk import LONGEST_KEPT
from bot.storage.erasure import Erased
from bot.text import escape

FILE = "uplift-my-data.json"

Sentence: TypeAlias = Callable[[Reader, Overview, int], str]


def _about_you(reader: Reader, overview: Overview, _count: int) -> str:
    _, locale = reader.words.gettext, reader.words.locale
    if overview.country is None:
        return _("Your Discord id, a number. No country.")
    country = escape(reader.services.countries.name(overview.country, locale))
    return _("Your Discord id, a number, and your country: {country}.", country=country)


def _pledges(reader: Reader, _overview: Overview, count: int) -> str:
    return reader.words.ngettext(
        "{n} pledge: what you promised, where, and when.", "{n} pledges: what you promised, where, and when.", count
    )


def _reports(reader: Reader, _overview: Overview, count: int) -> str:
    return reader.words.ngettext(
        "{n} report that you sent to moderators.", "{n} reports that you sent to moderators.", count
    )


def _blocks(reader: Reader, _overview: Overview, count: int) -> str:
    return reader.words.ngettext(
        "{n} server whose moderators have blocked you, and why.",
        "{n} servers whose moderators have blocked you, and why.",
        count,
    )


def _roles(reader: Reader, _overview: Overview, count: int) -> str:
    return reader.words.ngettext(
        "Your yes to the supporter role of {n} server.", "Your yes to the supporter roles of {n} servers.", count
    )


def _shown(reader: Reader, _overview: Overview, count: int) -> str:
    return reader.words.ngettext(
        "{n} fact or quote that I showed you in direct messages, so that I do not repeat it.",
        "{n} facts and quotes that I showed you in direct messages, so that I do not repeat them.",
        count,
    )


def _decisions_about(reader: Reader, _overview: Overview, count: int) -> str:
    return reader.words.ngettext(
        "{n} line about you in the log of a server's moderators.",
        "{n} lines about you in the logs of servers' moderators.",
        count,
    )


def _decisions_by(reader: Reader, _overview: Overview, count: int) -> str:
    return reader.words.ngettext(
        "{n} line in such a log about what you did as a moderator.",
        "{n} lines in such logs about what you did as a moderator.",
        count,
    )


def _erasure(reader: Reader, overview: Overview, _count: int) -> str:
    at = overview.erased_at
    assert at is not None  # noqa: S101 (it is what was counted)
    return reader.words.gettext(
        "Your Discord id on the list of those who had their data erased, since {date}. "
        "When an older backup is restored, it is erased again.",
        date=reader.words.date(at.year, at.month, at.day),
    )


SENTENCES: Mapping[str, Sentence] = {
    "about_you": _about_you,
    "pledges": _pledges,
    "reports_you_sent": _reports,
    "blocks": _blocks,
    "supporter_roles": _roles,
    "shown_in_direct_messages": _shown,
    "decisions_about_you": _decisions_about,
    "decisions_you_made": _decisions_by,
    "erasure": _erasure,
}
"""How each kind of row is told, by the names of bot.storage.personal. A test holds it complete."""


def policy_link(reader: Reader) -> list[Block]:
    """A link to the operator's privacy policy, where they have one on the web."""
    url = reader.services.privacy.policy_url
    if url is None:
        return []
    return [ui.Button(style=discord.ButtonStyle.link, label=reader.words.gettext("Privacy policy"), url=url)]


async def overview_card(interaction: Interaction, notice: str = "") -> Card:
    """What is kept of the member; `notice` is a sentence about what was just done."""
    reader = reader_of(interaction, private=True)
    overview = await reader.services.privacy.overview(interaction.user.id)
    _, n = reader.words.gettext, reader.words.ngettext
    kept = [SENTENCES[name](reader, overview, count) for name, count in overview.counts.items() if count]
    if overview.unsent:
        kept.append(
            n(
                "{n} form that you could not send, in memory until I restart.",
                "{n} forms that you could not send, in memory until I restart.",
                overview.unsent,
            )
        )
    listed = "\n".join(f"- {line}" for line in kept) or _("Nothing.")
    paragraphs = [
        *([notice] if notice else []),
        f"### {_('What I keep about you')}\n{listed}",
        f"**{_('What I do not keep')}**\n"
        + _("I can't read your messages, and I keep no names, no pictures and no list of members."),
        f"**{_('Who can see it')}**\n"
        + _(
            "A pledge that you put on the wall can be read by everybody in that server, with your name; where there "
            "is a wall channel, it stands there, too. All else is for you, for the moderators whom it concerns, and "
            "for whoever runs me."
        ),
        f"**{_('How long')}**\n"
        + _(
            "A pledge stays until you withdraw it, the rest until you have it erased. A server that removes me is "
            "forgotten after {days} days. Backups are kept for {backups} days at most.",
            days=reader.words.number(FORGOTTEN_AFTER.days),
            backups=reader.words.number(LONGEST_KEPT),
        ),
    ]
    own: list[Block] = [] if overview.is_empty else [ExportData(_("Export as a file")), AskErase(_("Erase …"))]
    return Card(reader.colour, paragraphs, [*own, *policy_link(reader)], airy=True)


async def send_export(interaction: Interaction) -> None:
    """Answers with a file of all that is kept of the member."""
    reader = reader_of(interaction, private=True)
    exported = await reader.services.privacy.export(interaction.user.id)
    content = json.dumps(exported, ensure_ascii=False, indent=2).encode()
    _ = reader.words.gettext
    text = _("All that I keep about you, as a file that people and programs can read. Only you can see it.")
    card = Card(reader.colour, [f"### {_('Your data')}\n{text}"])
    card.add_item(ui.File[Card](f"attachment://{FILE}"))
    await interaction.response.send_message(view=card, file=discord.File(io.BytesIO(content), FILE), ephemeral=True)


async def confirmation_card(interaction: Interaction) -> Card:
    """Asks whether to erase everything, and says what that means; where there is nothing, it says so."""
    reader = reader_of(interaction, private=True)
    overview = await reader.services.privacy.overview(interaction.user.id)
    _ = reader.words.gettext
    if overview.is_empty:
        return await overview_card(interaction, _("There is nothing to erase."))
    listed = "\n".join(f"- {line}" for line in _consequences(reader, overview.counts))
    buttons = [EraseData(_("Yes, erase everything")), KeepData(_("No, keep it"))]
    return Card(reader.colour, [f"### {_('Erase everything about you?')}\n{listed}"], buttons)


def _consequences(reader: Reader, counts: Mapping[str, int]) -> list[str]:
    _, n = reader.words.gettext, reader.words.ngettext
    pledges = counts["pledges"]
    by_table = {
        "pledges": n(
            "Your {n} pledge leaves every count and every wall.",
            "Your {n} pledges leave every count and every wall.",
            pledges,
        ),
        "supporter_roles": _("You lose the supporter role, wherever I gave it to you."),
        "blocks": _("Where moderators have blocked you, that goes as well."),
        "reports_you_sent": _("Your reports go. What moderators decided about them stays."),
        "decisions_about_you": _("In the moderators' logs you are taken out of what was decided about you."),
        "decisions_you_made": _("What you did as a moderator stays in the log, without your id."),
    }
    return [
        *(said for name, said in by_table.items() if counts[name]),
        _("All else that I keep about you goes, too. It can't be brought back."),
        _(
            "In a server's wall channel I delete it. What was posted in another channel before stays there. "
            "Moderators can delete it."
        ),
        _("What stands in backups disappears within {days} days.", days=reader.words.number(LONGEST_KEPT)),
        _(
            "Your Discord id and today's date stay on a list of erasures, so that a restored backup is erased again. "
            "Nothing else does."
        ),
    ]


async def _erase(interaction: Interaction, reader: Reader) -> tuple[Erased, int]:
    """Erases, and puts right what Discord shows of it. Returns also in how many servers a role could not be taken."""
    client, services, member_id = interaction.client, reader.services, interaction.user.id
    # First the roles: once the yes to one is erased, nobody would know that it is to be taken off.
    off = await take_off_all(client, member_id, await services.supporter_roles.of_member(member_id))
    erased = await services.privacy.erase(member_id)
    reviewed: dict[int, list[int]] = defaultdict(list)
    for guild_id, pledge_id in erased.pledges:
        reviewed[guild_id].append(pledge_id)
    for guild_id, pledge_ids in reviewed.items():
        await settle(client, guild_id, *pledge_ids)
    left = set(erased.roles) - off  # what was given meanwhile, and once more what could not be taken
    return erased, len(left - await take_off_all(client, member_id, left))


def _erased_card(reader: Reader, erased: Erased, stuck: int) -> Card:
    _, n = reader.words.gettext, reader.words.ngettext
    said: list[str] = []
    if pledges := erased.counts["pledges"]:
        said.append(n("{n} pledge has left every count.", "{n} pledges have left every count.", pledges))
    said.append(_("You are welcome again at any time."))
    paragraphs = [f"### {_('Everything about you is erased')}\n{' '.join(said)}"]
    if stuck:
        paragraphs.append(
            n(
                "In {n} server I could not take the supporter role off you. Its moderators can: please ask them.",
                "In {n} servers I could not take the supporter role off you. Their moderators can: please ask them.",
                stuck,
            )
        )
    return Card(reader.colour, paragraphs)


class ShowData(LastingButton, template=r"privacy:show"):
    """Shows what is kept of whoever presses it, on a card of its own."""

    def __init__(self, label: str = "") -> None:
        super().__init__("privacy:show", label)

    async def press(self, interaction: Interaction) -> None:
        await reply(interaction, await overview_card(interaction))


class ExportData(LastingButton, template=r"privacy:export"):
    def __init__(self, label: str = "") -> None:
        super().__init__("privacy:export", label)

    async def press(self, interaction: Interaction) -> None:
        await send_export(interaction)


class AskErase(LastingButton, template=r"privacy:ask"):
    """Asks before everything is erased."""

    def __init__(self, label: str = "") -> None:
        super().__init__("privacy:ask", label)

    async def press(self, interaction: Interaction) -> None:
        await reply(interaction, await confirmation_card(interaction), in_place=may_turn(interaction))


class EraseData(LastingButton, template=r"privacy:erase"):
    """Erases what is kept of whoever presses it, and of nobody else."""

    def __init__(self, label: str = "") -> None:
        super().__init__("privacy:erase", label, discord.ButtonStyle.danger)

    async def press(self, interaction: Interaction) -> None:
        reader = reader_of(interaction, private=True)
        in_place = may_turn(interaction)
        erased, stuck = await saved(interaction, _erase(interaction, reader), in_place=in_place)
        await reply(interaction, _erased_card(reader, erased, stuck), in_place=in_place)


class KeepData(LastingButton, template=r"privacy:keep"):
    """Back to what is kept, which stays."""

    def __init__(self, label: str = "") -> None:
        super().__init__("privacy:keep", label)

    async def press(self, interaction: Interaction) -> None:
        notice = reader_of(interaction, private=True).words.gettext("Nothing was erased.")
        await reply(interaction, await overview_card(interaction, notice), in_place=may_turn(interaction))
