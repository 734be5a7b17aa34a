"""What moderators send with a reason: hide a pledge, hide all of a member, block a member."""

import re

from bot.cards.base import Interaction, may_turn, reader_of, reply, saved
from bot.cards.blocking import block
from bot.cards.forms import Filled, LastingForm
from bot.cards.lasting import BIG_ID
from bot.cards.moderate_pledges import decide, list_card
from bot.cards.moderate_where import WHERE, Where
from bot.cards.reasons import reason_in
from bot.cards.review import settle
from bot.cards.rights import require_moderator
from bot.storage.ledger import Pledge


def _reason(interaction: Interaction, filled: Filled) -> str:
    """In the server's language: its members read it."""
    return reason_in(reader_of(interaction, private=False), filled)


class HideSent(LastingForm):
    pattern = re.compile(rf"mod:hide:(?P<queued>[01]):(?P<pledge>{BIG_ID}):{WHERE}")

    @classmethod
    async def sent(cls, interaction: Interaction, filled: Filled, **words: str) -> None:
        record = await require_moderator(interaction)
        reader, pledge_id = reader_of(interaction, private=True), int(words["pledge"])
        hiding = reader.services.moderation.hide(
            *(record.id, interaction.user.id, pledge_id, _reason(interaction, filled)),
            only_queued=words["queued"] == "1",
        )
        done = reader.words.gettext("It is hidden. Its author reads the reason at their next use of a pledge command.")
        await decide(interaction, pledge_id, Where(words["show"], words["whose"], words["words"]), hiding, done)


class HideAllSent(LastingForm):
    pattern = re.compile(rf"mod:hideall:(?P<whom>{BIG_ID}):{WHERE}")

    @classmethod
    async def sent(cls, interaction: Interaction, filled: Filled, **words: str) -> None:
        record = await require_moderator(interaction)
        reader, whom = reader_of(interaction, private=True), words["whom"]
        hiding = reader.services.moderation.hide_all_of(
            record.id, interaction.user.id, int(whom), _reason(interaction, filled)
        )
        hidden = await saved(interaction, hiding, in_place=may_turn(interaction))
        await _show_member(interaction, whom, _hidden_sentence(interaction, hidden), hidden)


class BlockSent(LastingForm):
    pattern = re.compile(rf"mod:block:(?P<whom>{BIG_ID}):{WHERE}")

    @classmethod
    async def sent(cls, interaction: Interaction, filled: Filled, **words: str) -> None:
        record = await require_moderator(interaction)
        whom, reason = words["whom"], _reason(interaction, filled)
        blocking = block(interaction, record, int(whom), reason)
        done = await saved(interaction, blocking, in_place=may_turn(interaction))
        _ = reader_of(interaction, private=True).words.gettext
        sentences = [
            _("{whom} is blocked: no pledges and no reports here.", whom=f"<@{whom}>")
            if done.is_new
            else _("{whom} was blocked before.", whom=f"<@{whom}>")
        ]
        if done.hidden:
            sentences.append(_hidden_sentence(interaction, done.hidden))
        await _show_member(interaction, whom, " ".join(sentences), done.hidden)


def _hidden_sentence(interaction: Interaction, hidden: list[Pledge]) -> str:
    words = reader_of(interaction, private=True).words
    if not hidden:
        return words.gettext("There was nothing to hide.")
    return words.ngettext("{n} pledge is hidden.", "{n} pledges are hidden.", len(hidden))


async def _show_member(interaction: Interaction, whom: str, notice: str, hidden: list[Pledge]) -> None:
    card = await list_card(interaction, Where(whose=whom), notice=notice)
    await reply(interaction, card, in_place=may_turn(interaction))
    for pledge in hidden:
        await settle(interaction.client, pledge.guild_id, pledge.id)
