"""A Discord that allows few sessions more keeps those it has."""

from tests.wire.child import Child
from tests.wire.client import Wire


async def test_the_last_fifth_of_the_sessions_that_discord_allows_is_left_to_people(wire: Wire, child: Child) -> None:
    await wire.do("settings", starts_left=200)

    await child.start(ready=False)
    await child.says("Discord allows few sessions more")
    end = await child.stop()

    assert end.code == 0
    assert end.said.count("Discord allows few sessions more") == 1
    assert (await wire.gateway())["identified"] == 0


async def test_as_long_as_more_are_allowed_it_starts(wire: Wire, child: Child) -> None:
    await wire.do("settings", starts_left=201)

    await child.start()

    assert (await child.stop()).code == 0
    assert (await wire.gateway())["identified"] == 1
