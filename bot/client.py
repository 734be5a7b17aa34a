"""The bot: discord.py's client with our intents, commands, buttons, answers to errors, and services."""

from typing import Any

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot import ROOT
from bot.announcements.announcer import Announcer
from bot.announcements.budget import Budget
from bot.announcements.delivery import LONGEST_LIMIT, Delivery
from bot.campaign.load import load_campaign
from bot.cards.base import came_too_late
from bot.cards.buttons import BUTTONS, FORMS
from bot.cards.errors import answer_error
from bot.cards.forms import answer_form
from bot.cards.greeting import greet
from bot.clock import Clock
from bot.endpoint import use_api, use_its_gateway
from bot.i18n import Languages
from bot.jobs import jobs_of
from bot.services import Services, make_services
from bot.services.errors import NoLongerThere
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.migrate import migrate
from bot.sync import sync_commands
from bot.upkeep import Upkeep

log = structlog.get_logger("bot.client")

EVERYWHERE = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
COMMANDS = (discord.InteractionType.application_command, discord.InteractionType.autocomplete)
SERVER_OR_USER = app_commands.AppInstallationType(guild=True, user=True)


def make_bot(settings: Settings, clock: Clock) -> "Uplift":
    """The bot that `run`, the demo and the tests all start. Brings the database up to date, which blocks.

    Raises ContentError for content, and Unusable for a database, that can't be worked with.
    """
    if settings.discord_api_url is not None:
        use_api(str(settings.discord_api_url))
    campaign = load_campaign(settings.campaign_dir)
    migrate(settings.database_url)
    db = Database(settings.database_url)
    policy_url = str(settings.privacy_url) if settings.privacy_url else None
    return Uplift(settings, make_services(campaign, clock, db, policy_url), db)


async def _answer(interaction: "discord.Interaction[Any]", error: app_commands.AppCommandError) -> None:
    await answer_error(interaction, error)


def _is_late(interaction: "discord.Interaction[Any]") -> bool:
    late = came_too_late(interaction)
    if late:
        log.warning("came too late to be answered", interaction=interaction.id, kind=interaction.type.name)
    return late


class Tree(app_commands.CommandTree["Uplift"]):
    """The commands; none is carried out that came too late to be answered."""

    async def interaction_check(self, interaction: "discord.Interaction[Uplift]") -> bool:
        return not _is_late(interaction)


class Translator(app_commands.Translator):
    """Names and descriptions of commands from the catalogues, for each language that has one."""

    def __init__(self, languages: Languages) -> None:
        self._languages = languages

    async def translate(
        self, string: app_commands.locale_str, locale: discord.Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        catalogue = self._languages.catalogue(locale.value)
        return catalogue.gettext(string.message) if catalogue else None


class Uplift(commands.AutoShardedBot):
    """One bot, with its services. It needs no privileged intent, reads no messages and keeps no members."""

    def __init__(self, settings: Settings, services: Services, db: Database) -> None:
        intents = discord.Intents.none()
        intents.guilds = True
        super().__init__(
            command_prefix=commands.when_mentioned,  # never used: without message intents no prefix is ever seen
            help_command=None,
            intents=intents,
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_contexts=EVERYWHERE,
            allowed_installs=SERVER_OR_USER,
            shard_count=settings.shard_count,
            tree_cls=Tree,
        )
        self.settings = settings
        self.services = services
        self._db = db
        self.upkeep = Upkeep(services.clock, jobs_of(self, db, settings.database_url))
        self._delivery = Delivery(self, Budget(services.clock))
        self.announcer = Announcer(services, db, self._delivery)
        self._command_ids: dict[str, int] = {}

    async def setup_hook(self) -> None:
        await self._db.open()
        if self.settings.discord_api_url is not None:
            await use_its_gateway(self.http)
        self.tree.error(_answer)
        self.add_dynamic_items(*BUTTONS)
        for path in sorted((ROOT / "cogs").glob("[!_]*.py")):
            await self.load_extension(f"cogs.{path.stem}")
        await self.tree.set_translator(Translator(self.services.languages))
        assert self.application_id is not None  # noqa: S101 (the login, just done, sets it)
        self._command_ids, changed = await sync_commands(
            self.tree, self.http, self.application_id, self.settings.sync_guild_id
        )
        self.http.max_ratelimit_timeout = LONGEST_LIMIT  # not before: a start is patient
        log.info("commands registered" if changed else "commands unchanged", commands=len(self._command_ids))

    def mention_of(self, command: str) -> str:
        """The command as something to press in a text, or its name where Discord gave it no id."""
        command_id = self._command_ids.get(command.partition(" ")[0])
        return f"</{command}:{command_id}>" if command_id else f"`/{command}`"

    async def on_ready(self) -> None:
        log.info("ready", user=str(self.user), servers=len(self.guilds), shards=self.shard_count)
        self.upkeep.start()
        self.announcer.start()

    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self.services.leaving.came_back(guild.id)
        self.announcer.look_at(guild.id)
        await greet(self, guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await self.services.leaving.left(guild.id)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        self.announcer.reconsider(guild.id)

    async def on_guild_channel_create(self, channel: discord.abc.GuildChannel) -> None:
        self.announcer.reconsider(channel.guild.id)

    async def on_guild_channel_update(self, _: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        self.announcer.reconsider(after.guild.id)

    async def on_guild_role_update(self, _: discord.Role, after: discord.Role) -> None:
        self.announcer.reconsider(after.guild.id)

    async def on_member_update(self, _: discord.Member, after: discord.Member) -> None:
        """Discord tells of the bot itself only, since it knows no other members."""
        self.announcer.reconsider(after.guild.id)

    def dispatch(self, event_name: str, /, *args: Any, **kwargs: Any) -> None:
        """Tells nobody of a command: the tree has it already, and a task that looks at it in vain is no small part."""
        if event_name != "interaction" or args[0].type not in COMMANDS:
            super().dispatch(event_name, *args, **kwargs)

    async def on_interaction(self, interaction: "discord.Interaction[Any]") -> None:
        """Answers the forms that are sent, and buttons that nobody else will answer: of earlier versions, or forged."""
        if _is_late(interaction):
            return
        if interaction.type is discord.InteractionType.modal_submit:
            await answer_form(interaction, FORMS)
        elif interaction.type is discord.InteractionType.component:
            custom_id = str((interaction.data or {}).get("custom_id", ""))
            if not any(button.matches(custom_id) for button in BUTTONS):
                await answer_error(interaction, NoLongerThere())

    async def close(self) -> None:
        """Ends the connection to Discord and what it does by itself, then stores what waits and closes the database."""
        await self.announcer.stop()
        await self._delivery.stop()
        await self.upkeep.stop()
        await super().close()
        await self._db.close()

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        log.exception("an event failed", handler=event_method)
