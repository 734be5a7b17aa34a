"""Discord's routes and who answers them. A route that stands nowhere is an error, loud and clear."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.wire.world import World


@dataclass(slots=True)
class Call:
    """A request, read to its end."""

    world: "World"
    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    """The JSON; of a multipart request its `payload_json`. None without one."""
    files: dict[str, tuple[str, bytes, str]]
    """Uploads by the name of their field: file name, content, type."""
    is_authorized: bool


Handler = Callable[..., Any]
"""Takes the call and the ids in the path, all as text; gives what is answered as JSON, or None for nothing (204)."""

_ROUTES: dict[tuple[str, int, str], list[tuple[tuple[str | None, ...], Handler, bool]]] = {}


def route(method: str, path: str, *, by_token: bool = False) -> Callable[[Handler], Handler]:
    """Registers a handler. `by_token`: the path itself holds a token, and no login is asked for."""
    segments = path.strip("/").split("/")
    shape = tuple(None if segment.startswith("{") else segment for segment in segments)

    def register(handler: Handler) -> Handler:
        same = _ROUTES.setdefault((method, len(shape), segments[0]), [])
        same.append((shape, handler, by_token))
        same.sort(key=lambda entry: entry[0].count(None))  # /messages/@original before /messages/{message}
        return handler

    return register


def find(method: str, path: str) -> tuple[Handler, list[str], bool] | None:
    """Who answers a path, and the ids in it; None where that is nobody."""
    segments = path.strip("/").split("/")
    for shape, handler, by_token in _ROUTES.get((method, len(segments), segments[0]), ()):
        if all(wanted is None or wanted == given for wanted, given in zip(shape, segments, strict=True)):
            ids = [given for wanted, given in zip(shape, segments, strict=True) if wanted is None]
            return handler, ids, by_token
    return None
