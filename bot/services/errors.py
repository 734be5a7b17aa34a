"""What can go wrong for a person, in words for that person."""

from bot.i18n import Message, msg


class DomainError(Exception):
    """Something a person asked for can't be done; `message` says why, and what to do, kindly."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.text)
        self.message = message


class NothingFound(DomainError):
    """Nothing in the content matches what was asked for."""


class NoLongerThere(DomainError):
    """A button names an item that this version of the content does not have."""

    def __init__(self) -> None:
        super().__init__(
            msg("This card is from an earlier version of me, and what it shows is no longer in my collection.")
        )


class AlreadyShared(DomainError):
    """The card was shared before."""

    def __init__(self) -> None:
        super().__init__(msg("You have already shared this here."))


class NotAllowedHere(DomainError):
    """Something public was asked for where this member, or the bot, may not write."""
