"""Buttons that ask a moderator for a reason before something is hidden, or somebody blocked."""

import discord

from bot.cards.base import Interaction, reader_of
from bot.cards.blocking import refuse_at_once
from bot.cards.lasting import BIG_ID, LastingButton
from bot.cards.moderate_where import WHERE, Where
from bot.cards.reasons import block_form, hide_all_form, hide_form
from bot.cards.rights import require_moderator


class AskHide(LastingButton, template=rf"mod:h:(?P<queued>[01]):(?P<pledge>{BIG_ID}):{WHERE}"):
    """Opens the form that hides a pledge; `queued`: one that waited for a decision when it was shown."""

    def __init__(self, queued: str, pledge: str, show: str, whose: str, words: str, label: str = "") -> None:
        self.rest = f"{queued}:{pledge}:{Where(show, whose, words)}"
        super().__init__(f"mod:h:{self.rest}", label, discord.ButtonStyle.danger)

    async def press(self, interaction: Interaction) -> None:
        await require_moderator(interaction)
        await interaction.response.send_modal(hide_form(reader_of(interaction, private=True), f"mod:hide:{self.rest}"))


class AskHideAll(LastingButton, template=rf"mod:a:(?P<whom>{BIG_ID}):{WHERE}"):
    """Opens the form that hides all public pledges of a member."""

    def __init__(self, whom: str, show: str, whose: str, words: str, label: str = "") -> None:
        self.rest = f"{whom}:{Where(show, whose, words)}"
        super().__init__(f"mod:a:{self.rest}", label)

    async def press(self, interaction: Interaction) -> None:
        await require_moderator(interaction)
        form = hide_all_form(reader_of(interaction, private=True), f"mod:hideall:{self.rest}")
        await interaction.response.send_modal(form)


class AskBlock(LastingButton, template=rf"mod:b:(?P<whom>{BIG_ID}):{WHERE}"):
    """Opens the form that blocks a member."""

    def __init__(self, whom: str, show: str, whose: str, words: str, label: str = "") -> None:
        self.whom = int(whom)
        self.rest = f"{whom}:{Where(show, whose, words)}"
        super().__init__(f"mod:b:{self.rest}", label)

    async def press(self, interaction: Interaction) -> None:
        await require_moderator(interaction)
        refuse_at_once(interaction, self.whom)
        await interaction.response.send_modal(
            block_form(reader_of(interaction, private=True), f"mod:block:{self.rest}")
        )
