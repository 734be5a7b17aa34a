"""Forms that outlive a restart: what is sent is answered by the pattern of its custom_id, by nobody's memory.

discord.py keeps a form it has shown, by its custom_id alone, and after a restart drops what is sent with it. Here no
form is kept: a member's words are never lost that way, and never reach somebody else's form.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, cast

from discord import ui

from bot.cards.base import Interaction
from bot.cards.errors import answer_error
from bot.i18n import msg
from bot.services.errors import DomainError


class OldForm(DomainError):
    """A form of an earlier version, which nothing answers any more."""

    def __init__(self) -> None:
        super().__init__(
            msg("This form is from an earlier version of me, and I can't take it any more. Please open it anew.")
        )


class Form(ui.Modal, title="-"):
    """A form to be shown. `LastingForm`s answer what is sent."""

    def __init__(self, custom_id: str, title: str, rows: Sequence[ui.Item[Any]]) -> None:
        """At most five rows; a title of more than 45 characters is cut."""
        super().__init__(title=title[:45], custom_id=custom_id, timeout=None)
        for row in rows:
            self.add_item(row)
        self.stop()  # discord.py need not keep it


def room(most: int, text: str) -> int:
    """`most`, or more where `most` characters of the text take more: Discord's apps count an emoji as two."""
    return max(most, len(text[:most].encode("utf-16-le", "surrogatepass")) // 2)


class Filled:
    """What somebody filled in, by the custom_ids of the fields."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._fields = {field["custom_id"]: field for field in _fields_of(data.get("components", []))}

    def text(self, name: str) -> str:
        value = self._fields.get(name, {}).get("value")
        return value if isinstance(value, str) else ""

    def chosen(self, name: str) -> str | None:
        """The one choice of a menu; None when nothing was chosen."""
        values = cast(list[str], self._fields.get(name, {}).get("values") or [])
        return values[0] if values else None

    def ticked(self, name: str) -> bool:
        return self._fields.get(name, {}).get("value") is True

    def all_texts(self) -> list[str]:
        """Whatever was written, to give it back to its author."""
        return [text for name in self._fields if (text := self.text(name))]


def _fields_of(components: Any) -> Iterator[dict[str, Any]]:
    for component in cast(list[dict[str, Any]], components):
        if "custom_id" in component:
            yield component
        yield from _fields_of([component["component"]] if "component" in component else [])  # a label's field
        yield from _fields_of(component.get("components", []))  # a row's


class LastingForm(ABC):
    """Answers the forms whose custom_id matches its pattern."""

    pattern: ClassVar[re.Pattern[str]]

    @classmethod
    @abstractmethod
    async def sent(cls, interaction: Interaction, filled: Filled, **words: str) -> None:
        """Takes what was filled in; `words` are the pattern's groups. It may raise anything."""


async def answer_form(interaction: Interaction, forms: Sequence[type[LastingForm]]) -> None:
    """Hands a form that was sent to the one that answers it; whatever goes wrong, its author is answered."""
    data = cast(dict[str, Any], interaction.data or {})
    filled = Filled(data)
    try:
        for form in forms:
            if match := form.pattern.fullmatch(str(data.get("custom_id", ""))):
                await form.sent(interaction, filled, **match.groupdict())
                return
        raise OldForm
    except Exception as error:
        await answer_error(interaction, error, keep="\n".join(filled.all_texts()))
