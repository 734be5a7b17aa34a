"""The fact or quote of the day, or of the week: a card as /fact and /quote give it, and the same memory behind it."""

from collections.abc import Mapping

from bot.campaign.models import Fact, Quote
from bot.cards.announcement_more import More
from bot.cards.announcement_post import Post, Stage
from bot.cards.sourced import deck_of, sourced_card
from bot.i18n import Message, msg
from bot.services.decks import Wanted
from bot.services.errors import NothingFound

TITLES: Mapping[tuple[str, str], Message] = {
    ("fact", "daily"): msg("Fact of the day"),
    ("fact", "weekly"): msg("Fact of the week"),
    ("quote", "daily"): msg("Quote of the day"),
    ("quote", "weekly"): msg("Quote of the week"),
}


async def daily_post(stage: Stage) -> Post | None:
    """What the server chose to have each day or week; None where it chose nothing, or all there is is muted here."""
    services = stage.reader.services
    record = await services.guilds.of(stage.guild_id)
    title = TITLES.get((record.daily_kind or "", record.daily_every))
    item = await _drawn(stage, record.daily_kind) if title and record.daily_kind else None
    if title is None or item is None:
        return None
    _ = stage.reader.words.gettext
    more = More(stage.key, _("More"))
    return Post(sourced_card(stage.reader, item, Wanted(), title=stage.reader.words.say(title), more=[more]))


async def _drawn(stage: Stage, kind: str) -> Fact | Quote | None:
    services, place = stage.reader.services, stage.channel.id
    muted = await services.mutes.of(stage.guild_id)
    deck = deck_of(services, kind)
    if stage.is_trial:
        return await deck.next_of(place, deck.ids, muted, marks=False)
    try:
        return await deck.draw(place, Wanted(), muted)
    except NothingFound:
        return None
