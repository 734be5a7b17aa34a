"""What people see of the bot's answers."""

import re
from functools import cached_property
from typing import Any

from tests.wire.payloads import EPHEMERAL, Object, parts_of

_QUOTED = re.compile(r"^> (.*)$", re.MULTILINE)


class Card:
    """A message as it was when it was looked at."""

    def __init__(self, message: Object) -> None:
        self.message = message
        self.id = str(message["id"])
        self.channel = str(message["channel_id"])

    @cached_property
    def parts(self) -> list[Object]:
        return [*parts_of(self.message["components"])]

    @property
    def text(self) -> str:
        written = [self.message["content"], *(part["content"] for part in self.parts if "content" in part)]
        return "\n".join(line for line in written if line)

    @property
    def title(self) -> str:
        return self.text.partition("\n")[0].removeprefix("### ")

    @property
    def quoted(self) -> list[str]:
        """The pledges on it, as they are written for Discord."""
        return _QUOTED.findall(self.text)

    @property
    def buttons(self) -> list[str]:
        return [part["label"] for part in self.parts if part["type"] == 2 and "custom_id" in part]

    @property
    def is_private(self) -> bool:
        return bool(self.message["flags"] & EPHEMERAL)

    def custom_id(self, button: str) -> str:
        """The custom_id of the button with this label; else what was named, as it is."""
        return next((part["custom_id"] for part in self.parts if part.get("label") == button), button)


class Answer:
    """How an interaction was answered so far."""

    def __init__(self, report: Object) -> None:
        self.id: str = report["id"]
        self.token: str = report["token"]
        self.kind: int = report["kind"]
        """The type of the first answer as Discord counts them; 0 without one."""
        self.took: float = report["took"]
        """Seconds from the interaction's delivery to the first answer."""
        self.was_deferred: bool = report["deferred"]
        self.modal: Object | None = report["modal"]
        self.followups = [Card(message) for message in report["followups"]]
        self._message: Object | None = report["message"]
        self._choices: list[Object] | None = report["choices"]

    @cached_property
    def card(self) -> Card:
        """The message that was answered; of a deferred answer the first that followed."""
        if self._message is not None:
            return Card(self._message)
        assert self.followups, f"there is no message, but an answer of type {self.kind}"
        return self.followups[0]

    @property
    def choices(self) -> dict[str, Any]:
        """What could be chosen: values by their names."""
        assert self._choices is not None, f"there are no choices, but an answer of type {self.kind}"
        return {choice["name"]: choice["value"] for choice in self._choices}

    @cached_property
    def fields(self) -> dict[str, Object]:
        """The fields of the form, by their custom_ids."""
        assert self.modal is not None, f"no form opened; the answer is of type {self.kind}"
        return {part["custom_id"]: part for part in parts_of(self.modal["components"]) if "custom_id" in part}

    @property
    def text(self) -> str:
        return self.card.text

    @property
    def title(self) -> str:
        return self.card.title

    @property
    def is_private(self) -> bool:
        return self.card.is_private
