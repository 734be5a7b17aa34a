"""How the process ends when it can't go on: a code for whoever supervises it, and words for whoever reads them."""

from enum import IntEnum


class Exit(IntEnum):
    """The process's exit codes; docs/operations.md says what to do about each."""

    CONTENT = 1
    """The campaign's content has faults; also: a port in use, in the demo."""
    SETTINGS = 2
    """A setting is missing or wrong."""
    TOKEN = 3
    """Discord does not accept the token."""
    UNREACHABLE = 4
    """Discord can't be reached, or does not answer as Discord does."""
    REFUSED = 5
    """Discord ended the connection and will not have it back."""
    MACHINE = 6
    """Something that Uplift needs is missing on this machine."""
    DATABASE = 7
    """The database can't be worked with."""


class CannotGoOn(Exception):
    """Ends the process with `code`, after telling the reason. No traceback is shown: the words say all."""

    def __init__(self, code: Exit, words: str) -> None:
        super().__init__(words)
        self.code = code
