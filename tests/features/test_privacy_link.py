"""The privacy policy of whoever runs the bot: linked from within, where they have put one on the web."""

from collections.abc import AsyncIterator

import pytest

from bot.settings import Settings
from tests.support.community import Community, seen

pytestmark = pytest.mark.usefixtures("env")

URL = "https://example.org/privacy"


@pytest.fixture
async def community() -> AsyncIterator[Community]:
    """A server with a bot whose operator has a privacy policy."""
    community = Community(settings=Settings(privacy_url=URL, shard_count=1, _env_file=None))
    await community.env.start()
    with community.env.time_context():
        community.furnish()
    yield community
    await community.close()


async def test_about_and_what_is_kept_lead_to_it(community: Community) -> None:
    about = seen(await community.amina.slash(community.general, "about"))
    kept = seen(await community.amina.slash(community.general, "privacy show"))

    assert about.links == (URL, "https://www.heforshe.org/en", "https://www.unwomen.org/en")
    assert kept.links == (URL,)
