"""What moderators choose about pledges and roles; bot.cards.setup shows it on a page of the panel."""

from collections.abc import Sequence

import discord

from bot.cards.base import Reader
from bot.cards.permissions import Channel, cant_be_given, cant_give, cant_move, cant_post, is_for_all, opened_by
from bot.cards.setup_desk import MOST_NAMED, Desk, PickedChannel, PickedRole, Switch
from bot.storage.guilds import Value


class ReviewChannel(PickedChannel):
    setting = "review_channel_id"
    types = (discord.ChannelType.text,)
    """A thread would close by itself when nothing is reported for a while."""

    def title(self, desk: Desk) -> str:
        return desk.reader.words.gettext("Review channel")

    def now(self, desk: Desk) -> str:
        _, moderate = desk.reader.words.gettext, desk.reader.mention_of("moderate pledges")
        if desk.record.review_channel_id is None:
            return _(
                "None. What members report, and what waits for review, is found with {moderate}.", moderate=moderate
            )
        return _(
            "{channel}. What members report, and what waits for review, is shown there.",
            channel=f"<#{desk.record.review_channel_id}>",
        )

    def clear_label(self, desk: Desk) -> str:
        return desk.reader.words.gettext("No review channel")

    def told(self, desk: Desk, before: Value) -> str:
        _ = desk.reader.words.gettext
        if desk.record.review_channel_id is None:
            return _("There is no review channel now.")
        return _("The review channel is {channel} now.", channel=f"<#{desk.record.review_channel_id}>")

    def lacking(self, desk: Desk, channel: discord.TextChannel) -> str:
        return cant_post(desk.reader, channel, desk.me)

    def worn(self, desk: Desk, channel: discord.TextChannel) -> str:
        if not is_for_all(channel):
            return ""
        return desk.reader.words.gettext(
            "Everybody in the server can read {channel}, and so what is reported. "
            "Choose a channel that only moderators see.",
            channel=channel.mention,
        )


class Review(Switch):
    setting = "reviews_pledges"

    def title(self, desk: Desk) -> str:
        return desk.reader.words.gettext("Public pledges")

    def now(self, desk: Desk) -> str:
        _ = desk.reader.words.gettext
        if not desk.record.reviews_pledges:
            return _("They stand on the wall at once.")
        if channel := desk.review_channel:
            return _("They wait in {channel} until a moderator lets them through.", channel=channel.mention)
        return _(
            "They wait until a moderator lets them through. Without a review channel they are found with {moderate}.",
            moderate=desk.reader.mention_of("moderate pledges"),
        )

    def label(self, desk: Desk) -> str:
        _ = desk.reader.words.gettext
        return _("Show them at once") if desk.record.reviews_pledges else _("Review them first")

    def told(self, desk: Desk, before: Value) -> str:
        _ = desk.reader.words.gettext
        if desk.record.reviews_pledges:
            return _("Public pledges wait for a moderator from now on. What stands on the wall already stays there.")
        return _(
            "Public pledges stand on the wall at once from now on. "
            "Those that wait stay in the queue until somebody decides: {moderate} shows them.",
            moderate=desk.reader.mention_of("moderate pledges"),
        )


class Links(Switch):
    setting = "allows_links"

    def title(self, desk: Desk) -> str:
        return desk.reader.words.gettext("Links in pledges")

    def now(self, desk: Desk) -> str:
        _ = desk.reader.words.gettext
        if desk.record.allows_links:
            return _("Allowed. Invitations and mentions are not.")
        return _("Not allowed, nor are invitations and mentions.")

    def label(self, desk: Desk) -> str:
        _ = desk.reader.words.gettext
        return _("Allow no links") if desk.record.allows_links else _("Allow links")

    def told(self, desk: Desk, before: Value) -> str:
        _ = desk.reader.words.gettext
        if desk.record.allows_links:
            return _("Links may stand in pledges from now on.")
        return _("No links may stand in pledges from now on. What stands on the wall already stays as it is.")


class ModeratorRole(PickedRole):
    setting = "moderator_role_id"

    def title(self, desk: Desk) -> str:
        return desk.reader.words.gettext("Moderator role")

    def now(self, desk: Desk) -> str:
        _ = desk.reader.words.gettext
        if desk.record.moderator_role_id is None:
            return _("None. Who has “Manage Server” reviews pledges.")
        return _(
            "{role}. Who has it reviews pledges, as does who has “Manage Server”. Whoever has the role and does not "
            "see {moderate} can be given it in Server Settings → Integrations → {me}.",
            role=f"<@&{desk.record.moderator_role_id}>",
            moderate=desk.reader.mention_of("moderate pledges"),
            me=desk.me.mention,
        )

    def clear_label(self, desk: Desk) -> str:
        return desk.reader.words.gettext("No moderator role")

    def unfit(self, desk: Desk, role: discord.Role) -> str:
        return cant_be_given(desk.reader, role) or self.worn(desk, role)

    def worn(self, desk: Desk, role: discord.Role) -> str:
        if role.id not in desk.given | {desk.record.supporter_role_id}:
            return ""
        return desk.reader.words.gettext(
            "{role} is, or was, the supporter role: whoever has it for a pledge would be a moderator. "
            "Choose another one.",
            role=role.mention,
        )

    def told(self, desk: Desk, before: Value) -> str:
        _ = desk.reader.words.gettext
        if desk.record.moderator_role_id is None:
            return _("There is no moderator role now.")
        return _("Who has {role} can review pledges now.", role=f"<@&{desk.record.moderator_role_id}>")


class SupporterRole(PickedRole):
    setting = "supporter_role_id"

    def title(self, desk: Desk) -> str:
        return desk.reader.words.gettext("Supporter role")

    def now(self, desk: Desk) -> str:
        _ = desk.reader.words.gettext
        if desk.record.supporter_role_id is None:
            return _("None. I could offer one to those who pledge.")
        said = _(
            "{role}. I offer it after a pledge, give it only to who says yes, "
            "and take it off with their last pledge here.",
            role=f"<@&{desk.record.supporter_role_id}>",
        )
        role = self.role(desk)
        opened = opened_by(role) if role else []
        return f"{said}\n{_warning(desk.reader, opened)}" if opened else said

    def clear_label(self, desk: Desk) -> str:
        return desk.reader.words.gettext("No supporter role")

    def unfit(self, desk: Desk, role: discord.Role) -> str:
        _ = desk.reader.words.gettext
        if reason := self.worn(desk, role):
            return reason
        if desk.guild.owner_id != desk.chooser.id and role >= desk.chooser.top_role:
            # Else the bot would hand out, to the chooser too, what the chooser could not.
            return _(
                "{role} does not stand below your own highest role. "
                "Please ask somebody who stands above it to choose it.",
                role=role.mention,
            )
        return ""

    def trouble(self, desk: Desk) -> str:
        earlier = desk.given - {desk.record.supporter_role_id}
        roles = [role for id in sorted(earlier) if (role := desk.guild.get_role(id))]
        stuck = [cant_move(desk.reader, role, desk.me) for role in roles[:MOST_NAMED]]
        return " ".join(reason for reason in (super().trouble(desk), *stuck) if reason)

    def worn(self, desk: Desk, role: discord.Role) -> str:
        if role.id == desk.record.moderator_role_id:
            return desk.reader.words.gettext(
                "{role} is the moderator role, and everybody who pledges could have it. Choose another one.",
                role=role.mention,
            )
        return cant_give(desk.reader, role, desk.me)

    def told(self, desk: Desk, before: Value) -> str:
        _, chosen = desk.reader.words.gettext, desk.record.supporter_role_id
        said = _("There is no supporter role now.")
        if chosen is not None:
            said = _("I offer {role} to those who pledge here from now on.", role=f"<@&{chosen}>")
        if not isinstance(before, int) or desk.guild.get_role(before) is None:
            return said
        kept = _(
            "I give {old} to nobody any more. Whoever has it from me keeps it until their last pledge here goes.",
            old=f"<@&{before}>",
        )
        return f"{said} {kept}"


def _warning(reader: Reader, opened: Sequence[Channel]) -> str:
    """Nothing to be refused: a server may well have a room for its supporters."""
    _, further = reader.words.gettext, len(opened) - MOST_NAMED
    named = [channel.mention for channel in opened[:MOST_NAMED]]
    if further > 0:
        named.append(reader.words.ngettext("{n} other channel", "{n} other channels", further))
    return "⚠️ " + _(
        "Who has it sees, or can moderate, what not everybody can: {channels}. "
        "If that is not meant for all who pledge, change the permissions there.",
        channels=reader.words.list(named),
    )
