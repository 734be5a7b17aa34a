"""The time zone in the panel: those of the server's language to choose from, then cities around the world."""

from functools import lru_cache
from typing import Any, cast

from babel.core import get_global
from discord.app_commands import Choice

from bot.cards.base import Reader
from bot.cards.setup_coming import said_next
from bot.cards.setup_desk import Desk, Listed, Offered, Typed
from bot.services.zones import described, known_zone, suggest, zone_named
from bot.storage.guilds import Value
from bot.text import escape

_TERRITORIES = {
    "en-US": "US",
    "en-GB": "GB",
    "zh-CN": "CN",
    "es-419": "MX",
    "pt-BR": "BR",
    "es-ES": "ES",
    "sv-SE": "SE",
}
"""Where a language of Discord's is at home, if it names that itself; of others CLDR knows it."""

_CITIES = (
    *("America/Los_Angeles", "America/Denver", "America/Chicago", "America/New_York", "America/Mexico_City"),
    *("America/Bogota", "America/Sao_Paulo", "Europe/London", "Africa/Lagos", "Europe/Paris", "Africa/Cairo"),
    *("Africa/Johannesburg", "Europe/Istanbul", "Africa/Nairobi", "Asia/Dubai", "Asia/Karachi", "Asia/Kolkata"),
    *("Asia/Dhaka", "Asia/Jakarta", "Asia/Manila", "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland"),
)
"""From west to east, so that nearly everybody's hour is among them."""

MOST_AT_HOME, MOST_OFFERED = 6, 25


@lru_cache(maxsize=64)
def _at_home(locale: str) -> tuple[str, ...]:
    likely = cast(Any, get_global("likely_subtags")).get(locale.partition("-")[0], "")
    territory = _TERRITORIES.get(locale, likely.rpartition("_")[2])
    zones = cast("list[str]", cast(Any, get_global("territory_zones")).get(territory, []))
    known = sorted(filter(known_zone, zones), key=lambda name: (name not in _CITIES, zones.index(name)))
    return tuple(known[:MOST_AT_HOME])


def likely_zones(locale: str, chosen: str | None = None) -> list[str]:
    """The zones that a server of this language of Discord's may be in, what is chosen first."""
    first = [chosen] if chosen and known_zone(chosen) else []
    return list(dict.fromkeys([*first, *_at_home(locale), *_CITIES]))[:MOST_OFFERED]


def zone_choices(reader: Reader, typed: str, server_locale: str) -> list[Choice[str]]:
    """What an option for a time zone offers while somebody types: each place with its time now."""
    now, locale = reader.services.clock.now(), reader.words.locale
    if typed.strip():
        offered = suggest(typed, now, locale)
    else:
        offered = [(described(name, now, locale), name) for name in likely_zones(server_locale)]
    return [Choice(name=shown, value=name) for shown, name in offered]


class Zone(Listed, Typed):
    setting = "zone"

    def title(self, desk: Desk) -> str:
        return desk.reader.words.gettext("Time zone")

    def now(self, desk: Desk) -> str:
        if desk.record.zone is None:
            return desk.reader.words.gettext("None. Without it I don't know when a day begins here, and post no dates.")
        return self._said(desk)

    def placeholder(self, desk: Desk) -> str:
        return desk.reader.words.gettext("Choose a place that has your time")

    def offers(self, desk: Desk) -> list[Offered]:
        if desk.found:
            return list(desk.found)
        names = likely_zones(desk.guild.preferred_locale.value, desk.record.zone)
        return [(described(name, desk.now, desk.reader.words.locale), name) for name in names]

    def chosen(self, desk: Desk) -> str:
        return desk.record.zone or ""

    def taken(self, desk: Desk, value: str) -> Value:
        return zone_named(value, desk.now, desk.reader.words.locale)

    def read(self, desk: Desk, typed: str) -> Value:
        return zone_named(typed, desk.now, desk.reader.words.locale)

    def ask_label(self, desk: Desk) -> str:
        return desk.reader.words.gettext("Search for a place")

    def field_label(self, desk: Desk) -> str:
        return desk.reader.words.gettext("City, country, or difference from UTC")

    def hint(self, desk: Desk) -> str:
        return desk.reader.words.gettext("Such as Nairobi, Kenya or +3")

    def clear_label(self, desk: Desk) -> str:
        return desk.reader.words.gettext("No time zone")

    def told(self, desk: Desk, before: Value) -> str:
        _ = desk.reader.words.gettext
        if desk.record.zone is None:
            return _("There is no time zone now, and no dates are posted.")
        return _("Days begin and end here by this clock: {zone}. {next}", zone=self._said(desk), next=said_next(desk))

    def trouble(self, desk: Desk) -> str:
        if desk.record.zone is None or desk.days.has_zone:
            return ""
        return desk.reader.words.gettext("I no longer know this time zone, and post nothing. Choose another one.")

    def _said(self, desk: Desk) -> str:
        name = desk.record.zone or ""
        return described(name, desk.now, desk.reader.words.locale) if known_zone(name) else escape(name)
