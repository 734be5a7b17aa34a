"""Where to find help when someone is hurt or in danger. Always private; never counted, never logged."""

from bot.cards.base import Card, Interaction, Reader, answer
from bot.cards.lasting import LastingButton
from bot.text import escape, link


def support_card(reader: Reader) -> Card:
    campaign = reader.services.campaign
    title = reader.words.gettext("Where to find help")
    places = [f"**{link(place.name, place.url)}**\n{escape(place.text)}" for place in campaign.support]
    return Card(reader.colour, [f"### {title}\n{escape(campaign.info.support_intro)}", *places], airy=True)


def way_to_support(reader: Reader) -> str:
    """The last line of whatever speaks of violence."""
    return "-# " + reader.words.gettext(
        "If this touches you or someone you know: {support} shows where to find help. Only you will see it.",
        support=reader.mention_of("support"),
    )


class FindHelp(LastingButton, template=r"support"):
    def __init__(self, label: str = "") -> None:
        super().__init__("support", label)

    async def press(self, interaction: Interaction) -> None:
        await answer(interaction, support_card, private=True)
