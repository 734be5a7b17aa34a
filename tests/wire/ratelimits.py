"""Rate limits: Discord's headers on every answer, buckets that a test sets up, and the answers 429."""

import re
import time
from collections import deque
from dataclasses import dataclass, field
from fnmatch import translate
from typing import Any

VIA = {"Via": "1.1 google"}
"""By this header discord.py knows that a 429 is Discord's, not a ban by the network before it."""

UNLIMITED = {
    **VIA,
    "Content-Type": "application/json",  # exactly so: with a charset behind it discord.py reads text
    "X-RateLimit-Limit": "1000",
    "X-RateLimit-Remaining": "999",
    "X-RateLimit-Reset-After": "1.000",
}


@dataclass
class Bucket:
    """So many requests in so many seconds, for each channel, server or webhook of a pattern of its own."""

    method: str
    pattern: re.Pattern[str]
    most: int
    seconds: float
    name: str
    used: dict[str, deque[float]] = field(default_factory=dict)

    def take(self, major: str, now: float) -> tuple[dict[str, str], float]:
        """The headers to answer with, and the seconds to wait if the bucket is empty."""
        used = self.used.setdefault(major, deque())
        while used and used[0] <= now - self.seconds:
            used.popleft()
        wait = used[0] + self.seconds - now if len(used) >= self.most else 0.0
        if not wait:
            used.append(now)
        after = used[0] + self.seconds - now
        headers = {
            **VIA,
            "Content-Type": "application/json",
            "X-RateLimit-Limit": str(self.most),
            "X-RateLimit-Remaining": str(self.most - len(used)),
            "X-RateLimit-Reset": f"{time.time() + after:.3f}",
            "X-RateLimit-Reset-After": f"{after:.3f}",
            "X-RateLimit-Bucket": self.name,
        }
        return headers, wait


class Limits:
    """The limits of one Discord. There are none until a test sets them; interactions are free of the global one."""

    def __init__(self) -> None:
        self.buckets: list[Bucket] = []
        self.everything: Bucket | None = None

    def set(self, method: str, path: str, most: int, seconds: float) -> None:
        self.buckets.append(Bucket(method, re.compile(translate(path)), most, seconds, f"b{len(self.buckets)}"))

    def set_global(self, most: int, seconds: float = 1.0) -> None:
        self.everything = Bucket("*", re.compile(""), most, seconds, "global")

    def check(self, method: str, path: str) -> tuple[dict[str, str], tuple[int, Any, dict[str, str]] | None]:
        """The headers to answer with, and the answer itself where a limit is reached."""
        now = time.monotonic()
        if self.everything is not None and not path.startswith(("/interactions/", "/webhooks/")):
            headers, wait = self.everything.take("", now)
            if wait:
                return headers, limited(wait, "global")
        for bucket in self.buckets:
            if bucket.method in ("*", method) and bucket.pattern.match(path):
                headers, wait = bucket.take("/".join(path.split("/")[:3]), now)
                return headers, limited(wait, "user", headers) if wait else None
        return UNLIMITED, None


def limited(
    retry_after: float, scope: str, headers: dict[str, str] | None = None, *, via: bool = True
) -> tuple[int, Any, dict[str, str]]:
    """The answer 429 of a scope (user, global, shared). Without `via` it looks like a ban by Cloudflare."""
    if not via:
        return 429, "error code: 1015", {"Content-Type": "text/plain", "Retry-After": str(retry_after)}
    said = {**(headers or UNLIMITED), "X-RateLimit-Scope": scope, "Retry-After": str(int(retry_after) + 1)}
    if scope == "global":
        said["X-RateLimit-Global"] = "true"
    if scope != "shared":
        said["X-RateLimit-Remaining"] = "0"
    body = {"message": "You are being rate limited.", "retry_after": retry_after, "global": scope == "global"}
    return 429, body, said
