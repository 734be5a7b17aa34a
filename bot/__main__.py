"""The command line: `python -m bot` runs the bot; nothing else needs a token."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.campaign.load import ContentError, load_campaign
from bot.clock import Clock
from bot.exits import CannotGoOn, Exit
from bot.settings import ENV_FILE, Settings, SettingsError, load_settings
from bot.storage.disk import LONGEST_KEPT
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


@app.command()
def backup(
    context: typer.Context,
    target: Annotated[
        Path | None, typer.Argument(help="A file or a folder; by default 'backups' beside the database.")
    ] = None,
    keep_days: Annotated[
        int, typer.Option(help="Backups of it that are older are removed.", min=1, max=LONGEST_KEPT)
    ] = LONGEST_KEPT,
) -> None:
    """Copy the database, also while the bot runs; the copy is opened and checked."""
    from bot.operating import tell_backup

    tell_backup(_settings(context.obj).database_url, target, keep_days, Clock())


@app.command()
def restore(
    context: typer.Context,
    backup: Annotated[Path, typer.Argument(help="The backup that is to become the database.")],
    over: Annotated[bool, typer.Option("--over", help="Lay the present database aside.")] = False,
    without_erasures: Annotated[
        bool, typer.Option("--without-erasures", help="Go on where it can't be read whose data was erased.")
    ] = False,
) -> None:
    """Put a backup in the database's place, without what people have erased since. The bot must not run."""
    from bot.operating import tell_restore

    tell_restore(_settings(context.obj).database_url, backup, over, without_erasures, Clock())


@app.command()
def export(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json/--csv", help="The form.")] = False,
    out: Annotated[Path | None, typer.Option(help="The file to write; without it, standard output.")] = None,
) -> None:
    """The whole campaign in numbers: by country, week and theme, without names or texts."""
    from bot.operating import tell_export

    settings = _settings(context.obj)
    campaign = load_campaign(settings.campaign_dir)
    names = {area.iso2: area.name for area in (*campaign.countries, *campaign.territories)}
    tell_export(settings.database_url, out, as_json, names)


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
