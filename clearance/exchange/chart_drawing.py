"""Draws a chart on paper, in black: what is who shows by dashes and by the shape of the dots."""

from collections.abc import Callable
from dataclasses import dataclass

from clearance.exchange.charts import Chart, Dot, Post, Stroke
from clearance.exchange.fonts import width
from clearance.exchange.pen import Pen

DASHES: dict[str, tuple[float, ...]] = {"treatment": (), "decision": (5, 3), "hold": (1.5, 2.5), "pain_worst": (4, 2.5)}
THICK = {"treatment": 1.0, "decision": 1.0, "hold": 1.6}
FINE, LINE = 0.75, 1.8  # the lines behind the figures, and the lines of the figures
DOT, SMALL = 2.6, 1.4


@dataclass(frozen=True)
class Place:
    """Where a chart goes: its upper left corner, how wide and how high it becomes, and the size of its words."""

    x: float
    y: float
    wide: float
    high: float
    size: float


def draw_chart(pen: Pen, chart: Chart, place: Place) -> None:
    """Draw a chart. Its words keep their size, however it is stretched."""
    paper = _Paper(pen, chart, place)
    _grid(paper)
    for post in chart.posts:
        _post(paper, post)
    for name in chart.names:
        paper.name(name.x, name.y, name.label)
    for stroke in chart.strokes:
        _stroke(paper, stroke)


class _Paper:
    def __init__(self, pen: Pen, chart: Chart, place: Place) -> None:
        self.pen, self.chart, self.place = pen, chart, place

    def x(self, x: float) -> float:
        return self.place.x + x * self.place.wide / self.chart.wide

    def y(self, y: float) -> float:
        return self.place.y - y * self.place.high / self.chart.high

    def line(self, points: list[tuple[float, float]], weight: float, dashes: tuple[float, ...] = ()) -> None:
        canvas = self.pen.canvas
        canvas.saveState()
        canvas.setLineWidth(weight)
        canvas.setDash(*([list(dashes)] if dashes else [[]]))
        path = canvas.beginPath()
        path.moveTo(self.x(points[0][0]), self.y(points[0][1]))
        for x, y in points[1:]:
            path.lineTo(self.x(x), self.y(y))
        canvas.drawPath(path)
        canvas.restoreState()

    def words(self, x: float, y: float, text: str, *, middle: bool = False, bold: bool = False) -> None:
        wide = width(text, self.place.size)
        start = self.x(x) - (wide / 2 if middle else wide)
        start = min(max(start, self.place.x), self.place.x + self.place.wide - wide)
        self.pen.write(start, self.y(y), text, self.place.size, bold=bold)

    def name(self, x: float, y: float, label: str) -> None:
        """Letters on white, so that a line of another kind does not cross them out."""
        canvas, size = self.pen.canvas, self.place.size
        half = width(label, size) / 2 + 1
        canvas.setFillGray(1)
        canvas.rect(self.x(x) - half, self.y(y) - size * 0.45, 2 * half, size * 0.9, stroke=0, fill=1)
        canvas.setFillGray(0)
        self.words(x, y, label, middle=True, bold=True)


def _grid(paper: _Paper) -> None:
    chart = paper.chart
    for step in chart.steps:
        paper.line([(chart.left, step.at), (chart.right, step.at)], FINE)
        paper.words(chart.left - 5, step.at, step.label)
    paper.line([(chart.left, chart.top), (chart.left, chart.floor)], FINE)
    for day in chart.days:
        paper.line([(day.at, chart.floor), (day.at, chart.floor + 3)], FINE)
        paper.words(day.at, chart.floor + 12, day.label, middle=True)


def _post(paper: _Paper, post: Post) -> None:
    paper.line([(post.x, post.top), (post.x, paper.chart.floor)], THICK[post.kind], DASHES[post.kind])


def _stroke(paper: _Paper, stroke: Stroke) -> None:
    for points in stroke.lines:
        places = [tuple(map(float, one.split(","))) for one in points.split()]
        paper.line([(x, y) for x, y in places], LINE, DASHES.get(stroke.key, ()))
    shape = _diamond if stroke.key == "pain_worst" else _circle
    for dot in stroke.dots:
        shape(paper, dot, SMALL if paper.chart.crowded else DOT)


Shape = Callable[[_Paper, Dot, float], None]


def _circle(paper: _Paper, dot: Dot, radius: float) -> None:
    canvas = paper.pen.canvas
    canvas.setLineWidth(1)
    if not dot.sure:
        canvas.setFillGray(1)
    canvas.circle(paper.x(dot.x), paper.y(dot.y), radius, stroke=1, fill=1)
    canvas.setFillGray(0)


def _diamond(paper: _Paper, dot: Dot, radius: float) -> None:
    canvas, x, y, half = paper.pen.canvas, paper.x(dot.x), paper.y(dot.y), radius * 1.25
    canvas.setLineWidth(1)
    canvas.setFillGray(1)
    path = canvas.beginPath()
    path.moveTo(x, y + half)
    for across, up in ((half, 0), (0, -half), (-half, 0)):
        path.lineTo(x + across, y + up)
    path.close()
    canvas.drawPath(path, stroke=1, fill=1)
    canvas.setFillGray(0)
