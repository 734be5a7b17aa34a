"""The bot under test is the one that `run` starts, in a simulated Discord."""

import gc
import os
import sys
from collections.abc import AsyncIterator

import pytest
import simcord
import structlog

from tests.support.community import Community
from tests.support.pseudo import odd_languages, untranslated


def pytest_configure() -> None:
    """Keeps what Python compiled, even where the environment asks it not to.

    The workers and the bots that tests start, some hundred processes, would compile the same modules each for itself.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def pytest_collection_finish() -> None:
    """What is loaded by now stays: to search it for garbage again and again costs a fifteenth of a worker's time."""
    gc.collect()
    gc.freeze()


@pytest.fixture
async def community(request: pytest.FixtureRequest) -> AsyncIterator[Community]:
    """A furnished server with the bot; fails the test if anything went wrong that the bot did not foresee.

    Tests run with a catalogue in odd letters, which shows every sentence that the bot says past the catalogue; what
    they read is read back into English. `IN_BOTH` and `IN_ENGLISH` (tests.support.community) choose otherwise.
    """
    is_odd = getattr(request, "param", "odd letters") != "en"
    with structlog.testing.capture_logs() as logs:
        community = Community(odd_languages() if is_odd else None)
        await community.env.start()
        with community.env.time_context():
            community.furnish()
        yield community
        await community.close()
    unforeseen = [entry for entry in logs if entry["log_level"] == "error"]
    assert community.expects_errors or not unforeseen
    assert community.faults() == []
    if is_odd:
        assert untranslated(community.sent(), community.bot.services.campaign, community.typed()) == []


@pytest.fixture
def env(community: Community) -> simcord.Env:
    """The simulated Discord; SimCord looks for it to give a test its clock and its transcript."""
    return community.env
