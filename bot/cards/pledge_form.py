"""The way to a pledge: a theme first, then the form. What is sent with it, `pledge_sent` answers."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import discord
from discord import ui

from bot.campaign.models import Topic
from bot.cards.base import Card, Interaction, Reader, reader_of, reply
from bot.cards.forms import Form, room
from bot.cards.lasting import LastingButton, LastingMenu
from bot.cards.pledge_news import tell_news
from bot.services.errors import NoLongerThere
from bot.services.pledges import LONGEST_WORDS, SHORTEST_WORDS, Draft
from bot.storage.tables import WHOLE_CAMPAIGN

LONGEST_COUNTRY = 60

EMPTY = Draft("", None, "", "", is_public=False)


def server_of(interaction: Interaction) -> int:
    """The server in which a pledge counts, or WHOLE_CAMPAIGN for one made in a direct message.

    Likewise where the bot is only used from somebody's own account: that server never asked for it.
    """
    if interaction.guild_id is not None and interaction.is_guild_integration():
        return interaction.guild_id
    return WHOLE_CAMPAIGN


def theme_card(reader: Reader) -> Card:
    """Asks for a theme."""
    _ = reader.words.gettext
    text = f"### {_('What is your pledge about?')}\n{_('Choose a theme. A form opens, with ideas to choose from.')}"
    return Card(reader.colour, [text], [ChooseTheme(_("Choose a theme"), reader.services.pledges.themes)])


async def ask_or_open(interaction: Interaction, theme: str, country: str | None = None) -> None:
    """Opens the form of a theme, or asks for the theme when it is empty. Raises what `open_form` does."""
    if theme:
        await open_form(interaction, theme, country=country)
        return
    reader = reader_of(interaction, private=True)
    await reader.services.pledges.welcome(server_of(interaction), interaction.user.id)
    if country:
        draft = reader.services.drafts.of(interaction.user.id) or EMPTY
        reader.services.drafts.keep(interaction.user.id, replace(draft, country=country))
    await reply(interaction, theme_card(reader))


async def open_form(
    interaction: Interaction, theme: str, *, country: str | None = None, pledge_id: int = 0, again: bool = False
) -> None:
    """Shows the form of a new pledge, or of the one that is to be changed.

    A new one opens with the draft that failed, if there is one; a change does so when it is tried `again`.
    Raises NoLongerThere for a theme that there is none of, NoLongerYours for somebody else's pledge, NotWelcome for a
    new one that could not be sent.
    """
    reader = reader_of(interaction, private=True)
    services, member_id = reader.services, interaction.user.id
    draft, server = services.drafts.of(member_id, pledge_id), server_of(interaction)
    if pledge_id:
        old = await services.pledges.one_of(member_id, pledge_id)
        theme, server = theme or old.theme, old.guild_id
        if draft is None or not again:
            draft = Draft(old.theme, old.action, old.words or "", "", old.is_public)
    else:
        await services.pledges.welcome(server, member_id)
    draft = draft or EMPTY
    if not services.pledges.has_theme(theme):
        raise NoLongerThere
    known = await services.pledges.known_of(member_id, server)
    home = country or draft.country
    if not home and known.country:
        home = services.countries.name(known.country, reader.words.locale)
    custom_id = f"pledge:edit:{theme}:{pledge_id}" if pledge_id else f"pledge:new:{theme}"
    await interaction.response.send_modal(_form(reader, custom_id, theme, draft, home, server))
    if known.has_news:
        await tell_news(interaction, server)


def _form(reader: Reader, custom_id: str, theme: str, draft: Draft, country: str, server: int) -> Form:
    _ = reader.words.gettext
    words: ui.TextInput[Form] = ui.TextInput(
        custom_id="words",
        style=discord.TextStyle.paragraph,
        placeholder=_("I will …"),
        default=draft.words[:LONGEST_WORDS] or None,
        max_length=room(LONGEST_WORDS, draft.words),
        required=False,
    )
    home: ui.TextInput[Form] = ui.TextInput(
        custom_id="country",
        default=country[:LONGEST_COUNTRY] or None,
        max_length=room(LONGEST_COUNTRY, country),
        required=False,
    )
    rows: list[ui.Item[Any]] = [
        _actions(reader, theme, draft.action),
        ui.Label(
            text=_("Or in your own words"),
            description=_("{least} to {most} characters", least=str(SHORTEST_WORDS), most=str(LONGEST_WORDS)),
            component=words,
        ),
        ui.Label(
            text=_("Your country, if you like"),
            description=_("It is counted, and remembered for your next pledge."),
            component=home,
        ),
    ]
    if server == WHOLE_CAMPAIGN:
        note = _("Only you can read it. It is counted for the whole campaign.")
    else:
        wall: ui.Checkbox[Form] = ui.Checkbox(custom_id="wall", default=draft.is_public)
        wall_label: ui.Label[Form] = ui.Label(
            text=_("Show it on the pledge wall"),
            description=_("With your name and country, for everybody in this server"),
            component=wall,
        )
        rows.append(wall_label)
        note = _(
            "Moderators can read what is on the wall, as everybody here can. Off the wall, only you can read it; "
            "it is counted all the same."
        )
    rows.append(ui.TextDisplay(f"-# {note}"))
    return Form(custom_id, _("Your pledge: {theme}", theme=reader.services.campaign.topics[theme].name), rows)


def _actions(reader: Reader, theme: str, chosen: str | None) -> ui.Label[Form]:
    _ = reader.words.gettext
    options = [
        discord.SelectOption(label=action.text, value=action.id, default=action.id == chosen)
        for action in reader.services.pledges.actions_of(theme)[:25]
    ]
    menu: ui.Select[Form] = ui.Select(
        custom_id="action", placeholder=_("Choose one, or write below"), options=options, required=False
    )
    return ui.Label(text=_("Something to do"), component=menu)


class MakePledgeButton(LastingButton, template=r"pledge:make:(?P<theme>[a-z0-9-]{0,24})"):
    """Opens the form of its theme, or asks for one first."""

    def __init__(self, theme: str, label: str = "") -> None:
        super().__init__(f"pledge:make:{theme}", label, discord.ButtonStyle.success)
        self.theme = theme

    async def press(self, interaction: Interaction) -> None:
        await ask_or_open(interaction, self.theme)


class ChooseTheme(LastingMenu, template=r"pledge:theme"):
    """Opens the form of the theme that is chosen."""

    def __init__(self, placeholder: str = "", themes: Sequence[Topic] = ()) -> None:
        options = [discord.SelectOption(label=theme.name, value=theme.id) for theme in themes]
        super().__init__("pledge:theme", placeholder, options)

    async def press(self, interaction: Interaction) -> None:
        await open_form(interaction, next(iter(self.item.values), ""))
