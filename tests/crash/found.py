"""What came to light: how much was lost, how much was doubled, and what else is wrong."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass
class Found:
    """What several looks at what is kept brought to light. Each thing counts once, however often it is seen."""

    lost: set[str] = field(default_factory=set)
    """What people were told is kept, and is not there."""
    doubled: set[str] = field(default_factory=set)
    """What stands there more than once."""
    faults: list[str] = field(default_factory=list)
    """Whatever else must not be, in words."""
    evidence: list[str] = field(default_factory=list)
    """What went over the wire and what the bot said, for whoever has to understand it."""
    numbers: Counter[str] = field(default_factory=Counter)
    """How much was tried: a search that met nothing dangerous proves nothing."""

    def __bool__(self) -> bool:
        return bool(self.lost or self.doubled or self.faults)

    def add(self, other: "Found") -> None:
        self.lost |= other.lost
        self.doubled |= other.doubled
        self.faults += [fault for fault in other.faults if fault not in self.faults]
        self.evidence += other.evidence
        self.numbers += other.numbers


def compared(told: Mapping[str, bool], kept: Mapping[str, int]) -> Found:
    """What is lost and what is doubled.

    `told` says of each thing whether its author was told that it is kept; `kept` how often it is there. What nobody was
    told of may be there, but once.
    """
    lost = {name for name, is_told in told.items() if is_told and not kept.get(name)}
    return Found(lost, doubled={name for name, times in kept.items() if times > 1})


@dataclass(frozen=True)
class Result:
    """How a subject stood the crashes."""

    name: str
    seed: int
    caught: Mapping[str, bool]
    """The wrong ways, and whether they were found out."""
    found: Found
    """In ours."""

    @property
    def is_right(self) -> bool:
        return all(self.caught.values()) and not self.found

    def __str__(self) -> str:
        caught, found = sum(self.caught.values()), self.found
        line = f"{self.name}: caught {caught} of {len(self.caught)}, lost {len(found.lost)}"
        line += f", doubled {len(found.doubled)}"
        return f"{line}, other faults {len(found.faults)}" if found.faults else line

    def complaints(self) -> Iterator[str]:
        """What is wrong, and what is known of how it came."""
        if self.is_right:
            return
        yield f"seed {self.seed}: it sets who does what and when the killer strikes, not how fast the machine is"
        yield from (f"not found out: {way}" for way, is_caught in self.caught.items() if not is_caught)
        yield from _listed("lost", sorted(self.found.lost))
        yield from _listed("doubled", sorted(self.found.doubled))
        yield from self.found.faults
        yield from self.found.evidence


def _listed(what: str, names: Sequence[str]) -> Iterator[str]:
    return (f"{what}: {name}" for name in names)
