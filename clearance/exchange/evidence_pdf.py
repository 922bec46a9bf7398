"""Documents of several pages, black on white: the copy of a decision, and the evidence file of a client."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby, zip_longest

from clearance.exchange.fonts import UNKNOWN, printable, width, wrapped
from clearance.exchange.pen import PAGE_HEIGHT, PAGE_WIDTH, Pen

LEFT, TOP, BOTTOM = 56.0, 50.0, 40.0
WIDE = PAGE_WIDTH - 2 * LEFT
LABEL, NUMBER = 140.0, 90.0  # room for the terms, and for the number of the page
SIZE, HIGH = 10.0, 14.0
FOOT_SIZE, FOOT_HIGH = 8.5, 11.0
INSIDE, HANG = 12.0, 14.0  # from a ruled box to its words; a line that goes on is set in by the second
FINGERPRINT = re.compile("[0-9a-f]{64}")
TOGETHER = 20  # signed words of up to so many lines stand on one page
GROUP, GROUPS, STEP = 8, 4, 58.0  # a fingerprint stands in groups of eight, four to a line, under one another


@dataclass(frozen=True)
class Section:
    """A part under a title: pairs of a term and its value, then lines in a ruled box, as they were signed."""

    title: str
    pairs: tuple[tuple[str, str], ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Document:
    """What stands in a document. The footer stands on every page."""

    title: str
    lead: str
    sections: tuple[Section, ...]
    footer: str


@dataclass(frozen=True)
class Row:
    """A strip across the page, `high` points: words with where they begin.

    Rows of one `box` are ruled around. A row that `leads` is not left alone at the end of a page.
    """

    high: float
    words: tuple[tuple[float, str], ...] = ()
    size: float = SIZE
    bold: bool = False
    box: int = 0
    leads: bool = False
    ruled: bool = False


def document_pdf(document: Document) -> bytes:
    """Return a document as a PDF of A4 pages, the same bytes for the same document."""
    pen, rows = Pen(document.title), list(_rows(document))
    if any(UNKNOWN in text for row in rows for _, text in row.words):
        rows += _paragraph(f"The mark {UNKNOWN} stands for a letter that cannot be printed here.")
    footer = wrapped(printable(document.footer), FOOT_SIZE, WIDE - NUMBER)
    floor = BOTTOM + FOOT_HIGH * max(len(footer), 1) + 12
    pages = _pages(rows, PAGE_HEIGHT - TOP - floor)
    for number, page in enumerate(pages, start=1):
        _draw(pen, page)
        _foot(pen, footer, floor - 8, f"Page {number} of {len(pages)}")
        pen.turn()
    return pen.done()


def _rows(document: Document) -> Iterator[Row]:
    for line in wrapped(printable(document.title), 18, WIDE):
        yield Row(24, ((0, line),), size=18, bold=True, leads=True)
    yield Row(4, leads=True)
    yield from _paragraph(document.lead)
    for number, section in enumerate(document.sections, start=1):
        yield Row(16)
        yield from _section(section, number)


def _paragraph(text: str) -> Iterator[Row]:
    for line in wrapped(printable(text), SIZE, WIDE):
        yield Row(HIGH, ((0, line),))


def _section(section: Section, number: int) -> Iterator[Row]:
    title = wrapped(printable(section.title), 13, WIDE)
    for place, line in enumerate(title, start=1):
        yield Row(20, ((0, line),), size=13, bold=True, leads=True, ruled=place == len(title))
    yield Row(6, leads=True)
    for term, value in section.pairs:
        yield from _pair(printable(term), printable(value))
    if section.lines:
        yield from _signed(section.lines, number)


def _pair(term: str, value: str) -> Iterator[Row]:
    terms = wrapped(term, SIZE, LABEL - 10)
    fingerprint = FINGERPRINT.fullmatch(value)
    values = _fingerprint(value) if fingerprint else [((LABEL, one),) for one in wrapped(value, SIZE, WIDE - LABEL)]
    for label, words in zip_longest(terms, values):
        yield Row(HIGH, (((0.0, label),) if label else ()) + (words or ()))
    yield Row(2)


def _fingerprint(value: str) -> list[tuple[tuple[float, str], ...]]:
    groups = [value[start : start + GROUP] for start in range(0, len(value), GROUP)]
    lines = [groups[start : start + GROUPS] for start in range(0, len(groups), GROUPS)]
    return [tuple((LABEL + place * STEP, group) for place, group in enumerate(line)) for line in lines]


def _signed(lines: Iterable[str], box: int) -> Iterator[Row]:
    rows = [Row(HIGH, words, box=box) for line in lines for words in _hanging(printable(line))]
    together = len(rows) <= TOGETHER
    yield Row(8, leads=True)
    yield Row(4, box=box, leads=True)
    yield from (replace(row, leads=together) for row in rows)
    yield Row(4, box=box)


def _hanging(line: str) -> Iterator[tuple[tuple[float, str], ...]]:
    for place, part in enumerate(wrapped(line, SIZE, WIDE - 2 * INSIDE - HANG)):
        yield ((INSIDE + (HANG if place else 0), part),)


def _pages(rows: list[Row], room: float) -> list[list[Row]]:
    pages: list[list[Row]] = [[]]
    for row in rows:
        if pages[-1] and sum(one.high for one in pages[-1]) + row.high > room:
            pages.append(_led(pages[-1]))
        if pages[-1] or row.words:
            pages[-1].append(row)
    return pages


def _led(page: list[Row]) -> list[Row]:
    """Take the rows off the end of a page that lead what comes next, for the next page."""
    taken: list[Row] = []
    while len(page) > 1 and page[-1].leads:
        taken.insert(0, page.pop())
    return taken


def _draw(pen: Pen, page: list[Row]) -> None:
    y = PAGE_HEIGHT - TOP
    for box, rows in groupby(page, key=lambda row: row.box):
        top = y
        for row in rows:
            _write(pen, row, y)
            y -= row.high
        if box:
            pen.box(LEFT, y - 3, WIDE, top - y + 6)


def _write(pen: Pen, row: Row, y: float) -> None:
    for start, text in row.words:
        pen.write(LEFT + start, y - row.high / 2, text, row.size, bold=row.bold)
    if row.ruled:
        pen.rule(LEFT, y - row.high, LEFT + WIDE)


def _foot(pen: Pen, footer: list[str], y: float, number: str) -> None:
    pen.rule(LEFT, y, LEFT + WIDE)
    for place, line in enumerate(footer):
        pen.write(LEFT, y - FOOT_HIGH * (place + 1), line, FOOT_SIZE)
    pen.write(LEFT + WIDE - width(number, FOOT_SIZE), y - FOOT_HIGH, number, FOOT_SIZE)
