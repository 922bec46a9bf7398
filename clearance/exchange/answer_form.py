"""The part of the letter that a physician fills in by hand: boxes to tick, blanks and lines to write on."""

from dataclasses import dataclass

from clearance.exchange.fonts import TICK, TICK_SIZE, width, wrapped
from clearance.exchange.pen import Column

LABEL, TITLE = 78.0, 96.0  # room for the words at the left edge
GUTTER = 18.0
HANG = TICK_SIZE + 6
NOTE, MOST_NOTES = 21.0, 7  # a line to write on, in points, and how many at most
LEAST_LINE = 60.0  # a shorter line to write on goes to the next row

DECISIONS = (
    "Cleared for what is planned",
    "Cleared with the restrictions below",
    "Not until treatment concludes",
    "Not cleared",
)
OTHER_ANSWERS = ("I need to know more (say what):", "Guidance only, no clearance", "Not my patient")
SPAN = "From ____ / ____ / ______ until ____ / ____ / ______ (required for a clearance: a day, month and year)"
WIDEST_ROW = 10.0  # the largest size at which the row above stays one line
HOLDS = "Holds through further treatment sessions:   ☐yes   ☐no, ask again after the next one"
REST = "Rest days after each session: _____"
REST_BRIEF = "Rest days after each: ___"
UNLISTED = "Anything not listed is:   ☐allowed within the plan   ☐not allowed"


@dataclass(frozen=True)
class Look:
    """How large the words, how high the lines, the rows to fill in, the gaps, and the rows to sign, all in points.

    `notes` counts the least free lines; `dense` runs items on in one paragraph.
    """

    size: float
    high: float
    row: float
    gap: float
    signed: float
    notes: int
    dense: bool = False


def outcomes(column: Column, look: Look) -> None:
    """Print the answers, one to tick."""
    _ticks(column, look, DECISIONS, OTHER_ANSWERS)


def _ticks(column: Column, look: Look, *sides: tuple[str, ...]) -> None:
    half = (column.wide - GUTTER) / 2
    columns = [column.part(place * (half + GUTTER), half) for place in range(len(sides))]
    for side, labels in zip(columns, sides, strict=True):
        for label in labels:
            _tick(side, look, label)
    column.below(*columns)


def _tick(column: Column, look: Look, label: str) -> None:
    words, y = column.part(HANG, column.wide - HANG), column.y - look.row / 2
    lines = wrapped(label, look.size, words.wide)
    used = width(f"{lines[-1]} ", look.size)
    if asks := label.endswith(":"):
        lines, used = (lines, used) if words.wide - used >= LEAST_LINE else ([*lines, ""], 0.0)
    column.pen.write(column.x, y, TICK, look.size)
    for place, line in enumerate(lines):
        column.pen.write(words.x, y - place * look.high, line, look.size)
    if asks:
        _line(words, used, y - (len(lines) - 1) * look.high)
    column.y -= look.row + (len(lines) - 1) * look.high


def _line(column: Column, start: float, y: float) -> None:
    column.pen.rule(column.x + start, y - 6, column.x + column.wide)


def terms(column: Column, look: Look) -> None:
    """Print from when until when a clearance holds, and what a treatment session does to it."""
    brief = f"{HOLDS.replace('   ', '  ')}  {REST_BRIEF}"
    for row in (SPAN, brief) if look.dense else (SPAN, HOLDS, REST):
        column.text(row, size=min(look.size, WIDEST_ROW), high=look.row)


def restrictions(column: Column, look: Look, labels: tuple[str, ...]) -> None:
    """Print the restrictions to tick, two or three of them free."""
    column.pen.write(column.x, column.y - look.row / 2, "Restrictions", 13, bold=True)
    column.pen.write(column.x + TITLE, column.y - look.row / 2, UNLISTED, look.size)
    column.y -= look.row + 1
    rows = labels + ("Other:",) * (2 + len(labels) % 2)
    _ticks(column, look, rows[: len(rows) // 2], rows[len(rows) // 2 :])


def notes(column: Column, look: Look, end: float) -> None:
    """Print lines to write on, as many as there is room for above the height `end`."""
    label = "In your own words:"
    _line(column, width(f"{label} ", look.size), column.y - NOTE / 2)
    column.text(label, high=NOTE)
    for _ in range(min(MOST_NOTES, int((column.y - end) / NOTE))):
        _line(column, 0, column.y - NOTE / 2)
        column.y -= NOTE


def signature(column: Column, look: Look) -> None:
    """Print where to sign. No name stands there beforehand, so that another hand shows."""
    middle = column.wide * 0.44
    _field(column, look, "Printed name", 0, column.wide)
    column.y -= look.signed
    _field(column, look, "Credential", 0, middle)
    _field(column, look, "Licence number", middle + 12, column.wide)
    column.y -= look.signed
    _field(column, look, "Signature", 0, column.wide)
    column.y -= look.signed
    column.pen.write(column.x, column.y - look.signed / 2, "Date", look.size)
    column.pen.write(column.x + LABEL, column.y - look.signed / 2, "____ / ____ / ______ (day, month, year)", look.size)
    column.y -= look.signed


def _field(column: Column, look: Look, label: str, start: float, end: float) -> None:
    y = column.y - look.signed / 2
    column.pen.write(column.x + start, y, label, look.size)
    used = width(f"{label} ", look.size) if start else LABEL
    column.pen.rule(column.x + start + used, y - 6, column.x + end)
