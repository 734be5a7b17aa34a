"""What the documents name exists, and what exists is named."""

import re
from collections.abc import Iterator
from pathlib import Path

import discord
import pytest
from discord import app_commands

import bot
from bot import ROOT
from bot.cards.buttons import BUTTONS, FORMS
from bot.cards.forms import LastingForm
from bot.cards.lasting import Lasting
from bot.demo.community import INVITED
from bot.exits import Exit
from bot.settings import Settings
from tests.support.community import Community

README_FILE = ROOT / "README.md"
README = README_FILE.read_text(encoding="utf-8")
COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
ENV_EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

VARIABLES = {name.upper() for name in Settings.model_fields}


def commands(community: Community) -> Iterator[app_commands.Command]:
    for command in community.bot.tree.walk_commands():
        if isinstance(command, app_commands.Command):
            yield command


def test_the_readme_names_every_make_target_and_no_other() -> None:
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))
    named = set(re.findall(r"`make ([a-z]+)", README)) | set(re.findall(r"^make ([a-z]+)", README, re.MULTILINE))
    assert named == targets


def test_the_example_settings_name_every_variable_and_no_other() -> None:
    assert set(re.findall(r"^#? ?([A-Z_]+)=", ENV_EXAMPLE, re.MULTILINE)) == VARIABLES


def test_the_readme_names_every_variable_and_no_other() -> None:
    named = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", README))
    assert named - {"DEMO_PORT"} == VARIABLES


@pytest.mark.usefixtures("env")
async def test_every_command_and_option_is_documented_and_no_other(community: Community) -> None:
    for command in commands(community):
        title = f"### `/{command.qualified_name}`"
        assert title in COMMANDS
        section = COMMANDS.partition(title)[2].partition("\n#")[0]
        options = {parameter.display_name for parameter in command.parameters}
        assert set(re.findall(r"^- `([a-z]+)`", section, re.MULTILINE)) == options, command.qualified_name
    documented = set(re.findall(r"^### `/([a-z ]+)`$", COMMANDS, re.MULTILINE))
    assert documented == {command.qualified_name for command in commands(community)}


@pytest.mark.usefixtures("env")
async def test_the_readme_names_only_commands_that_exist_and_all_of_them(community: Community) -> None:
    named = set(re.findall(r"`/([a-z]+(?: [a-z]+)?)`", README))
    assert named == {command.qualified_name for command in commands(community)}


def test_every_exit_code_is_explained() -> None:
    operations = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert {int(code) for code in re.findall(r"^\| (\d) \|", operations, re.MULTILINE)} == {0, *map(int, Exit)}


def test_the_version_is_told_once_and_has_its_place_in_the_changelog() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{bot.__version__}"' in project
    assert f"## {bot.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_everything_that_lasts_is_registered() -> None:
    bases = Lasting.__subclasses__()
    assert set(BUTTONS) == {kind for base in bases for kind in base.__subclasses__()}
    assert set(FORMS) == set(LastingForm.__subclasses__())


@pytest.mark.parametrize("document", [README_FILE, *sorted((ROOT / "docs").glob("*.md"))], ids=lambda path: path.name)
def test_every_link_within_the_documents_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


def test_the_invitation_asks_for_the_permissions_that_the_readme_explains_and_no_other() -> None:
    [number] = re.findall(r"permissions=(\d+)", README)
    asked = discord.Permissions(int(number))
    assert asked == INVITED, "what the demo gives its bot, too"
    explained = set(re.findall(r"^   \| ([A-Z][A-Za-z ]+) \|", README, re.MULTILINE))
    assert explained == {
        "View Channels",
        "Send Messages",
        "Send Messages in Threads",
        "Read Message History",
        "Manage Roles",
    }
