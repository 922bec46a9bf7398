"""A program as it is typed, before a pass makes a version of it. Pure."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Line:
    """One prescription of a plan: an exercise by slug. Rest in seconds, effort 0 to 10."""

    exercise: str
    sets: int
    reps: int
    tempo: str
    rest: int
    kilograms: Decimal | None = None
    percent: int | None = None
    effort: int | None = None


@dataclass(frozen=True)
class Day:
    """One workout of a plan."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Plan:
    """A program as it is to be saved. `acknowledged` holds the ids of the conditions that the trainer has read."""

    title: str
    phase: int
    days: tuple[Day, ...]
    notes: str = ""
    acknowledged: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Problem:
    """What keeps a plan from being saved; `day` and `line` count from 0, None means the whole plan or workout."""

    sentence: str
    day: int | None = None
    line: int | None = None
