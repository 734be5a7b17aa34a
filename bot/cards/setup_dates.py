"""What moderators choose about which dates are posted, and about the wall and the fact or quote of the day."""

from typing import ClassVar

from bot.cards.setup_coming import said_daily, said_next, said_posts
from bot.cards.setup_desk import Desk, Listed, Offered, Switch
from bot.cards.setup_posts import Outlet
from bot.i18n import Message, msg
from bot.services.errors import NoLongerThere
from bot.storage.guilds import Value


class DatesSwitch(Switch):
    """Whether some of the dates are posted."""

    named: ClassVar[Message]
    described: ClassVar[Message]

    def title(self, desk: Desk) -> str:
        return desk.reader.words.say(self.named)

    def now(self, desk: Desk) -> str:
        """How many posts a year there would be otherwise; how many there are, the page says."""
        _, is_on = desk.reader.words.gettext, self._is_on(desk)
        otherwise = said_posts(desk, **{self.setting: not is_on})
        said = [_("Not posted."), desk.reader.words.say(self.described), _("With them: {posts}.", posts=otherwise)]
        if is_on:
            said[0], said[2] = _("Posted."), _("Without them: {posts}.", posts=otherwise)
        return " ".join(said)

    def label(self, desk: Desk) -> str:
        _, named = desk.reader.words.gettext, self.title(desk)
        return _("Leave out: {dates}", dates=named) if self._is_on(desk) else _("Post: {dates}", dates=named)

    def told(self, desk: Desk, before: Value) -> str:
        _, named = desk.reader.words.gettext, self.title(desk)
        said = _("Posted from now on: {dates}.", dates=named)
        if not self._is_on(desk):
            said = _("No longer posted: {dates}.", dates=named)
        return f"{said} {said_next(desk)}"

    def _is_on(self, desk: Desk) -> bool:
        return bool(getattr(desk.record, self.setting))


class Major(DatesSwitch):
    setting = "posts_major"
    named = msg("Main dates")
    described = msg("The great days of the campaign and of its history.")


class Minor(DatesSwitch):
    setting = "posts_minor"
    named = msg("Lesser dates")
    described = msg("What is worth a look, but seldom a post.")


class OfCampaign(DatesSwitch):
    setting = "posts_campaign"
    named = msg("Campaign dates")
    described = msg("What the campaign has done.")


class OfHistory(DatesSwitch):
    setting = "posts_history"
    named = msg("Historic dates")
    described = msg("What others did before and beside it.")


class Observances(DatesSwitch):
    setting = "posts_observances"
    named = msg("Observances")
    described = msg("Days that the world keeps every year.")


class Targets(Switch):
    setting = "posts_targets"

    def title(self, desk: Desk) -> str:
        return desk.reader.words.gettext("Targets reached")

    def now(self, desk: Desk) -> str:
        _ = desk.reader.words.gettext
        said = _("Not posted.")
        if desk.record.posts_targets:
            said = _("Posted.")
        return f"{said} {_('A goal of supporters, a first public pledge from a country, every region of the world.')}"

    def label(self, desk: Desk) -> str:
        _ = desk.reader.words.gettext
        return _("Post no targets") if desk.record.posts_targets else _("Post targets")

    def told(self, desk: Desk, before: Value) -> str:
        _ = desk.reader.words.gettext
        if desk.record.posts_targets:
            return _("Targets are announced from now on. What was reached already is not.")
        return _("Targets are not announced any more.")


class DailyKind(Listed):
    setting = "daily_kind"
    _NAMES: ClassVar[dict[str, Message]] = {
        "off": msg("Nothing"),
        "fact": msg("A fact, with its source"),
        "quote": msg("A quote, with its source"),
    }

    def title(self, desk: Desk) -> str:
        return desk.reader.words.gettext("Fact or quote of the day")

    def now(self, desk: Desk) -> str:
        _, kind = desk.reader.words.gettext, desk.record.daily_kind
        if kind is None:
            return _("None is posted.")
        said = {
            ("fact", "daily"): _("A fact every day."),
            ("quote", "daily"): _("A quote every day."),
            ("fact", "weekly"): _("A fact every Monday."),
            ("quote", "weekly"): _("A quote every Monday."),
        }[kind, desk.record.daily_every]
        return f"{said} {_('Nothing repeats until all were shown there.')}"

    def placeholder(self, desk: Desk) -> str:
        return desk.reader.words.gettext("A fact, a quote or nothing")

    def offers(self, desk: Desk) -> list[Offered]:
        return [(desk.reader.words.say(name), value) for value, name in self._NAMES.items()]

    def chosen(self, desk: Desk) -> str:
        return desk.record.daily_kind or "off"

    def taken(self, desk: Desk, value: str) -> Value:
        if value not in self._NAMES:
            raise NoLongerThere
        return None if value == "off" else value

    def told(self, desk: Desk, before: Value) -> str:
        if desk.record.daily_kind is None:
            return desk.reader.words.gettext("No fact and no quote is posted any more.")
        return f"{self.now(desk)} {self.trouble(desk) or said_daily(desk)}".strip()

    def trouble(self, desk: Desk) -> str:
        _ = desk.reader.words.gettext
        if desk.record.daily_kind is None:
            return ""
        if desk.record.daily_channel_id is None:
            return _("No channel is chosen for it yet.")
        if desk.record.zone is None:
            return _("No time zone is chosen yet: I don't know when a day begins here.")
        return ""


class DailyEvery(Listed):
    setting = "daily_every"
    _NAMES: ClassVar[dict[str, Message]] = {"daily": msg("Every day"), "weekly": msg("Once a week, on Mondays")}

    def title(self, desk: Desk) -> str:
        return desk.reader.words.gettext("How often")

    def now(self, desk: Desk) -> str:
        return f"{desk.reader.words.say(self._NAMES[desk.record.daily_every])}."

    def placeholder(self, desk: Desk) -> str:
        return desk.reader.words.gettext("Every day or every week")

    def offers(self, desk: Desk) -> list[Offered]:
        return [(desk.reader.words.say(name), value) for value, name in self._NAMES.items()]

    def chosen(self, desk: Desk) -> str:
        return desk.record.daily_every

    def taken(self, desk: Desk, value: str) -> Value:
        if value not in self._NAMES:
            raise NoLongerThere
        return value

    def told(self, desk: Desk, before: Value) -> str:
        return f"{self.now(desk)} {said_daily(desk)}".strip()


class DailyChannel(Outlet):
    setting = "daily_channel_id"

    def title(self, desk: Desk) -> str:
        return desk.reader.words.gettext("Channel for the fact or quote")

    def now(self, desk: Desk) -> str:
        _ = desk.reader.words.gettext
        if desk.record.daily_channel_id is None:
            return _("None.")
        return f"<#{desk.record.daily_channel_id}>. {said_daily(desk)}".strip()

    def clear_label(self, desk: Desk) -> str:
        return desk.reader.words.gettext("No channel for it")

    def told(self, desk: Desk, before: Value) -> str:
        _, chosen = desk.reader.words.gettext, desk.record.daily_channel_id
        if chosen is None:
            return _("The fact or quote of the day has no channel now, and none is posted.")
        return _("The fact or quote of the day goes to {channel}.", channel=f"<#{chosen}>") + f" {said_daily(desk)}"


class WallChannel(Outlet):
    setting = "wall_channel_id"

    def title(self, desk: Desk) -> str:
        return desk.reader.words.gettext("Wall channel")

    def now(self, desk: Desk) -> str:
        _ = desk.reader.words.gettext
        if desk.record.wall_channel_id is None:
            return _("None. Each new public pledge could be posted in a channel, once.")
        return _(
            "{channel}. Each new public pledge is posted there, changed with it, and removed with it. "
            "Many at once are gathered into one post.",
            channel=f"<#{desk.record.wall_channel_id}>",
        )

    def clear_label(self, desk: Desk) -> str:
        return desk.reader.words.gettext("No wall channel")

    def told(self, desk: Desk, before: Value) -> str:
        _, chosen = desk.reader.words.gettext, desk.record.wall_channel_id
        if chosen is None:
            return _("There is no wall channel now. What stands there stays.")
        return _("New public pledges are posted in {channel} from now on.", channel=f"<#{chosen}>")
