"""Answers to what went wrong: always an answer, and for the unexpected an id that the log has too."""

import secrets

import aiohttp
import discord
import structlog
from discord import app_commands

from bot.cards.base import Card, Interaction, reader_of
from bot.i18n import Message, msg
from bot.services.errors import DomainError
from bot.storage.errors import NotSaved
from bot.text import escape

log = structlog.get_logger("bot.errors")

MOST_KEPT = 1500
"""Characters of what somebody wrote that an answer gives back; escaped, they still fit beside the message."""

_TOO_LATE = {10062, 40060}  # Discord: unknown interaction; already acknowledged

_LOST = (aiohttp.ClientError, ConnectionError, TimeoutError, discord.DiscordServerError)
"""What the way to Discord does to an answer. Other OSErrors are the machine's: a full disk is no lost answer."""


async def answer_error(interaction: Interaction, error: Exception, *, keep: str = "") -> None:
    """Tells the person what went wrong, privately, whether or not the interaction was answered before. Never raises.

    Expected errors are told in their own words, and of a lost answer what became of it. Of the unexpected the person
    gets an apology with an id, and the log the traceback under the same id. `keep` is what the person wrote: it is
    given back, to be copied.
    """
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    if isinstance(cause, discord.HTTPException) and cause.code in _TOO_LATE:
        log.warning("answer came too late", interaction=interaction.id, code=cause.code)
        return
    reader = reader_of(interaction, private=True)
    if isinstance(cause, _LOST):
        message = _lost(interaction, cause, reader.mention_of("pledge mine"))
    else:
        message = _expected(cause) or _unexpected(interaction, cause)
    paragraphs = [reader.words.say(message)]
    if keep:
        paragraphs.append(f"{reader.words.gettext('What you wrote:')}\n>>> {escape(keep[:MOST_KEPT])}")
    card = Card(reader.colour, paragraphs)
    try:
        if interaction.response.is_done():
            await interaction.followup.send(view=card, ephemeral=True)
        else:
            await interaction.response.send_message(view=card, ephemeral=True)
    except (discord.HTTPException, aiohttp.ClientError, OSError, RuntimeError) as failure:  # closed meanwhile
        log.warning("the answer to an error was lost", interaction=interaction.id, failure=repr(failure))


def _expected(error: Exception) -> Message | None:
    if isinstance(error, DomainError):
        return error.message
    if isinstance(error, NotSaved):
        return _not_saved(error)
    if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
        return msg(
            "This command has changed since your Discord learnt it. Restart Discord, or reload the page, and try again."
        )
    if isinstance(error, app_commands.TransformerError):
        return msg("I can't read one of the values you gave. Please choose it from the list, or type it anew.")
    return None


def _not_saved(error: NotSaved) -> Message:
    if error.reason == "closed":
        return msg("This was not saved: I am about to restart. Please try again in a minute.")
    log.error("not saved", reason=error.reason)
    if error.reason == "locked":
        return msg("This was not saved: my memory is busy with something else. Please try again in a minute.")
    return msg(
        "This was not saved: my memory has a problem that I can't mend myself. Nothing you had before is lost. "
        "Please tell whoever runs me, and try again later."
    )


def _lost(interaction: Interaction, trouble: Exception, mine: str) -> Message:
    # Its name alone: what aiohttp says of a request may hold the interaction's token.
    name = type(trouble).__name__
    log.warning("an answer was lost on its way", interaction=interaction.id, action=_action(interaction), why=name)
    return msg(
        "My answer was lost on its way to you. Please try again. If it was about a pledge: what was saved is saved, "
        "{mine} shows it, and nothing is counted twice.",
        mine=mine,
    )


def _action(interaction: Interaction) -> str:
    return interaction.command.qualified_name if interaction.command else interaction.type.name


def _unexpected(interaction: Interaction, error: Exception) -> Message:
    error_id = secrets.token_hex(3)
    log.error(
        "unexpected error",
        error_id=error_id,
        action=_action(interaction),
        guild=interaction.guild_id,
        exc_info=error,
    )
    return msg(
        "Something went wrong on my side, and I am sorry. Please try again. If it happens again, "
        "tell whoever runs me this id: `{error_id}`.",
        error_id=error_id,
    )
