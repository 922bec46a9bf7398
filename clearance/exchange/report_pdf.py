"""The report before a re-evaluation as one black-and-white page, whatever stands in it and however much."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

from clearance.exchange.chart_drawing import Place, draw_chart
from clearance.exchange.charts import Mark
from clearance.exchange.fonts import UNKNOWN, printable, width, wrapped
from clearance.exchange.pen import PAGE_HEIGHT, PAGE_WIDTH, Column, Pen
from clearance.exchange.report import HEADINGS, Report

LEFT, TOP, BOTTOM = 40.0, 28.0, 26.0
WIDE = PAGE_WIDTH - 2 * LEFT
LABEL = 74.0
SHARES = (0.14, 0.18, 0.055, 0.07, 0.085, 0.09, 0.15, 0.07, 0.16)
FOOT = 40.0
CUT = " …"
PROMISE = "As the client and the trainer told it, and the studio recorded it. No return date is computed."


@dataclass(frozen=True)
class Look:
    """How large the words and how high the lines, how high a chart, and how much of each part has room: rows of the
    table, entries of a list, and lines of an entry."""

    size: float
    high: float
    chart: float
    rows: int
    entries: int
    lines: int


# From the roomiest to the tightest. The last one fits whatever stands in it; words that have no room end in dots.
LOOKS = (
    Look(10, 13, 142, 8, 8, 4),
    Look(9.5, 12.4, 136, 8, 6, 3),
    Look(9.5, 12, 132, 8, 5, 2),
    Look(9.5, 11.8, 126, 8, 4, 2),
    Look(9.5, 11.6, 120, 6, 3, 2),
    Look(9.5, 11.4, 112, 4, 3, 1),
)


def report_pdf(report: Report) -> bytes:
    """Return the report as a PDF of one page, the same bytes for the same report."""
    said = _printable(report)
    for look in LOOKS:
        pen, column = _set(said, look)
        if column.y >= BOTTOM + FOOT or look is LOOKS[-1]:
            _foot(pen, said)
            break
    return pen.done()


def _printable(report: Report) -> Report:
    changed: dict[str, Any] = {}
    for name, value in ((field.name, getattr(report, field.name)) for field in fields(report)):
        if isinstance(value, str):
            changed[name] = printable(value)
        elif name == "table":
            changed[name] = tuple(tuple(printable(cell) for cell in row) for row in value)
        elif isinstance(value, tuple):
            changed[name] = tuple(one for one in map(printable, value) if one)
    return replace(report, **changed)


def _set(report: Report, look: Look) -> tuple[Pen, Column]:
    pen = Pen("Report before a re-evaluation")
    column = Column(pen, LEFT, WIDE, PAGE_HEIGHT - TOP, look.size, look.high)
    for block in (_head, _patient, _facts, _charts, _table, _after):
        block(column, report, look)
        column.y -= look.high / 3
    return pen, column


def _clip(text: str, size: float, room: float, most: int) -> list[str]:
    lines = wrapped(text, size, room)
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and width(last + CUT, size) > room:
        last = last[:-1]
    return [*lines[: most - 1], last.rstrip() + CUT]


def _write(column: Column, text: str, most: int, *, size: float = 0, high: float = 0, **how: Any) -> None:
    size, high = size or column.size, high or column.high
    for line in _clip(text, size, column.wide, most):
        column.text(line, size=size, high=high, **how)


def _head(column: Column, report: Report, look: Look) -> None:
    title, made = column.part(0, WIDE * 0.58), column.part(WIDE * 0.6, WIDE * 0.4)
    _write(title, "Report before a re-evaluation", 1, size=16, high=22, bold=True)
    _write(title, f"For {report.physician}", 1)
    _write(made, " ".join(filter(None, [report.studio, report.studio_phone])), 2, right=True, bold=True)
    _write(made, f"Prepared on {_day(report.prepared_on)} by {report.prepared_by}", 1, right=True)
    column.below(title, made)
    column.pen.rule(LEFT, column.y - 2, LEFT + WIDE, 1.5)
    column.y -= 4


def _patient(column: Column, report: Report, look: Look) -> None:
    name, born = column.part(0, WIDE * 0.78), column.part(WIDE * 0.8, WIDE * 0.2)
    _write(name, f"Patient: {report.client_name}", 1, size=13, high=18, bold=True)
    _write(born, f"born {report.born_in}", 1, size=13, high=18, bold=True, right=True)
    column.below(name, born)


def _facts(column: Column, report: Report, look: Look) -> None:
    _list(column, "Injuries", report.injuries, look)
    _list(column, "Treatment", report.courses, look)
    _list(column, "Trend", report.summaries or ("No check-in in the last twelve months.",), look)


def _list(column: Column, label: str, said: Iterable[str], look: Look) -> None:
    """Entries under their label: as many as there is room for, and how many more there are."""
    entries = list(said) or ["None recorded."]
    shown = entries[: look.entries]
    more = len(entries) - len(shown)
    name, text = column.part(0, LABEL), column.part(LABEL, WIDE - LABEL)
    _write(name, label, 1, bold=True)
    for one in shown:
        _write(text, one, look.lines)
    if more:
        _write(text, f"And {more} more: ask the studio.", 1)
    column.below(name, text)


def _charts(column: Column, report: Report, look: Look) -> None:
    if report.trend is None:
        return
    # Three charts have the room of two.
    high = look.chart * 2 / max(2, len(report.trend.pictures))
    for picture in report.trend.pictures:
        lines = " (line with dots: now; dashes with diamonds: worst)" if len(picture.chart.strokes) > 1 else ""
        _write(column, f"{printable(report.trend.told.place)}: {picture.title.lower()}{lines}", 1, bold=True)
        draw_chart(column.pen, picture.chart, Place(LEFT, column.y, WIDE, high, 9.5))
        column.y -= high + 4
    codes = "; ".join(_mark(one) for one in reversed(report.trend.marks))
    if codes:
        _write(column, f"T treatment session, D decision, H hold. {printable(codes)}.", look.lines)


def _mark(mark: Mark) -> str:
    """What a hold was for stands further down."""
    return f"{mark.code} {_day(mark.on)}" + ("" if mark.kind == "hold" else f": {mark.words.rstrip('.')}")


def _table(column: Column, report: Report, look: Look) -> None:
    if not report.table:
        return
    rows = report.table[: look.rows]
    _write(column, f"Latest check-ins ({len(rows)} of {report.told}), pain and effort of 10", 1, bold=True)
    for row in (HEADINGS, *rows):
        _cells(column, row)


def _cells(column: Column, row: Iterable[str]) -> None:
    start, size = 0.0, 9.5
    for share, cell in zip(SHARES, row, strict=True):
        for line in _clip(cell, size, share * WIDE - 4, 1):
            column.pen.write(column.x + start, column.y - column.high / 2, line, size)
        start += share * WIDE
    column.y -= column.high
    column.pen.rule(column.x, column.y, column.x + WIDE, 0.75)


def _after(column: Column, report: Report, look: Look) -> None:
    _list(column, "Holds, flags", report.stops, look)
    _list(column, "Readiness", report.readiness, look)
    if UNKNOWN in repr(report):
        _write(column, f"The mark {UNKNOWN} stands for a letter that cannot be printed here.", 1)


def _foot(pen: Pen, report: Report) -> None:
    column = Column(pen, LEFT, WIDE, BOTTOM + FOOT - 6, 9.5, 11.4)
    pen.rule(LEFT, column.y, LEFT + WIDE)
    column.y -= 3
    _write(column, PROMISE, 1)
    _write(column, f"Trainer: {report.trainer}. Holds are answered by a physician's later decision only.", 2)


def _day(day: Any) -> str:
    return f"{day.day} {day:%b %Y}"
