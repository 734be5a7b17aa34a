"""Points discord.py at another address for Discord's API. The one place that touches its names for addresses."""

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import HTTPClient, Route


def use_api(url: str) -> None:
    """From now on requests of this process go to `url`; to be called before the login."""
    Route.BASE = url.rstrip("/")


async def use_its_gateway(http: HTTPClient) -> None:
    """Asks the API for its gateway, after the login.

    discord.py asks by itself when it has no shard count; with one, and after an invalidated session, it dials
    Discord's own gateway, whatever the API's address is.
    """
    _, url, _ = await http.get_bot_gateway()
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)
