"""Facts and quotes as cards: text, then its source, and the buttons that lead further."""

from collections.abc import Sequence
from functools import lru_cache

import discord
from discord import ui

from bot.campaign.dates import PartialDate
from bot.campaign.models import Fact, Quote, Sourced
from bot.cards.base import (
    Block,
    Card,
    Interaction,
    Reader,
    answer,
    place_of,
    reader_of,
    services_of,
    turn,
    why_private,
)
from bot.cards.lasting import ITEM, LastingButton
from bot.cards.support import FindHelp, way_to_support
from bot.i18n import Words
from bot.services import Services
from bot.services.decks import Deck, Muted, Wanted
from bot.services.errors import AlreadyShared, NotAllowedHere
from bot.text import escape, link

KIND = r"fact|quote"

MOST_WRITTEN = 1024
"""Facts and quotes whose words are kept as they were written out for a card, in each language."""


def sourced_card(
    reader: Reader, item: Fact | Quote, wanted: Wanted, *, title: str = "", more: Sequence[Block] = ()
) -> Card:
    """The card of a fact or quote. `wanted` is what *Another* will look for.

    For one that nobody asked for: `title` stands above, and `more` among its buttons; one fits.
    """
    _ = reader.words.gettext
    kind = "quote" if isinstance(item, Quote) else "fact"
    if isinstance(item, Quote):
        paragraphs = [*quote_texts(reader.words, item)]  # pyright: ignore[reportArgumentType]  (frozen, hence hashable)
    else:
        topic = reader.services.campaign.topics[item.topic].name
        paragraphs = [*_fact(reader.words, item, topic)]  # pyright: ignore[reportArgumentType]  (likewise)
    buttons: list[Block] = [Another(kind, wanted.topic, wanted.speaker, wanted.words, _("Another"))]
    if isinstance(item, Fact) and item.contested:
        buttons.append(HowSure(item.id, _("How sure is this?")))
    if reader.is_private and reader.may_share:
        buttons.append(Share(kind, item.id, _("Share here")))
    buttons.extend(more)
    if title:
        paragraphs[0] = f"**{title}**\n{paragraphs[0]}"
    if item.support:
        paragraphs.append(way_to_support(reader))
        buttons.append(FindHelp(_("Find help")))
    return Card(reader.colour, paragraphs, buttons)


@lru_cache(maxsize=MOST_WRITTEN)
def _fact(words: Words, fact: Fact, topic: str) -> tuple[str, ...]:
    return f"### {escape(topic)}\n{escape(fact.text)}", below_fact(words, fact)


def below_fact(words: Words, fact: Fact) -> str:
    """In small letters: of when it is, and by what source."""
    _ = words.gettext
    when = [
        fact.date and said_date(words, fact.date),
        fact.as_of and _("As of {date}", date=said_date(words, fact.as_of)),
    ]
    return small([*when, source_of(words, fact)])


@lru_cache(maxsize=MOST_WRITTEN)
def quote_texts(words: Words, quote: Quote) -> tuple[str, ...]:
    """The words with who spoke them, and in small letters when, where, and by what source."""
    _ = words.gettext
    date = said_date(words, quote.date) if quote.date else _("date not known")
    return (
        f"> {escape(quote.text)}\n**{escape(quote.speaker)}**, {escape(quote.speaker_role)}",
        small([escape(quote.occasion), date, source_of(words, quote)]),
    )


def source_of(words: Words, item: Sourced) -> str:
    """'Source: …' with its link, and the second source where there is one."""
    _ = words.gettext
    source = _("Source: {source}", source=link(item.source_title, item.source_url))
    return f"{source} · {link(_('also here'), item.also_url)}" if item.also_url else source


def small(parts: list[str | None]) -> str:
    """One line in small letters, of the parts that there are."""
    return "-# " + " · ".join(part for part in parts if part)


def said_date(words: Words, date: PartialDate) -> str:
    return words.date(date.year, date.month, date.day)


def how_sure_card(reader: Reader, item: Sourced, text: str, doubt: str | None) -> Card:
    """What the sources dispute, beside the text and never instead of it."""
    _ = reader.words.gettext
    sure = escape(doubt) if doubt else _("No source that I know disputes this.")
    title = _("How sure is this?")
    return Card(reader.colour, [f"### {title}\n> {escape(text)}", sure, small([source_of(reader.words, item)])])


def deck_of(services: Services, kind: str) -> Deck[Fact] | Deck[Quote]:
    return services.quotes if kind == "quote" else services.facts


async def show(interaction: Interaction, kind: str, wanted: Wanted, *, private: bool) -> None:
    """Draws an item for this place and answers with its card."""
    services = services_of(interaction)
    muted = await services.mutes.of(interaction.guild_id)
    item = await deck_of(services, kind).draw(place_of(interaction), wanted, muted)
    await answer(interaction, lambda reader: sourced_card(reader, item, wanted), private=private)


class Another(
    LastingButton,
    template=rf"(?P<kind>{KIND}):next:(?P<speaker>[0-9a-f]{{0,8}}):(?P<topic>[a-z0-9-]{{0,24}}):(?P<search>.{{0,50}})",
):
    """The next item of the same kind, for the same topic, speaker and search."""

    def __init__(self, kind: str, topic: str, speaker: str, search: str, label: str = "") -> None:
        super().__init__(f"{kind}:next:{speaker}:{topic}:{search}", label, discord.ButtonStyle.primary)
        self.kind = kind
        self.wanted = Wanted(topic, speaker, search)

    async def press(self, interaction: Interaction) -> None:
        services = services_of(interaction)
        muted = await services.mutes.of(interaction.guild_id)
        item = await deck_of(services, self.kind).draw(place_of(interaction), self.wanted, muted)
        await turn(interaction, lambda reader: sourced_card(reader, item, self.wanted))


class HowSure(LastingButton, template=rf"fact:sure:(?P<item>{ITEM})"):
    """What the sources dispute, told to whoever asks."""

    def __init__(self, item: str, label: str = "") -> None:
        super().__init__(f"fact:sure:{item}", label)
        self.item_id = item

    async def press(self, interaction: Interaction) -> None:
        def make(reader: Reader) -> Card:
            fact = reader.services.facts.get(self.item_id)
            return how_sure_card(reader, fact, fact.text, fact.contested)

        await answer(interaction, make, private=True)


class Share(LastingButton, template=rf"(?P<kind>{KIND}):share:(?P<item>{ITEM})"):
    """Posts a private card where all in the channel see it, once."""

    def __init__(self, kind: str, item: str, label: str = "") -> None:
        super().__init__(f"{kind}:share:{item}", label)
        self.kind = kind
        self.item_id = item

    async def press(self, interaction: Interaction) -> None:
        reason = why_private(interaction)
        if reason is not None:
            raise NotAllowedHere(reason)
        reader = reader_of(interaction, private=False)
        deck = deck_of(reader.services, self.kind)
        item = deck.get(self.item_id)
        if not deck.shows(item.id, await reader.services.mutes.of(interaction.guild_id)):
            raise Muted
        if interaction.message is None or not reader.services.shared.first(interaction.message.id):
            raise AlreadyShared
        # The private card is answered first, since only the answer can change it; the post follows.
        await interaction.response.edit_message(view=self.card_without_me())
        card = sourced_card(reader, item, Wanted())
        shared_by = reader.words.gettext("Shared by {member}", member=interaction.user.mention)
        await interaction.followup.send(view=card.add_item(ui.TextDisplay(f"-# {shared_by}")))
        await deck.mark_shown(place_of(interaction), item.id)
