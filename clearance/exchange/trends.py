"""A client's trends as charts with the figures beside them: the same for the studio, for a physician, and on paper."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from clearance.checkins.models import CheckIn
from clearance.checkins.scales import Load, Strength, effort_word, pain_word, strength_word
from clearance.checkins.trend import Told, session_words, told_about
from clearance.decisions.answers import HoldAnswer, said, signed_day, words_of
from clearance.exchange.charts import Chart, Mark, Reading, Scale, Series, chart, numbered, span_of
from clearance.people.models import Client

A_YEAR = timedelta(days=365)
PAIN = Scale("pain", "Pain", 10, tuple((step, f"{step} {pain_word(step)}") for step in (0, 3, 6, 10)))
STRENGTH = Scale(
    "strength", "Strength against the other side", 4,
    ((0, "Cannot hold"), (1, "Much weaker"), (2, "Clearly weaker"), (3, "A little weaker"), (4, "As strong")),
)  # fmt: skip
STRENGTH_ALONE = replace(STRENGTH, name="strength_alone", title="Strength against before the injury")
EFFORT = Scale(
    "effort", "Effort of the last session", 10,
    ((0, "0 nothing"), (3, "3 moderate"), (5, "5 hard"), (7, "7 very hard"), (10, "10 the most")),
)  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A column of the table beside a chart: its heading and what stands in it for a check-in."""

    label: str
    value: Callable[[CheckIn], str]


@dataclass(frozen=True)
class Row:
    """A line of the table: a day, its figures, and the codes of what happened on it."""

    on: date
    cells: tuple[tuple[str, str], ...]
    codes: str


@dataclass(frozen=True)
class Picture:
    """A chart, the table with the same figures, newest first, and what the chart shows in one sentence."""

    chart: Chart
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    words: str

    @property
    def title(self) -> str:
        """What is measured."""
        return self.chart.scale.title


@dataclass(frozen=True)
class Trend:
    """What was told about one injury, drawn. `marks` are those on the charts, `earlier` happened long before."""

    told: Told
    marks: tuple[Mark, ...]
    earlier: tuple[Mark, ...]
    pictures: tuple[Picture, ...]

    @property
    def key(self) -> str:
        """A word that names this trend on a page."""
        return str(self.told.injury or "none")


def of_ten(value: int | None) -> str:
    """Return a figure from 0 to 10, or a dash where none was told."""
    return "–" if value is None else str(value)


def _effort(row: CheckIn) -> str:
    return "–" if row.effort is None else f"{row.effort} {effort_word(row.effort)}"


COLUMNS = {
    "pain": (
        Column("Now", lambda row: of_ten(row.pain_now)), Column("Worst", lambda row: of_ten(row.pain_worst)),
        Column("Session", lambda row: of_ten(row.pain_session)),
        Column("Morning", lambda row: of_ten(row.pain_morning)),
    ),
    "strength": (Column("Strength", lambda row: str(Strength(row.strength).label)),),
    "strength_alone": (Column("Strength", lambda row: strength_word(row.strength, other_side=False)),),
    "effort": (Column("Effort", _effort), Column("Load", lambda row: str(Load(row.load).label) if row.load else "–")),
}  # fmt: skip


def trends_of(client: Client, *, holds: Iterable[HoldAnswer], since: date | None = None) -> list[Trend]:
    """Return a client's trends since a day, newest told first, in a constant number of queries. `holds` are all of the
    client's, as `holds_with_answers` returns them."""
    zone = ZoneInfo(client.studio.time_zone)
    stops = sorted(holds, key=lambda one: one.hold.at)
    common = [Mark(signed_day(one), "decision", f"{said(one)}.") for one in words_of(client.pk)]
    common += [Mark(one.hold.at.astimezone(zone).date(), "hold", f"Hold: {one.hold.reason}") for one in stops]
    return [_trend(told, common) for told in told_about(client.pk, since=since)]


def _trend(told: Told, common: list[Mark]) -> Trend:
    sessions = [Mark(one.performed_on, "treatment", f"Treatment, {session_words(one)}.") for one in told.sessions]
    span = span_of([row.on for row in told.rows], sessions + common)
    if span is None:
        raise ValueError("a trend without a check-in")
    seen = numbered(one for one in sessions + common if one.on >= span[0])
    earlier = sorted((one for one in sessions + common if one.on < span[0]), key=lambda one: one.on)
    strength = STRENGTH if told.other_side else STRENGTH_ALONE
    scales = [PAIN, strength] + ([EFFORT] if any(row.effort is not None for row in told.rows) else [])
    pictures = tuple(_picture(scale, told, seen, span) for scale in scales)
    return Trend(told, seen, tuple(earlier), pictures)


def _picture(scale: Scale, told: Told, marks: tuple[Mark, ...], span: tuple[date, date]) -> Picture:
    drawn = chart(scale, _series(scale, told.rows), marks, span)
    columns = [one for one in COLUMNS[scale.name] if any(one.value(row) != "–" for row in told.rows)]
    return Picture(drawn, tuple(one.label for one in columns), _rows(columns, told.rows, marks), _words(drawn, marks))


def _series(scale: Scale, rows: Iterable[CheckIn]) -> list[Series]:
    if scale in (STRENGTH, STRENGTH_ALONE):
        figures = [(row.on, None if row.strength == Strength.UNSURE else row.strength) for row in rows]
        return [Series("strength", "Strength", tuple(Reading(*one) for one in figures))]
    if scale is EFFORT:
        return [_told("effort", "Effort", rows)]
    return [_told("pain_now", "Now", rows), _told("pain_worst", "Worst since the check-in before", rows)]


def _told(name: str, label: str, rows: Iterable[CheckIn]) -> Series:
    figures = [(row.on, getattr(row, name)) for row in rows]
    return Series(name, label, tuple(Reading(on, value) for on, value in figures if value is not None))


def _rows(columns: list[Column], rows: Sequence[CheckIn], marks: Iterable[Mark]) -> tuple[Row, ...]:
    """Newest first. What happened on a day without a check-in has a line of its own."""
    codes: dict[date, list[str]] = {}
    for mark in marks:
        codes.setdefault(mark.on, []).append(mark.code)
    told = [(row.on, tuple((one.label, one.value(row)) for one in columns)) for row in reversed(rows)]
    days = {on for on, _ in told}
    told += [(on, tuple((one.label, "") for one in columns)) for on in codes if on not in days]
    return tuple(
        Row(on, cells, ", ".join(codes.get(on, []))) for on, cells in sorted(told, key=lambda one: one[0], reverse=True)
    )


def _words(drawn: Chart, marks: Iterable[Mark]) -> str:
    """The chart in words, for whoever does not see it."""
    said = [f"{one.label}: {_from_to(drawn.scale, [dot.value for dot in one.dots])}." for one in drawn.strokes]
    codes = [one.code for one in marks]
    said += [f"Marked: {', '.join(codes)}."] if codes else []
    return " ".join([f"From {_day(drawn.first)} to {_day(drawn.last)}.", *said, "The same figures are in the table."])


def _from_to(scale: Scale, values: list[Any]) -> str:
    words = [_step(scale, one) for one in (values[0], values[-1])]
    return words[0] if len(values) == 1 else f"first {words[0]}, last {words[1]}"


def _step(scale: Scale, value: int | None) -> str:
    if value is None:
        return "not sure"
    return dict(scale.steps)[value].lower() if scale is STRENGTH else f"{value} of {scale.top}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
