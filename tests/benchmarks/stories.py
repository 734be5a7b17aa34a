"""What people do in the benchmarks, from the first command to the last answer; each answer is looked at."""

from collections.abc import Awaitable, Callable
from typing import Any

from tests.benchmarks.crowd import Crowd, Place
from tests.wire import people
from tests.wire.interactions import CHOICES, DEFERRED, FORM, MESSAGE, Use
from tests.wire.payloads import parts_of

WORDS = "I will listen first and speak second, at home and at work, and I will say so when somebody is not heard."

ALREADY = "You have made this pledge already"

Story = Callable[..., Awaitable[None]]
STORIES: dict[str, Story] = {}


def story(function: Story) -> Story:
    STORIES[function.__name__] = function
    return function


def said(used: Use) -> str:
    """The text of an answer."""
    if used.original is None:
        raise ValueError(f"an answer of type {used.kind} instead of a message")
    shown = used.followups[0] if used.followups else used.original
    return "\n".join(part["content"] for part in parts_of(shown["components"]) if "content" in part)


def require(used: Use, kind: int, *words: str) -> Use:
    """The interaction, if it was answered so, in one of these `words`. Raises ValueError.

    A message may come in two steps, when it took long.
    """
    is_kind = used.kind in (kind, DEFERRED if kind == MESSAGE else kind)
    if not is_kind or (words and not any(each in said(used) for each in words)):
        raise ValueError(f"an answer of type {used.kind} is not what was asked for: {used.report()}")
    return used


@story
async def fact(crowd: Crowd, number: int, spread: int = 1) -> None:
    """A fact for all to read, in the channels of so many servers by turns."""
    place = crowd.places[number % spread]
    channel = place.channels[number // spread % len(place.channels)]
    require(await crowd.use("slash", user_id=place.members[0], channel=channel, command="fact"), MESSAGE, "Source: ")


@story
async def pledge(crowd: Crowd, number: int) -> None:
    """A new member's first pledge: the command, then the form."""
    place = crowd.places[number % len(crowd.places)]
    await _pledge(crowd, place, crowd.newcomer(place, number))


async def _pledge(crowd: Crowd, place: Place, member: str, **filled: Any) -> tuple[Use, Use]:
    channel = place.channels[0]
    asked = {"command": "pledge make", "options": {"theme": "home"}}
    form = require(await crowd.use("slash", user_id=member, channel=channel, **asked), FORM)
    sent = await crowd.use("submit", user_id=member, form=form.id, filled={"words": WORDS} | filled)
    # The latter where the answer came too late, and they sent it once more.
    return form, require(sent, MESSAGE, "Your pledge counts", ALREADY)


@story
async def choosing(crowd: Crowd, number: int) -> None:
    """What is offered while somebody types a country or a topic."""
    place = crowd.places[0]
    typed = ("k", "ken", "united", "tuvlau")[number % 4]
    asked = {"command": "pledge make", "options": {"country": typed}, "focused": "country"}
    if number % 2:
        asked = {"command": "fact", "options": {"topic": typed[:1]}, "focused": "topic"}
    require(await crowd.use("slash", user_id=place.members[0], channel=place.channels[0], **asked), CHOICES)


@story
async def first_days(crowd: Crowd, number: int, countries: list[str]) -> None:
    """A member pledges; some send the form twice, some edit, some withdraw. What they were told at last is promised."""
    place = crowd.places[number % len(crowd.places)]
    member, country = crowd.newcomer(place, number), countries[number % len(countries)]
    filled = {"words": f"{WORDS} {number}", "country": country, "wall": number % 3 == 0}
    form, sent = await _pledge(crowd, place, member, **filled)
    turn = number % 50
    kept: dict[str, Any] = filled | {"member": member, "guild": place.guild, "is_withdrawn": turn == 4}
    if turn == 1:  # pressed twice
        again = await crowd.use("submit", user_id=member, form=form.id, filled=filled)
        require(again, MESSAGE, ALREADY)
    elif turn == 2:  # delivered twice
        people.VERBS["deliver_again"](crowd.world, id=sent.id)
    elif turn == 3:
        kept["words"] = await _edit(crowd, place, member, number)
    elif turn == 4:
        await _withdraw(crowd, place, member)
    crowd.promised.append(kept)


async def _own(crowd: Crowd, place: Place, member: str) -> tuple[Use, str]:
    """The card of somebody's own pledge, and the pledge's id, which its buttons know."""
    shown = await crowd.use("slash", user_id=member, channel=place.channels[0], command="pledge mine")
    assert shown.original is not None
    ids = [str(part.get("custom_id", "")) for part in parts_of(shown.original["components"])]
    return shown, next(each.removeprefix("mine:edit:") for each in ids if each.startswith("mine:edit:"))


async def _edit(crowd: Crowd, place: Place, member: str, number: int) -> str:
    words = f"I have thought about it again, and will do what I can where I work: {number}"
    shown, pledge_id = await _own(crowd, place, member)
    assert shown.original is not None
    pressed = {"message": shown.original["id"], "custom_id": f"mine:edit:{pledge_id}"}
    form = require(await crowd.use("press", user_id=member, **pressed), FORM)
    sent = await crowd.use("submit", user_id=member, form=form.id, filled={"words": words})
    require(sent, MESSAGE, "Your pledge is changed")
    return words


async def _withdraw(crowd: Crowd, place: Place, member: str) -> None:
    used, pledge_id = await _own(crowd, place, member)
    for step in ("ask", "withdraw"):
        assert used.original is not None
        pressed = {"message": used.original["id"], "custom_id": f"mine:{step}:{pledge_id}"}
        used = await crowd.use("press", user_id=member, **pressed)
    # The latter where the answer came too late, and they pressed once more.
    if not any(words in said(used) for words in ("Your pledge is withdrawn", "you have withdrawn it")):
        raise ValueError(f"it was not withdrawn: {said(used)}")


@story
async def export(crowd: Crowd, number: int, owner: str, channel: str) -> None:
    """A moderator takes all pledges away, as files."""
    used = await crowd.use("slash", user_id=owner, channel=channel, command="moderate export")
    if "pledges stand here" not in said(used):
        raise ValueError(f"not exported: {said(used)}")
