"""Settings: every fault at once, in words, and the token in none of them."""

import traceback
from pathlib import Path

import pytest

from bot import DATA, ROOT
from bot.settings import Settings, SettingsError, load_settings, warnings_about

CANARY = "canary.MTk4NjIyNDgzNDcx-_Cl2FMQ"

BROKEN = {
    "DISCORD_TOKEN": f"Bot {CANARY}",
    "CAMPAIGN_DIR": "no/such/campaign",
    "LOG_LEVEL": "LOUD",
    "LOG_FORMAT": "xml",
    "DISCORD_API_URL": "discord",
    "PRIVACY_URL": "http://example.org/privacy",
    "SHARD_COUNT": "0",
    "SYNC_GUILD_ID": "my server",
}


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have a bot of their own in the environment."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    file = tmp_path / ".env"
    file.touch(mode=0o600)
    return file


def faults_of(env_file: Path | None = None) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(env_file)
    return caught.value.faults


def test_without_any_setting_there_are_defaults_for_all() -> None:
    settings = load_settings(None)

    assert settings.discord_token is None
    assert settings.campaign_dir == DATA / "heforshe"
    assert (settings.log_level, settings.log_format) == ("INFO", "console")
    assert (settings.discord_api_url, settings.shard_count, settings.sync_guild_id) == (None, None, None)


def test_every_fault_is_told_at_once_in_words_with_the_variable_it_is_about(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in BROKEN.items():
        monkeypatch.setenv(name, value)

    assert sorted(faults_of()) == [
        f"CAMPAIGN_DIR names a folder that does not exist: {ROOT / 'no/such/campaign'}.",
        "DISCORD_API_URL must be a web address such as http://127.0.0.1:3000/api/v10.",
        "DISCORD_TOKEN must be the bare token, without spaces, quotes or a 'Bot' in front of it.",
        "LOG_FORMAT must be one of 'console' or 'json'.",
        "LOG_LEVEL must be one of 'DEBUG', 'INFO', 'WARNING' or 'ERROR'.",
        "PRIVACY_URL must be a web address that begins with https://, of at most 512 characters.",
        "SHARD_COUNT must be at least 1.",
        "SYNC_GUILD_ID must be a whole number.",
    ]


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("SHARD_COUNT", "16385", "SHARD_COUNT must be at most 16384."),
        ("SHARD_COUNT", "2.5", "SHARD_COUNT must be a whole number."),
        ("SHARD_COUNT", "9" * 5000, "SHARD_COUNT is too large a number."),
        ("SYNC_GUILD_ID", str(2**63), "SYNC_GUILD_ID is too large a number."),
        ("SYNC_GUILD_ID", "-1", "SYNC_GUILD_ID must be at least 1."),
        (
            "PRIVACY_URL",
            "https://example.org/" + "x" * 500,
            "PRIVACY_URL must be a web address that begins with https://, of at most 512 characters.",
        ),
        ("PRIVACY_URL", "privacy", "PRIVACY_URL must be a web address such as http://127.0.0.1:3000/api/v10."),
        ("LOG_LEVEL", "{0}", "LOG_LEVEL must be one of 'DEBUG', 'INFO', 'WARNING' or 'ERROR'."),
        (
            "DISCORD_API_URL",
            "ftp://example.org",
            "DISCORD_API_URL must be a web address that begins with http:// or https://.",
        ),
        ("DISCORD_API_URL", f"http://{'a' * 4000}", "DISCORD_API_URL is too long for a web address."),
        ("CAMPAIGN_DIR", "{x}", f"CAMPAIGN_DIR names a folder that does not exist: {ROOT / '{x}'}."),
        ("CAMPAIGN_DIR", "x" * 5000, "CAMPAIGN_DIR names a folder that can't be read: File name too long."),
    ],
    ids=lambda text: text[:20],
)
def test_a_wrong_value_is_told_in_words(monkeypatch: pytest.MonkeyPatch, name: str, value: str, fault: str) -> None:
    monkeypatch.setenv(name, value)

    assert faults_of() == [fault]


@pytest.mark.parametrize("token", [f"Bot {CANARY}", f'"{CANARY}"', f"{CANARY}\n", f"{CANARY}é", f"{CANARY}\u200b"])
def test_a_token_that_no_header_could_carry_is_refused_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", token)

    with pytest.raises(SettingsError) as caught:
        load_settings(None)

    [fault] = caught.value.faults
    assert fault.startswith("DISCORD_TOKEN must be the bare token")
    assert CANARY not in fault
    assert CANARY not in str(caught.value.__context__), "nor is it in what pydantic would print"


def test_a_good_token_is_not_shown_when_other_variables_are_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**BROKEN, "DISCORD_TOKEN": CANARY}.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError) as caught:
        load_settings(None)

    assert len(caught.value.faults) == len(BROKEN) - 1
    assert CANARY not in "".join(traceback.format_exception(caught.value))
    assert CANARY not in repr(caught.value.__context__)


def test_the_token_stands_in_no_text_made_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", CANARY)

    settings = load_settings(None)

    assert settings.discord_token is not None
    assert settings.discord_token.get_secret_value() == CANARY
    for text in (str(settings), repr(settings), str(settings.model_dump()), settings.model_dump_json()):
        assert CANARY not in text


def test_a_line_left_empty_means_not_set(env_file: Path) -> None:
    env_file.write_text("".join(f"{name}=\n" for name in BROKEN), encoding="utf-8")

    assert load_settings(env_file) == load_settings(None)


def test_the_example_file_as_it_is_sets_nothing() -> None:
    assert load_settings(ROOT / ".env.example") == load_settings(None)


def test_the_environment_beats_the_file(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env_file.write_text("LOG_LEVEL=ERROR\nSHARD_COUNT=3\nSYNC_GUILD_ID=5\n", encoding="utf-8")
    monkeypatch.setenv("LOG_LEVEL", "WARNING")
    monkeypatch.setenv("SHARD_COUNT", "")

    settings = load_settings(env_file)

    assert settings.log_level == "WARNING"
    assert settings.shard_count == 3, "an empty variable of the environment is not set either"
    assert settings.sync_guild_id == 5


def test_a_file_that_is_not_there_is_as_good_as_an_empty_one(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "nowhere") == load_settings(None)


def test_a_file_that_is_no_text_is_named(env_file: Path) -> None:
    env_file.write_bytes(f"DISCORD_TOKEN={CANARY}\nLOG_LEVEL=\xff\xfe\n".encode("latin-1"))

    [fault] = faults_of(env_file)

    assert fault == f"{env_file} is not a text file in UTF-8. Save it as UTF-8 and try again."


def test_a_relative_campaign_folder_counts_from_the_project(
    env_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data" / "heforshe").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    env_file.write_text("CAMPAIGN_DIR=data/heforshe\n", encoding="utf-8")

    assert load_settings(env_file).campaign_dir == ROOT / "data" / "heforshe"


def test_an_absolute_campaign_folder_is_taken_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_DIR", str(tmp_path))

    assert load_settings(None).campaign_dir == tmp_path


def test_settings_do_not_change() -> None:
    settings = load_settings(None)

    with pytest.raises(ValueError, match="frozen"):
        settings.log_level = "DEBUG"  # pyright: ignore[reportAttributeAccessIssue]


# What stops nothing, but is told.


def test_a_misspelt_name_is_told_with_the_right_one(env_file: Path) -> None:
    env_file.write_text(f"DISCORD_TOKN={CANARY}\nlog_levle=DEBUG\nEDITOR=vim\nLOG_FORMAT=json\n", encoding="utf-8")

    assert warnings_about(env_file) == [
        ".env sets DISCORD_TOKN, which Uplift does not know. Did you mean DISCORD_TOKEN?",
        ".env sets log_levle, which Uplift does not know. Did you mean LOG_LEVEL?",
    ]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_file_that_others_can_read_is_told_with_the_remedy(env_file: Path, mode: int) -> None:
    env_file.chmod(mode)

    assert warnings_about(env_file) == [
        ".env can be read by other users of this machine. Better: chmod 600 .env",
    ]


def test_a_file_of_ones_own_and_no_file_at_all_are_nothing_to_warn_of(env_file: Path, tmp_path: Path) -> None:
    assert warnings_about(env_file) == []
    assert warnings_about(tmp_path / "nowhere") == []
