"""How moderators are told about a pledge: what it says, how it stands, what was reported, who decided."""

from discord.utils import format_dt

from bot.cards.base import Reader
from bot.i18n import Message, msg
from bot.services.errors import DomainError
from bot.services.moderation import AlreadyDecided, Look
from bot.storage.audit import Deed
from bot.storage.ledger import Pledge
from bot.storage.moderating import Block, OpenReports, Queue
from bot.storage.tables import HIDDEN, OPEN, REPORTED, WAITING
from bot.text import escape

MOST_REPORTS_SHOWN = 5

_STANDING = {
    OPEN: msg("On the wall"),
    WAITING: msg("Waits for review before it is shown"),
    REPORTED: msg("Off the wall by itself, after three reports"),
    HIDDEN: msg("Hidden by moderators"),
}

_DECIDED = {
    "hide": msg("{who} hid it {when}: {reason}"),
    "restore": msg("{who} showed it again {when}."),
    "approve": msg("{who} looked at it {when}, and it may stand."),
}


def standing(reader: Reader, pledge: Pledge, reports: OpenReports) -> str:
    """How it stands, in a few words."""
    stands = reader.words.say(_STANDING[pledge.state])
    if not reports.count:
        return stands
    return f"{stands} · " + reader.words.ngettext("{n} open report", "{n} open reports", reports.count)


def pledge_paragraphs(reader: Reader, look: Look) -> list[str]:
    """A pledge whole, with all that a decision needs."""
    _, pledge = reader.words.gettext, look.pledge
    theme = reader.services.campaign.topics.get(pledge.theme)
    country = reader.services.countries.name(pledge.country, reader.words.locale) if pledge.country else ""
    small = [
        f"<@{pledge.member_id}>",
        escape(theme.name) if theme else "",
        escape(country),
        _("made {when}", when=format_dt(pledge.made_at, "R")),
        _("changed {when}", when=format_dt(pledge.edited_at, "R")) if pledge.edited_at else "",
        _("queued {when}", when=format_dt(pledge.queued_at, "R")) if pledge.queued_at else "",
    ]
    quoted = f"> {escape(reader.services.pledges.text_of(pledge))}"
    paragraphs = [f"{quoted}\n-# " + " · ".join(part for part in small if part)]
    paragraphs.append(f"**{standing(reader, pledge, look.reports)}**")
    if look.reports.words:
        said = [f"> {escape(words)}" for words in look.reports.words[:MOST_REPORTS_SHOWN]]
        paragraphs.append("\n".join([_("What was reported:"), *said]))
    if look.decision and pledge.queued_at is None:
        paragraphs.append(decided(reader, look.decision))
    if look.block:
        paragraphs.append(blocked(reader, pledge.member_id, look.block))
    return paragraphs


def decided(reader: Reader, deed: Deed) -> str:
    """Who decided what about a pledge, and when."""
    said: Message = _DECIDED[deed.action]
    return reader.words.gettext(
        said.text, who=f"<@{deed.moderator_id}>", when=format_dt(deed.at, "R"), reason=escape(deed.details)
    )


def blocked(reader: Reader, member_id: int, block: Block) -> str:
    _, whom, when = reader.words.gettext, f"<@{member_id}>", format_dt(block.at, "R")
    if block.moderator_id is None:
        return _("{whom} was blocked {when}: {reason}", whom=whom, when=when, reason=escape(block.reason))
    return _(
        "{who} blocked {whom} {when}: {reason}",
        who=f"<@{block.moderator_id}>",
        whom=whom,
        when=when,
        reason=escape(block.reason),
    )


def waiting(reader: Reader, queue: Queue) -> str:
    """How much waits, and since when; empty when nothing does."""
    if queue.oldest_at is None:
        return ""
    return reader.words.ngettext(
        "**{n}** pledge waits for a moderator; it came {when}.",
        "**{n}** pledges wait for a moderator; the first of them came {when}.",
        queue.size,
        when=format_dt(queue.oldest_at, "R"),
    )


def refusal_sentence(reader: Reader, refusal: DomainError) -> str:
    """Why a decision was not taken: who was first, if another moderator was."""
    if isinstance(refusal, AlreadyDecided) and refusal.deed is not None:
        first = reader.words.gettext("This is decided already.")
        return f"{first} {decided(reader, refusal.deed)}"
    return reader.words.say(refusal.message)
