"""What is answered when a pledge's form is sent: thanks and numbers, or kindly why not yet."""

import re
from collections.abc import Awaitable
from typing import TypeVar

import discord
from discord import ui

from bot.cards.base import Block, Card, Interaction, Reader, reader_of, reply, saved
from bot.cards.errors import MOST_KEPT
from bot.cards.forms import Filled, LastingForm, OldForm
from bot.cards.lasting import BIG_ID, LastingButton
from bot.cards.pledge_form import LONGEST_COUNTRY, MakePledgeButton, open_form, server_of
from bot.cards.pledge_news import hidden_sentence
from bot.cards.review import ask_moderators, settle
from bot.cards.support import FindHelp, way_to_support
from bot.cards.supporter_role import offer_role
from bot.services.errors import NoLongerThere
from bot.services.pledges import Draft, NotAPledgeYet
from bot.storage.ledger import Pledge
from bot.storage.pledges import Made
from bot.storage.tables import HIDDEN, OPEN, WHOLE_CAMPAIGN
from bot.text import clean, escape

T = TypeVar("T")


def _received(reader: Reader, theme: str, filled: Filled) -> Draft:
    """What was filled in. Raises OldForm for a theme that the campaign no longer has."""
    if not reader.services.pledges.has_theme(theme):
        raise OldForm
    return Draft(
        theme=theme,
        action=filled.chosen("action"),
        words=filled.text("words"),
        country=_unless_declined(clean(filled.text("country"), LONGEST_COUNTRY)),
        is_public=filled.ticked("wall"),
    )


def _unless_declined(country: str) -> str:
    """Nothing for 'no' and its like: NO and NA are codes of countries too, but who means those writes capitals."""
    return "" if country in {"no", "none", "na", "n/a", "-", "–", "."} else country


async def _store(
    interaction: Interaction, reader: Reader, draft: Draft, storing: Awaitable[T], *, pledge_id: int = 0
) -> T | None:
    """Waits until it is stored. None where it can't be a pledge yet, which the member is then told.

    Until it is stored the draft is kept, so that the form opens with it again whatever goes wrong.
    """
    drafts, member_id = reader.services.drafts, interaction.user.id
    drafts.keep(member_id, draft, pledge_id)
    try:
        stored = await saved(interaction, storing)
    except NotAPledgeYet as fault:
        again = TryAgain(draft.theme, str(pledge_id), reader.words.gettext("Open the form again"))
        await reply(interaction, _not_yet(reader, fault, draft, again))
        return None
    drafts.drop(member_id, pledge_id)
    return stored


class NewPledge(LastingForm):
    pattern = re.compile(r"pledge:new:(?P<theme>[a-z0-9-]{1,24})")

    @classmethod
    async def sent(cls, interaction: Interaction, filled: Filled, **words: str) -> None:
        reader = reader_of(interaction, private=True)
        draft = _received(reader, words["theme"], filled)
        country = _meant(reader, draft)
        making = reader.services.pledges.make(
            draft,
            id=interaction.id,
            member_id=interaction.user.id,
            guild_id=server_of(interaction),
            country=country,
        )
        if made := await _store(interaction, reader, draft, making):
            card = made_card(reader, made, draft.country if country is None else "")
            try:
                await reply(interaction, await offer_role(interaction, card))
            finally:  # moderators learn of it even if the answer is lost
                if made.is_new:
                    await ask_moderators(interaction.client, made.pledge)


class ChangedPledge(LastingForm):
    pattern = re.compile(rf"pledge:edit:(?P<theme>[a-z0-9-]{{1,24}}):(?P<pledge>{BIG_ID})")

    @classmethod
    async def sent(cls, interaction: Interaction, filled: Filled, **words: str) -> None:
        reader = reader_of(interaction, private=True)
        draft, pledge_id = _received(reader, words["theme"], filled), int(words["pledge"])
        country = _meant(reader, draft)
        changing = reader.services.pledges.edit(
            draft,
            pledge_id=pledge_id,
            member_id=interaction.user.id,
            country=country,
            from_guild=server_of(interaction),
        )
        if changed := await _store(interaction, reader, draft, changing, pledge_id=pledge_id):
            unknown = draft.country if country is None else ""
            try:
                await reply(interaction, changed_card(reader, changed, unknown, interaction.guild_id))
            finally:
                await ask_moderators(interaction.client, changed)
                if not changed.is_public:
                    await settle(interaction.client, changed.guild_id, changed.id)


def _meant(reader: Reader, draft: Draft) -> str | None:
    """The country's code; empty where the member leaves it open, None where what was typed is not understood.

    The form holds the country that is known: an empty field means that it was taken out.
    """
    return reader.services.countries.match(draft.country, reader.words.locale) if draft.country else ""


def _not_yet(reader: Reader, fault: NotAPledgeYet, draft: Draft, again: Block) -> Card:
    """Why it is not a pledge yet, with what was written, to be copied."""
    _ = reader.words.gettext
    paragraphs = [f"### {_('Not quite yet')}\n{reader.words.say(fault.message)}"]
    if typed := clean(draft.words, MOST_KEPT):
        paragraphs.append(f"{_('What you wrote:')}\n> {escape(typed)}")
    return Card(reader.colour, paragraphs, [again])


def made_card(reader: Reader, made: Made, unknown_country: str) -> Card:
    """Warm, and exact: what was saved, who can read it, and what it makes the community."""
    _ = reader.words.gettext
    pledge = made.pledge
    title = _("Your pledge counts. Thank you!") if made.is_new else _("You have made this pledge already. It counts.")
    if made.is_new and reader.services.pledges.speaks_of_violence(pledge):
        title = _("Your pledge counts. Thank you.")
    paragraphs = [
        f"### {title}\n> {escape(reader.services.pledges.text_of(pledge))}",
        _counted(reader, made),
        _who_reads(reader, pledge, pledge.guild_id),
    ]
    buttons: list[Block] = [MakePledgeButton("", _("Make another pledge"))]
    asked = _ask_for_country(reader, unknown_country)
    if asked:
        paragraphs.append(asked[0])
        buttons = [*asked[1], *buttons]
    buttons += [
        ui.Button(style=discord.ButtonStyle.link, label=link.label, url=link.url)
        for link in reader.services.campaign.links
    ]
    return _with_support(reader, pledge, paragraphs, buttons[:5])


def changed_card(reader: Reader, pledge: Pledge, unknown_country: str, here: int | None) -> Card:
    """What stands there now, and who can read it; `here` is the server in which this is read."""
    _ = reader.words.gettext
    paragraphs = [
        f"### {_('Your pledge is changed')}\n> {escape(reader.services.pledges.text_of(pledge))}",
        _who_reads(reader, pledge, here),
    ]
    asked = _ask_for_country(reader, unknown_country)
    buttons: list[Block] = asked[1] if asked else []
    return _with_support(reader, pledge, [*paragraphs, *([asked[0]] if asked else [])], buttons)


def _with_support(reader: Reader, pledge: Pledge, paragraphs: list[str], buttons: list[Block]) -> Card:
    if reader.services.pledges.speaks_of_violence(pledge):
        paragraphs = [*paragraphs, way_to_support(reader)]
        buttons = [*buttons[:4], FindHelp(reader.words.gettext("Find help"))]
    return Card(reader.colour, paragraphs, buttons)


def _counted(reader: Reader, made: Made) -> str:
    """What the pledge makes of this server, or of the whole campaign: 'You are number 1,204 here.'"""
    words, pledge = reader.words, made.pledge
    _, number = words.gettext, words.number(made.supporters)
    is_whole = pledge.guild_id == WHOLE_CAMPAIGN
    if made.is_first_here:
        sentences = [
            _("You are number **{number}** to stand up in the whole campaign.", number=number)
            if is_whole
            else _("You are number **{number}** to stand up here.", number=number)
        ]
    else:
        sentences = [
            words.ngettext("You have **{n}** pledge in force.", "You have **{n}** pledges in force.", made.own),
            words.ngettext(
                "**{n}** person stands up in the whole campaign.",
                "**{n}** people stand up in the whole campaign.",
                made.supporters,
            )
            if is_whole
            else words.ngettext("**{n}** person stands up here.", "**{n}** people stand up here.", made.supporters),
        ]
    if made.is_first_from_country and pledge.country:
        country = escape(reader.services.countries.name(pledge.country, words.locale))
        sentences.append(_("You are the first from **{country}**.", country=country))
    return " ".join(sentences)


def _who_reads(reader: Reader, pledge: Pledge, here: int | None) -> str:
    _ = reader.words.gettext
    if pledge.is_public and pledge.state == HIDDEN:
        return hidden_sentence(reader, pledge, here)
    if pledge.is_public and pledge.state != OPEN:
        mine = reader.mention_of("pledge mine")
        if pledge.guild_id == here:
            return _(
                "It is counted. The moderators of this server look at it before everybody can read it; "
                "{mine} tells how it stands.",
                mine=mine,
            )
        return _(
            "It is counted. The moderators of its server look at it before everybody there can read it; "
            "{mine} tells how it stands.",
            mine=mine,
        )
    if pledge.is_public and pledge.guild_id != WHOLE_CAMPAIGN:
        if pledge.country:
            country = escape(reader.services.countries.name(pledge.country, reader.words.locale))
            return _(
                "Everybody in the server can read it on the pledge wall, with your name and country (**{country}**).",
                country=country,
            )
        return _("Everybody in the server can read it on the pledge wall, with your name.")
    return _(
        "Only you can read it: {mine} shows it. It is counted all the same.", mine=reader.mention_of("pledge mine")
    )


def _ask_for_country(reader: Reader, typed: str) -> tuple[str, list[Block]] | None:
    """The question about a country that was not understood, with up to three near ones; None when none was typed."""
    if not typed:
        return None
    _, countries, locale = reader.words.gettext, reader.services.countries, reader.words.locale
    near = countries.suggest(typed, locale)
    if not near:
        hint = _(
            "I don't know a country called “{country}”. You can tell it later: {mine}, then Edit.",
            country=escape(typed),
            mine=reader.mention_of("pledge mine"),
        )
        return hint, []
    names = [escape(countries.name(iso2, locale)) for iso2 in near]
    question = _(
        "I don't know a country called “{country}”. Did you mean {near}?", country=escape(typed), near=" · ".join(names)
    )
    return question, [MeantCountry(iso2, countries.name(iso2, locale)[:80]) for iso2 in near]


class MeantCountry(LastingButton, template=r"pledge:country:(?P<country>[A-Z]{2})"):
    """Tells the country that was meant."""

    def __init__(self, country: str, label: str = "") -> None:
        super().__init__(f"pledge:country:{country}", label)
        self.country = country

    async def press(self, interaction: Interaction) -> None:
        reader = reader_of(interaction, private=True)
        if reader.services.countries.get(self.country) is None:
            raise NoLongerThere
        await saved(interaction, reader.services.pledges.choose_country(interaction.user.id, self.country))
        name = escape(reader.services.countries.name(self.country, reader.words.locale))
        said = reader.words.gettext("Thank you. Your pledges count for **{country}** now.", country=name)
        await reply(interaction, Card(reader.colour, [said]))


class TryAgain(LastingButton, template=rf"pledge:again:(?P<theme>[a-z0-9-]{{1,24}}):(?P<pledge>{BIG_ID})"):
    """Opens the form again, with what was filled in as long as it is remembered; `pledge` 0 stands for a new one."""

    def __init__(self, theme: str, pledge: str, label: str = "") -> None:
        super().__init__(f"pledge:again:{theme}:{pledge}", label, discord.ButtonStyle.primary)
        self.theme, self.pledge_id = theme, pledge

    async def press(self, interaction: Interaction) -> None:
        await open_form(interaction, self.theme, pledge_id=int(self.pledge_id), again=True)
