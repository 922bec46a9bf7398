"""What draws on a page: words, rules, tick boxes and codes, in black only, and thick enough for a fax."""

from dataclasses import dataclass
from io import BytesIO
from threading import Lock

import segno
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from clearance.exchange.fonts import BLANK, BLANK_EMS, FACE, TICK, TICK_SIZE, face, printable, width, wrapped

PAGE_WIDTH, PAGE_HEIGHT = A4
HALF_CAPITAL = 0.357  # of the size: words stand centred on their line by the height of a capital
LINE = 1.0
_saving = Lock()  # the typeface keeps its place in the file while it is cut down to the letters used


class Pen:
    """A document in the making. All measures in points, from the lower left corner."""

    def __init__(self, title: str) -> None:
        face()
        self._buffer = BytesIO()
        self.canvas = Canvas(self._buffer, pagesize=A4, invariant=1, lang="en", initialFontName=FACE)
        self.canvas.setTitle(printable(title))
        self.canvas.setViewerPreference("DisplayDocTitle", "true")

    def write(self, x: float, y: float, text: str, size: float, *, bold: bool = False) -> None:
        """Write one line, its capitals centred on the height `y`. Blanks become lines, tick signs boxes."""
        base = y - HALF_CAPITAL * size
        for part in BLANK.split(text.replace(TICK, f"\0{TICK}\0")):
            for piece in part.split("\0"):
                x = self._piece(x, base, piece, size, bold)

    def _piece(self, x: float, base: float, piece: str, size: float, bold: bool) -> float:
        wide = width(piece, size)
        if piece == TICK:
            self.box(x, base + HALF_CAPITAL * size - TICK_SIZE / 2, TICK_SIZE, TICK_SIZE)
        elif BLANK.fullmatch(piece):
            self.rule(x, base - 2, x + len(piece) * BLANK_EMS * size)
        elif piece:
            self._words(x, base, piece, size, bold)
        return x + wide

    def _words(self, x: float, base: float, words: str, size: float, bold: bool) -> None:
        self.canvas.saveState()
        text = self.canvas.beginText(x, base)
        text.setFont(FACE, size)
        if bold:
            # The typeface comes in one weight: bold is the same letters with a drawn outline.
            self.canvas.setLineWidth(size * 0.038)
            text.setTextRenderMode(2)
        text.textOut(words)
        self.canvas.drawText(text)
        self.canvas.restoreState()

    def rule(self, x: float, y: float, to: float, weight: float = LINE) -> None:
        """Draw a line across, `weight` points thick."""
        self.canvas.setLineWidth(weight)
        self.canvas.line(x, y, to, y)

    def box(self, x: float, y: float, wide: float, high: float, weight: float = LINE) -> None:
        """Draw an empty box from its lower left corner."""
        self.canvas.setLineWidth(weight)
        self.canvas.rect(x, y, wide, high)

    def code(self, x: float, y: float, side: float, code: segno.QRCode) -> None:
        """Draw a QR code without its quiet zone, from its lower left corner."""
        step = side / len(code.matrix)
        for row, modules in enumerate(code.matrix):
            for start, end in _runs(modules):
                top = y + side - row * step
                self.canvas.rect(x + start * step, top - step, (end - start) * step, step, stroke=0, fill=1)

    def turn(self) -> None:
        """Begin the next page."""
        self.canvas.showPage()

    def done(self) -> bytes:
        """Return the finished file."""
        with _saving:
            self.canvas.save()
        return self._buffer.getvalue()


def _runs(modules: bytearray) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for place, dark in enumerate(modules):
        if dark and runs and runs[-1][1] == place:
            runs[-1] = (runs[-1][0], place + 1)
        elif dark:
            runs.append((place, place + 1))
    return runs


@dataclass
class Column:
    """A place to write downwards: `y` is where the next line begins."""

    pen: Pen
    x: float
    wide: float
    y: float
    size: float
    high: float

    def text(self, text: str, *, size: float = 0, high: float = 0, bold: bool = False, right: bool = False) -> None:
        """Write a text over as many lines as it takes."""
        size, high = size or self.size, high or self.high
        for line in wrapped(text, size, self.wide):
            shift = self.wide - width(line, size) if right else 0
            self.pen.write(self.x + shift, self.y - high / 2, line, size, bold=bold)
            self.y -= high

    def part(self, start: float, wide: float) -> "Column":
        """Return a column inside this one, beginning at the same height."""
        return Column(self.pen, self.x + start, wide, self.y, self.size, self.high)

    def below(self, *others: "Column") -> None:
        """Go on below the longest of the columns."""
        self.y = min(self.y, *(other.y for other in others))
