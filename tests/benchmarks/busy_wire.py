"""The wire under load: `python -m tests.benchmarks.busy_wire`. People act by the thousand, and nobody asks about each.

It is the tests' wire; its control API knows some verbs more, which furnish a Discord with many servers, let a crowd
act, and tell how long that took and what it cost this process.
"""

import argparse
import gc
import time
from types import SimpleNamespace
from typing import Any

import uvloop

from tests.benchmarks.crowd import Crowd, furnish_with
from tests.benchmarks.stories import STORIES
from tests.wire import __main__ as wire_program
from tests.wire import gateway, people, server
from tests.wire.control import verb
from tests.wire.payloads import Object
from tests.wire.routes import Call
from tests.wire.world import World

LARGEST = 128 * 1024 * 1024
"""Bytes of a request: ten files, each as large as Discord takes it."""


class BusyWire(server.Wire):
    """Wakes whoever waits for an answer as soon as it is there."""

    def new_world(self, token: str = "") -> World:
        world = super().new_world(token)
        CROWDS[world.name] = Crowd(world)
        return world

    def _dispatch(self, call: Call, headers: dict[str, str]) -> server.Reply:
        reply = super()._dispatch(call, headers)
        kind, _, rest = call.path[1:].partition("/")
        if kind in ("interactions", "webhooks"):
            CROWDS[call.world.name].look(rest.split("/")[1])
        return reply


CROWDS: dict[str, Crowd] = {}


@verb
def furnish(world: World, *, servers: int) -> dict[str, str]:
    """So many servers, of the size that servers have; the ids of the first one's `guild`, `owner` and a `channel`."""
    them = CROWDS[world.name]
    furnish_with(them, servers)
    gc.collect()
    gc.freeze()  # else Python looks through all of it now and then, and for a third of a second nobody is answered
    first = them.places[0]
    return {"guild": first.guild, "owner": world.guilds[first.guild]["owner_id"], "channel": first.channels[0]}


@verb
def places(world: World) -> list[tuple[str, str]]:
    """Each server's id, and that of a channel in it."""
    return [(place.guild, place.channels[0]) for place in CROWDS[world.name].places]


@verb
async def crowd(
    world: World, *, story: str, count: int, at_once: int = 0, rate: float = 0.0, first: int = 0, **about: Any
) -> Object:
    """Lets `count` people, from the number `first` on, act a story: `at_once`, or at a `rate` a second.

    Gives the seconds it took, this process's CPU, and for each interaction the milliseconds until its answer.
    """
    them = CROWDS[world.name]
    them.took.clear()
    them.tried_again = 0
    world.judges = False  # what is sent under load, the tests have judged
    cpu, began = time.process_time(), time.perf_counter()
    act = STORIES[story]
    if rate:
        await them.paced(lambda number: act(them, first + number, **about), count, rate)
    else:
        await them.at_once(lambda number: act(them, first + number, **about), count, at_once)
    report: Object = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu, "took": [*them.took]}
    report["tried_again"] = them.tried_again
    world.messages.clear()
    return report


@verb
def promised(world: World) -> list[Object]:
    """What people were told that is kept of them."""
    return CROWDS[world.name].promised


def _guild_create(world: World, guild_id: str) -> Object:
    # The wire's own looks at each channel of all servers, for each server: with 10,000 of them that never ends.
    channels = CROWDS[world.name].channels.get(guild_id)
    if channels is None:
        return _one_of_few(world, guild_id)
    few = SimpleNamespace(guilds=world.guilds, members=world.members, me=world.me, channels=channels, threads={})
    return _one_of_few(few, guild_id)


_one_of_few: Any = gateway.guild_create

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    gateway.guild_create = people.guild_create = _guild_create
    server.Wire, server.LARGEST = BusyWire, LARGEST
    uvloop.run(wire_program.main(parser.parse_args().port))
