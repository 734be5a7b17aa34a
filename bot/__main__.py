"""The command line: `python -m bot` runs the bot; `demo` and `check` need no token."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.campaign.load import ContentError, load_campaign
from bot.exits import CannotGoOn, Exit
from bot.settings import ENV_FILE, Settings, SettingsError, load_settings
from bot.storage.errors import Unusable

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

# What is imported inside a command takes its time to load, or is installed for that command only.


@app.callback(invoke_without_command=True)
def run(
    context: typer.Context,
    env_file: Annotated[Path, typer.Option(help="The file with the settings.", dir_okay=False)] = ENV_FILE,
) -> None:
    """Uplift, a Discord bot for campaign engagement. Without a command it runs the bot."""
    context.obj = env_file
    if context.invoked_subcommand is None:
        from bot.start import start

        start(_settings(env_file), env_file)


@app.command()
def demo(port: Annotated[int, typer.Option(help="Where the page is served.", min=1, max=65535)] = 8765) -> None:
    """Run the bot in a simulated Discord, and serve a page to talk to it. Needs no token."""
    from bot.demo.app import run

    raise typer.Exit(run(port))


@app.command()
def migrate(context: typer.Context) -> None:
    """Bring the database to this version's schema, after laying a copy aside. A start does so by itself."""
    from bot.storage.migrate import migrate

    url = _settings(context.obj).database_url
    copy = migrate(url)
    typer.echo(f"The copy from before is {copy}. " * bool(copy) + "The database is up to date.")


@app.command()
def check(
    context: typer.Context,
    database: Annotated[bool, typer.Option(help="The database too: recount everything and compare.")] = False,
) -> None:
    """Check the settings and the campaign's content, and name every fault."""
    settings = _settings(context.obj)
    campaign = load_campaign(settings.campaign_dir)
    holdings = {
        "facts": campaign.facts,
        "quotes": campaign.quotes,
        "dates": campaign.milestones,
        "commitments": campaign.commitments,
        "pledges": campaign.pledges,
        "countries": campaign.countries,
    }
    counted = ", ".join(f"{len(items)} {name}" for name, items in holdings.items())
    typer.echo(f"{campaign.info.name}: {counted}. No faults.")
    if database:
        _check_database(settings.database_url)


def _check_database(url: str) -> None:
    """Raises CannotGoOn for a database with faults, and names each; the tallies are recounted from the pledges."""
    from bot.storage.check import faults_of

    faults, pledges = asyncio.run(faults_of(url))
    if faults:
        listed = "\n".join(f"  {fault}" for fault in faults)
        raise CannotGoOn(Exit.CONTENT, f"The database has {len(faults)} fault(s):\n{listed}")
    typer.echo(f"Database: {pledges} pledges, every count right. No faults.")


def _settings(env_file: Path) -> Settings:
    try:
        return load_settings(env_file)
    except SettingsError as error:
        listed = "\n".join(f"  {fault}" for fault in error.faults)
        raise CannotGoOn(
            Exit.SETTINGS, f"Some settings can't be used:\n{listed}\n.env.example explains each of them."
        ) from None


def main() -> None:
    """Runs the command line; every way in which it can't go on ends in words and a code."""
    try:
        app()
    except ContentError as error:
        listed = "\n".join(f"  {fault}" for fault in error.faults)
        typer.echo(f"The campaign's content has {len(error.faults)} fault(s):\n{listed}", err=True)
        sys.exit(Exit.CONTENT)
    except Unusable as trouble:
        typer.echo(str(trouble), err=True)
        sys.exit(Exit.DATABASE)
    except CannotGoOn as end:
        typer.echo(str(end), err=True)
        sys.exit(end.code)


if __name__ == "__main__":
    main()
