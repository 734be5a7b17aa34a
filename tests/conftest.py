"""The bot under test is the one that `run` starts, in a simulated Discord."""

from collections.abc import AsyncIterator

import pytest
import simcord
import structlog

from tests.support.community import Community


@pytest.fixture
async def community() -> AsyncIterator[Community]:
    """A furnished server with the bot; fails the test if anything went wrong that the bot did not foresee."""
    with structlog.testing.capture_logs() as logs:
        community = Community()
        await community.env.start()
        with community.env.time_context():
            community.furnish()
        yield community
        await community.close()
    unforeseen = [entry for entry in logs if entry["log_level"] == "error"]
    assert community.expects_errors or not unforeseen


@pytest.fixture
def env(community: Community) -> simcord.Env:
    """The simulated Discord; SimCord looks for it to give a test its clock and its transcript."""
    return community.env
