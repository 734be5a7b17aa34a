"""The floor: what discord.py itself costs. It builds recorded answers anew, sends them, and does nothing else."""

import os
from itertools import cycle

import discord
import orjson
import uvloop
from discord import app_commands, ui

discord.http.Route.BASE = os.environ["DISCORD_API_URL"]
quiet = discord.AllowedMentions.none()
client = discord.AutoShardedClient(intents=discord.Intents(guilds=True), allowed_mentions=quiet)
tree = app_commands.CommandTree(client)
tree.add_command(pledge := app_commands.Group(name="pledge", description="Pledges"))
KINDS = {1: ui.ActionRow, 2: ui.Button, 4: ui.TextInput, 10: ui.TextDisplay, 17: ui.Container, 23: ui.Checkbox}
TAKEN = ("label", "custom_id", "url", "placeholder", "max_length", "required", "content", "accent_color")


def maker(part):
    """Makes a component anew whenever it is called, by discord.py's own classes."""
    kind, taken = part["type"], {name: part[name] for name in TAKEN if name in part}
    inner = [maker(each) for each in part.get("components") or [part[name] for name in part if name == "component"]]
    if kind == 18:
        return lambda: ui.Label(text=part["label"], description=part.get("description"), component=inner[0]())
    if kind == 3:
        return lambda: ui.Select(options=[discord.SelectOption(**each) for each in part["options"]], **taken)
    if "style" in part:
        taken["style"] = (discord.ButtonStyle if kind == 2 else discord.TextStyle)(part["style"])
    return lambda: KINDS[kind](*[make() for make in inner], **taken)


def put(view, makers):
    for make in makers:
        view.add_item(make())
    view.stop()  # else discord.py keeps it
    return view


@tree.command(description="A fact")
async def fact(interaction: discord.Interaction):
    await interaction.response.send_message(view=put(ui.LayoutView(), next(facts)))


@pledge.command(description="A form")
async def make(interaction: discord.Interaction, theme: str):
    await interaction.response.send_modal(put(ui.Modal(title=form["title"], custom_id=form["custom_id"]), fields))


@client.event
async def on_interaction(interaction):
    if interaction.type is discord.InteractionType.modal_submit:
        await interaction.response.send_message(view=put(ui.LayoutView(), thanks), ephemeral=True)


form, *cards = orjson.loads(os.environ["RECORDED"])
fields, thanks, *facts = ([maker(part) for part in body["components"]] for body in (form, *cards))
client.setup_hook, facts = tree.sync, cycle(facts)
uvloop.run(client.start(os.environ["DISCORD_TOKEN"]))
