"""Settings: the environment and `.env` become one frozen object, with every fault named at once."""

import difflib
import stat
import string
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from dotenv import dotenv_values
from pydantic import AfterValidator, Field, HttpUrl, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot import DATA, ROOT

ENV_FILE = ROOT / ".env"
LONGEST_LINK = 512
"""Characters of an address behind a button, as Discord takes it."""


class SettingsError(Exception):
    """Settings that can't be used. `faults` holds one sentence each, with the variable's name."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def _header_safe(token: SecretStr) -> SecretStr:
    # The token travels in an HTTP header: anything else would fail there, in words of aiohttp's.
    allowed = set(string.ascii_letters + string.digits + "._-")
    if not set(token.get_secret_value()) <= allowed:
        raise ValueError("must be the bare token, without spaces, quotes or a 'Bot' in front of it")
    return token


def _existing_folder(path: Path) -> Path:
    path = path if path.is_absolute() else ROOT / path
    try:
        exists = path.is_dir()
    except OSError as error:  # no right to look there, or a name longer than any
        raise ValueError(f"names a folder that can't be read: {error.strerror}") from None
    if not exists:
        raise ValueError(f"names a folder that does not exist: {path}")
    return path


def _sqlite_file(url: str) -> str:
    beginning, _, path = url.partition(":///")
    if beginning != "sqlite+aiosqlite" or not path or path == ":memory:":
        raise ValueError("must name a SQLite file, such as sqlite+aiosqlite:///var/uplift.db")
    return f"{beginning}:///{ROOT / path}"  # an absolute path stays itself


def _link(url: HttpUrl) -> HttpUrl:
    if url.scheme != "https" or len(str(url)) > LONGEST_LINK:
        raise ValueError(f"must be a web address that begins with https://, of at most {LONGEST_LINK} characters")
    return url


class Settings(BaseSettings):
    """What the operator chose. Field names are the variables' names in lower case; `.env.example` explains each."""

    model_config = SettingsConfigDict(
        frozen=True,
        env_ignore_empty=True,  # an unfilled line of .env.example means: not set
        env_file_encoding="utf-8",
        extra="ignore",
        hide_input_in_errors=True,  # else a valid token is printed when another variable is wrong
    )

    discord_token: Annotated[SecretStr, AfterValidator(_header_safe)] | None = None
    """The bot's token. None: nothing can be run but the demo and the checks."""

    campaign_dir: Annotated[Path, AfterValidator(_existing_folder)] = DATA / "heforshe"
    """The folder with the campaign's content; a relative one counts from the project's folder."""

    database_url: Annotated[str, AfterValidator(_sqlite_file)] = f"sqlite+aiosqlite:///{ROOT / 'var' / 'uplift.db'}"
    """The database: a SQLite file; a relative path counts from the project's folder."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """How much Uplift itself logs. discord.py's own logs are never below INFO: its DEBUG holds tokens and texts."""

    log_format: Literal["console", "json"] = "console"

    discord_api_url: HttpUrl | None = None
    """Another address for Discord's API (a rate-limit proxy), without a version's slash at the end."""

    privacy_url: Annotated[HttpUrl, AfterValidator(_link)] | None = None
    """Where the operator's privacy policy stands on the web; `/about` links to it."""

    shard_count: Annotated[int, Field(ge=1, le=16_384)] | None = None
    """Gateway connections in all; None: as many as Discord recommends."""

    sync_guild_id: Annotated[int, Field(ge=1, lt=2**63)] | None = None
    """For development: the commands are registered in this server only."""


def load_settings(env_file: Path | None = ENV_FILE) -> Settings:
    """The settings of the environment, and of `env_file` for what the environment leaves open.

    Raises SettingsError with every fault at once.
    """
    try:
        return Settings(_env_file=env_file)  # pyright: ignore[reportCallIssue]  (pydantic-settings' own argument)
    except ValidationError as error:
        raise SettingsError([_in_words(dict(fault)) for fault in error.errors()]) from None
    except UnicodeDecodeError:
        raise SettingsError([f"{env_file} is not a text file in UTF-8. Save it as UTF-8 and try again."]) from None
    except OSError as error:
        raise SettingsError([f"{env_file} can't be read: {error.strerror}."]) from None


def warnings_about(env_file: Path = ENV_FILE) -> list[str]:
    """What looks wrong with the `.env` file but stops nothing: a misspelt name, a file that others can read."""
    if not env_file.is_file():
        return []
    found: list[str] = []
    if env_file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        found.append(f"{env_file.name} can be read by other users of this machine. Better: chmod 600 {env_file.name}")
    known = [name.upper() for name in Settings.model_fields]
    for name in dotenv_values(env_file):
        close = difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.8)
        if name.upper() not in known and close:
            found.append(f"{env_file.name} sets {name}, which Uplift does not know. Did you mean {close[0]}?")
    return found


_PROBLEMS: Mapping[str, str] = {
    "literal_error": "must be one of {expected}",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "is too large a number",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "less_than": "is too large a number",
    "url_parsing": "must be a web address such as http://127.0.0.1:3000/api/v10",
    "url_too_long": "is too long for a web address",
    "url_scheme": "must be a web address that begins with http:// or https://",
    "value_error": "{error}",
}


def _in_words(fault: dict[str, Any]) -> str:
    name = str(fault["loc"][0]).upper()
    problem = _PROBLEMS.get(fault["type"], fault["msg"]).format(**fault.get("ctx", {}))
    return f"{name} {problem}."
