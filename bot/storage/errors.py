"""Why something could not be stored."""

import sqlite3
from typing import Literal

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

Reason = Literal["full", "locked", "read_only", "damaged", "closed"]

_REASONS: dict[str, Reason] = {
    "SQLITE_FULL": "full",
    "SQLITE_BUSY": "locked",
    "SQLITE_LOCKED": "locked",
    "SQLITE_PROTOCOL": "locked",
    "SQLITE_READONLY": "read_only",
    "SQLITE_PERM": "read_only",
    "SQLITE_CANTOPEN": "read_only",
    "SQLITE_CORRUPT": "damaged",
    "SQLITE_NOTADB": "damaged",
    "SQLITE_IOERR": "damaged",
}


class NotSaved(Exception):
    """Nothing of the operation was stored, for a reason that has nothing to do with what it says."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


Unreadable = SQLAlchemyError
"""What reading raises when the database is in trouble: for those who can go on without what they wanted to know."""


class Unusable(Exception):
    """The database can't be worked with at all; the text says why, and what to do, to the operator."""


def reason_of(error: BaseException) -> Reason | None:
    """The trouble of disk or file behind a database error; None when the error lies in the statement."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(cause, sqlite3.Error):
        return None
    name = getattr(cause, "sqlite_errorname", "")
    return next((reason for prefix, reason in _REASONS.items() if name.startswith(prefix)), None)
