"""The geometry of a chart over time, the same for a screen and for paper. Pure: dates and numbers in, places out.

A chart is WIDE units across, whoever draws it scales it. Marks (sessions, decisions, holds) stand in lanes above the
plot, one lane for each kind, and reach down through it at the very place of their day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

WIDE, LEFT, RIGHT = 360.0, 92.0, 334.0
INSIDE = 7.0  # from the edge of the plot to the first and the last day
LANE, PLOT, ROW, AXIS = 17.0, 132.0, 30.0, 22.0  # heights: of a lane, the plot, the row for "not sure", the days below
UNSURE = 20.0  # from the bottom of the scale to the dots of who was not sure
LETTER, GAP = 6.4, 4.0  # about the width of a letter of a mark, and the least room between two marks
MOST_DAYS, MOST_MONTHS = 5, 4
DAYS, MONTHS = (1, 2, 7, 14), (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12000, 24000)
CROWDED = 40
# What happened long before the first reading would press all readings together: it is told in words.
LEAD = timedelta(days=60)
KINDS = {"treatment": "T", "decision": "D", "hold": "H"}


@dataclass(frozen=True)
class Scale:
    """What is measured: its `name`, the `top` of it, and the words at some of its steps. `unsure` names the row below
    for readings without a value."""

    name: str
    title: str
    top: int
    steps: tuple[tuple[int, str], ...]
    unsure: str = "Not sure"


@dataclass(frozen=True)
class Reading:
    """One figure of a day; None stands for "not sure"."""

    on: date
    value: int | None


@dataclass(frozen=True)
class Series:
    """Readings of one kind, oldest first."""

    key: str
    label: str
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class Mark:
    """What happened on a day beside the readings. `code` is its letter and number, as "T2"."""

    on: date
    kind: str
    words: str
    code: str = ""


@dataclass(frozen=True)
class Tick:
    """A place on an axis and what is written there."""

    at: float
    label: str


@dataclass(frozen=True)
class Dot:
    """A reading in its place. `sure` is false in the row for "not sure"."""

    x: float
    y: float
    on: date
    value: int | None

    @property
    def sure(self) -> bool:
        """Whether the reading has a value."""
        return self.value is not None


@dataclass(frozen=True)
class Stroke:
    """A series in its place: every dot, and the lines between them, which break where somebody was not sure."""

    key: str
    label: str
    dots: tuple[Dot, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Post:
    """A mark in its place: a line down from `y` through the plot. `code` says which one."""

    x: float
    y: float
    kind: str
    code: str

    @property
    def top(self) -> float:
        """Where the line begins: below its letters."""
        return self.y + LANE / 2 - 1


@dataclass(frozen=True)
class Name:
    """The letters above one or several posts that stand too close for letters of their own, as "T2–4"."""

    x: float
    y: float
    kind: str
    label: str


@dataclass(frozen=True)
class Chart:
    """A chart, ready to draw. `crowded`: so many readings that their dots are drawn small."""

    scale: Scale
    high: float
    top: float
    bottom: float
    days: tuple[Tick, ...]
    steps: tuple[Tick, ...]
    strokes: tuple[Stroke, ...]
    posts: tuple[Post, ...]
    names: tuple[Name, ...]
    first: date
    last: date
    crowded: bool
    wide: float = WIDE
    left: float = LEFT
    right: float = RIGHT

    @property
    def unsure(self) -> bool:
        """Whether there is a row for "not sure"."""
        return self.floor > self.bottom

    @property
    def floor(self) -> float:
        """Where the posts end: below the row for "not sure" where there is one."""
        return self.high - AXIS


def numbered(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Return marks by day, each kind numbered from its first."""
    counts = dict.fromkeys(KINDS, 0)
    found = []
    for mark in sorted(marks, key=lambda one: (one.on, list(KINDS).index(one.kind))):
        counts[mark.kind] += 1
        found.append(replace(mark, code=f"{KINDS[mark.kind]}{counts[mark.kind]}"))
    return tuple(found)


def span_of(days: Iterable[date], marks: Iterable[Mark]) -> tuple[date, date] | None:
    """Return the first and the last day to draw, or None without any reading."""
    told = sorted(days)
    if not told:
        return None
    drawn = told + [one.on for one in marks if told[0] - one.on <= LEAD]
    return min(drawn), max(drawn)


def chart(scale: Scale, series: Sequence[Series], marks: Sequence[Mark], span: tuple[date, date]) -> Chart:
    """Return the chart of series and marks over a span of days. Marks outside the span are left out."""
    first, last = span
    seen = [one for one in marks if first <= one.on <= last]
    lanes = [kind for kind in KINDS if any(one.kind == kind for one in seen)]
    unsure = any(one.value is None for part in series for one in part.readings)
    top = 6 + len(lanes) * LANE
    bottom = top + PLOT
    floor = bottom + (ROW if unsure else 0)
    frame = _Frame(first, last, top, bottom, scale.top)
    posts = tuple(
        Post(frame.x(one.on), 6 + lanes.index(one.kind) * LANE + LANE / 2, one.kind, one.code) for one in seen
    )
    steps = [Tick(frame.y(value), words) for value, words in scale.steps]
    return Chart(
        scale=scale, high=floor + AXIS, top=top, bottom=bottom, first=first, last=last, posts=posts,
        days=tuple(Tick(frame.x(day), words) for day, words in _days(first, last)),
        steps=tuple(steps + ([Tick(frame.y(None), scale.unsure)] if unsure else [])),
        strokes=tuple(_stroke(one, frame) for one in series if one.readings),
        names=tuple(name for kind in lanes for name in _names([one for one in posts if one.kind == kind])),
        crowded=max((len(one.readings) for one in series), default=0) > CROWDED,
    )  # fmt: skip


@dataclass(frozen=True)
class _Frame:
    first: date
    last: date
    top: float
    bottom: float
    most: int

    def x(self, on: date) -> float:
        days = (self.last - self.first).days
        share = (on - self.first).days / days if days else 0.5
        return round(LEFT + INSIDE + share * (RIGHT - LEFT - 2 * INSIDE), 1)

    def y(self, value: int | None) -> float:
        if value is None:
            return self.bottom + UNSURE
        return round(self.bottom - value / self.most * PLOT, 1)


def _stroke(series: Series, frame: _Frame) -> Stroke:
    dots = tuple(Dot(frame.x(one.on), frame.y(one.value), one.on, one.value) for one in series.readings)
    runs: list[list[Dot]] = [[]]
    for dot in dots:
        if dot.sure:
            runs[-1].append(dot)
        elif runs[-1]:
            runs.append([])
    lines = (" ".join(f"{dot.x},{dot.y}" for dot in run) for run in runs if len(run) > 1)
    return Stroke(series.key, series.label, dots, tuple(lines))


def _names(posts: Sequence[Post]) -> list[Name]:
    """Name posts of one lane from the left; those without room of their own share the letters of the one before."""
    groups: list[list[Post]] = []
    for post in posts:
        if groups and _half(post.code) + GAP > post.x - _name(groups[-1]).x - _half(_name(groups[-1]).label):
            groups[-1].append(post)
        else:
            groups.append([post])
    return [_name(group) for group in groups]


def _name(group: Sequence[Post]) -> Name:
    first, last = group[0], group[-1]
    label = first.code if len(group) == 1 else f"{first.code}–{last.code[1:]}"
    middle, half = (first.x + last.x) / 2, _half(label)
    return Name(round(min(max(middle, half), WIDE - half), 1), first.y, first.kind, label)


def _half(label: str) -> float:
    return len(label) * LETTER / 2


def _days(first: date, last: date) -> list[tuple[date, str]]:
    """The days to write below the plot: at even steps, as many as have room."""
    days = (last - first).days
    for step in DAYS:
        if days // step < MOST_DAYS:
            found = [first + timedelta(days=step * place) for place in range(days // step + 1)]
            return [(day, f"{day.day} {day:%b}") for day in found]
    months = next(one for one in MONTHS if len(_months(first, last, one)) <= MOST_MONTHS)
    starts = (date(place // 12, place % 12 + 1, 1) for place in _months(first, last, months))
    return [(day, f"{day:%b} {day.year}" if months < 12 else str(day.year)) for day in starts]


def _months(first: date, last: date, step: int) -> range:
    """The months that begin in between at even steps from a January on, counted from the year 0."""
    count = max(first.year * 12 + first.month - 1 + (first.day > 1), 12)
    return range(-(-count // step) * step, last.year * 12 + last.month, step)
