"""Going once through all that the bot offers, and telling from the wire's record what was left out.

What there is to go through comes from the commands that the bot registered and from its lists of buttons and forms, so
that a new one is missed at once.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.cards.buttons import BUTTONS, FORMS
from tests.wire.answers import Answer, Card
from tests.wire.client import Member, Use, Wire
from tests.wire.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL, PATIENCE
from tests.wire.payloads import Object

SERVER, DIRECT, ACCOUNT = "in a server", "in direct messages", "from an account"
"""Where people use the bot: where it was added, alone with it, and where only they have it."""

SENTENCE = "I will ask who is missing, and wait for the answer."

TYPED: Mapping[str, str] = {
    "search": "women",
    "who": "Sweden",
    "title": "We began here",
    "date": "2019-09-20",
    "text": "In a kitchen.",
    "time": "18:30",
}
"""What is typed into the options of commands that offer nothing to choose."""

_GROUP, _SUBCOMMAND, _BOOLEAN, _USER = 2, 1, 5, 6  # types of options
_OF_MESSAGES = 3  # the type of a command in the menu of a message
_TEXT_INPUT, _MENU = 4, 3  # types of components
_DANGER = 4  # a style of buttons


# What there is.


@dataclass(frozen=True)
class Command:
    """One that can be used, as it was registered."""

    path: str
    kind: int
    options: Sequence[Object]
    places: tuple[str, ...]
    is_for_few: bool
    """Whether Discord shows it only to those with certain rights."""

    @property
    def title(self) -> str:
        return f"/{self.path}" if self.kind == 1 else f"“{self.path}” in a menu"

    def steps(self) -> Iterator[str]:
        """Each step that it offers, in words."""
        yield from (f"{self.title}, {place}" for place in self.places)
        for option in self.options:
            yield from (
                _with(self.title, option, choice["value"]) for choice in option.get("choices") or [{"value": ""}]
            )
            if option.get("autocomplete"):
                yield _typing(self.title, option)


def _with(title: str, option: Object, value: object) -> str:
    return f"{title} with {option['name']}" + (f" {value}" if option.get("choices") or value else "")


def _typing(title: str, option: Object) -> str:
    return f"{title}, while typing {option['name']}"


def commands_of(registered: Iterable[Object]) -> list[Command]:
    return [each for command in registered for each in _leaves(command, "", _places(command), _is_for_few(command))]


def _leaves(part: Object, before: str, places: tuple[str, ...], is_for_few: bool) -> Iterator[Command]:
    path, options = f"{before} {part['name']}".strip(), part.get("options") or []
    inner = [option for option in options if option["type"] in (_SUBCOMMAND, _GROUP)]
    for option in inner:
        yield from _leaves(option, path, places, is_for_few)
    if not inner:
        yield Command(path, 1 if before else part.get("type", 1), options, places, is_for_few)


def _places(command: Object) -> tuple[str, ...]:
    contexts = command.get("contexts") or [0, 1, 2]
    installs = command.get("integration_types") or [0]
    is_there = {
        SERVER: 0 in contexts and 0 in installs,
        DIRECT: 1 in contexts,
        ACCOUNT: 0 in contexts and 1 in installs,
    }
    return tuple(place for place, holds in is_there.items() if holds)


def _is_for_few(command: Object) -> bool:
    return command.get("default_member_permissions") is not None


def all_steps(registered: Iterable[Object]) -> set[str]:
    """All that there is to go through."""
    commands = {step for command in commands_of(registered) for step in command.steps()}
    return commands | {f"button {kind.__name__}" for kind in BUTTONS} | {f"form {form.__name__}" for form in FORMS}


# What was done.


def steps_taken(entries: Iterable[Object], registered: Sequence[Object]) -> set[str]:
    """What people did, from the wire's record."""
    commands = {(command.path, command.kind): command for command in commands_of(registered)}
    delivered = (each["detail"] for each in entries if each["what"].startswith("INTERACTION_CREATE"))
    return {step for payload in delivered for step in _steps_in(payload, commands)}


def _steps_in(payload: Object, commands: Mapping[tuple[str, int], Command]) -> Iterator[str]:
    data = payload["data"]
    if payload["type"] == COMPONENT:
        yield from (f"button {kind.__name__}" for kind in BUTTONS if kind.matches(data["custom_id"]))
    elif payload["type"] == MODAL:
        yield from (f"form {form.__name__}" for form in FORMS if form.pattern.fullmatch(data["custom_id"]))
    elif payload["type"] in (COMMAND, AUTOCOMPLETE):
        path, given = _used(data)
        command = commands[path, data["type"]]
        described = {option["name"]: option for option in command.options}
        if payload["type"] == AUTOCOMPLETE:
            yield from (_typing(command.title, each) for each in given if each.get("focused"))
            return
        yield f"{command.title}, {_place_of(payload)}"
        for each in given:
            option = described[each["name"]]
            yield _with(command.title, option, each["value"] if option.get("choices") else "")


def _used(data: Object) -> tuple[str, list[Object]]:
    """The words of the command that was used, and the options that were given."""
    words, options = [data["name"]], data.get("options") or []
    while options and "value" not in options[0]:
        words.append(options[0]["name"])
        options = options[0].get("options") or []
    return " ".join(words), options


def _place_of(payload: Object) -> str:
    if "guild_id" not in payload:
        return DIRECT
    return SERVER if "0" in payload["authorizing_integration_owners"] else ACCOUNT


# Doing it.


@dataclass
class Walk:
    """Somebody's way through the bot: each step must be answered, in time and without an apology."""

    wire: Wire
    registered: Sequence[Object]
    seen: dict[str, set[str]] = field(default_factory=dict)
    """The kinds of buttons that stood on answers, for each place that was explored."""
    pressed: dict[str, Counter[str]] = field(default_factory=dict)
    _latest: dict[str, Card] = field(default_factory=dict)
    """Each card as it stands now."""

    @classmethod
    async def begin(cls, wire: Wire) -> "Walk":
        return cls(wire, await wire.do("registered"))

    async def forgotten(self) -> list[str]:
        """What there is and nobody did."""
        taken = steps_taken(await self.wire.do("entries"), self.registered)
        return sorted(all_steps(self.registered) - taken)

    async def step(self, use: Use) -> Answer:
        answer = await use
        assert answer.took < PATIENCE, f"it took {answer.took:.1f} s"
        for card in _cards(answer):
            assert "Something went wrong" not in card.text, card.text
            self._latest[card.id] = card
        return answer

    async def slash(self, member: Member, channel: str, command: str, /, **options: Any) -> Answer:
        return await self.step(self.wire.slash(member, channel, command, **options))

    async def press(self, member: Member, on: Answer | Card, label: str) -> Answer:
        """A button that can be pressed there, by its label."""
        part = self._part(on, "label", label)
        return await self.step(self.wire.press(member, on, part["custom_id"]))

    async def choose(self, member: Member, on: Answer | Card, menu: str, value: str = "") -> Answer:
        """From the menu whose custom_id begins so, by default what stands first."""
        part = self._part(on, "custom_id", menu)
        return await self.step(self.wire.choose(member, on, part["custom_id"], value or part["options"][0]["value"]))

    async def send(self, member: Member, form: Answer, **filled: Any) -> Answer:
        """A form, whose texts say something if nothing else is given."""
        texts = {
            name: SENTENCE for name, part in form.fields.items() if part["type"] == _TEXT_INPUT and name != "country"
        }
        return await self.step(self.wire.submit(member, form, **texts | filled))

    async def turn_until(self, member: Member, shown: Answer, turn: str, wanted: str) -> Answer:
        """Presses `turn` on what is shown until the button `wanted` stands on it."""
        for _ in range(300):
            if any(part.get("label") == wanted for part in _parts(self._latest[shown.card.id])):
                return shown
            shown = await self.press(member, shown, turn)
        raise AssertionError(f"{wanted!r} never came")

    def _part(self, on: Answer | Card, name: str, begins: str) -> Object:
        """What can be used on a card as it stands now, by the beginning of its label or custom_id."""
        cards = _cards(on) if isinstance(on, Answer) else [on]
        parts = [part for card in cards for part in _parts(self._latest.get(card.id, card))]
        found = [part for part in parts if str(part.get(name, "")).startswith(begins)]
        assert found, f"no {begins!r} can be used there, but {[part.get(name) for part in parts]}"
        return found[0]

    async def commands(
        self, place: str, channel: str, member: Member, keeper: Member, about: Member
    ) -> AsyncIterator[Answer]:
        """Every command that there is in a place: alone, and with each of its options. `keeper` uses those for few.

        `about` is whom options name.
        """
        for command in commands_of(self.registered):
            if place not in command.places or command.kind != 1:
                continue
            actor = keeper if command.is_for_few else member
            for options in await self._ways_to_use(command, actor, channel, about):
                yield await self.slash(actor, channel, command.path, **options)

    async def _ways_to_use(self, command: Command, actor: Member, channel: str, about: Member) -> list[Object]:
        values = {one["name"]: await self._values(command, one, actor, channel, about) for one in command.options}
        needed = {one["name"]: values[one["name"]][0] for one in command.options if one.get("required")}
        others = ({name: value} for name, several in values.items() for value in several if needed.get(name) != value)
        return [needed, *(needed | other for other in others)]

    async def _values(self, command: Command, option: Object, actor: Member, channel: str, about: Member) -> list[Any]:
        if choices := option.get("choices"):
            return [choice["value"] for choice in choices]
        if option["type"] == _BOOLEAN:
            return [True]
        if option["type"] == _USER:
            return [about.id]
        if option.get("autocomplete"):
            use = self.wire.autocomplete(actor, channel, command.path, option["name"], **{option["name"]: ""})
            offered = (await self.step(use)).choices
            assert offered, f"{command.title} offers nothing for {option['name']}"
            return [next(iter(offered.values()))]
        assert option["name"] in TYPED, (
            f"what could be typed at {command.title} for {option['name']}? TYPED must say so"
        )
        return [TYPED[option["name"]]]

    async def explore(self, place: str, member: Member, answer: Answer) -> None:
        """Presses what stands on an answer, sends each form, and goes on from there.

        Each kind of button is pressed once in a place, and once more where that leads to what was not pressed yet:
        of two that take each other away both have their turn, and what destroys comes last.
        """
        if answer.modal is not None:
            await self.explore(place, member, await self.send(member, answer))
            return
        seen, pressed = self.seen.setdefault(place, set()), self.pressed.setdefault(place, Counter())
        for card in _cards(answer):
            while parts := {_kind(part): part for part in _parts(self._latest[card.id])}:
                seen.update(parts)
                kind = min(parts, key=lambda each: (pressed[each], parts[each].get("style") == _DANGER))
                if pressed[kind] > (1 if seen - pressed.keys() else 0):
                    break
                pressed[kind] += 1
                await self.explore(place, member, await self._use(member, card, parts[kind]))

    async def _use(self, member: Member, card: Card, part: Object) -> Answer:
        if part["type"] == _MENU:
            return await self.choose(member, card, part["custom_id"])
        return await self.step(self.wire.press(member, card, part["custom_id"]))


def _kind(part: Object) -> str:
    return next(kind.__name__ for kind in BUTTONS if kind.matches(part["custom_id"]))


def _cards(answer: Answer) -> list[Card]:
    if answer.modal is not None or answer.kind == 8:
        return []
    return list({card.id: card for card in (answer.card, *answer.followups)}.values())


def _parts(card: Card) -> list[Object]:
    """What can be pressed or chosen from."""
    return [part for part in card.parts if "custom_id" in part and not part.get("disabled")]
