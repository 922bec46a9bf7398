"""The geometry of charts, on data: every figure and every mark lies where its day is."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearance.exchange.charts import (
    AXIS,
    INSIDE,
    KINDS,
    LEFT,
    RIGHT,
    WIDE,
    Mark,
    Reading,
    Scale,
    Series,
    chart,
    numbered,
    span_of,
)

PAIN = Scale("pain", "Pain", 10, ((0, "0"), (5, "5"), (10, "10")))
DAY = date(2027, 3, 1)


def days(*places):
    return [DAY + timedelta(days=place) for place in places]


def pain(*told):
    return Series("now", "Now", tuple(Reading(DAY + timedelta(days=place), value) for place, value in told))


def drawn(*told, marks=()):
    series = pain(*told)
    known = numbered(marks)
    return chart(PAIN, [series], known, span_of([one.on for one in series.readings], known))


def test_no_reading_gives_nothing_to_draw():
    assert span_of([], [Mark(DAY, "hold", "Stop")]) is None


def test_a_reading_alone_stands_in_the_middle_with_its_day_below_and_no_line():
    one = drawn((0, 7))
    (dot,) = one.strokes[0].dots
    assert dot.x == one.days[0].at == (LEFT + RIGHT) / 2
    assert one.days[0].label == "1 Mar"
    assert one.strokes[0].lines == ()


def test_the_first_and_the_last_day_stand_at_the_ends_and_the_half_in_the_middle():
    xs = [dot.x for dot in drawn((0, 1), (5, 2), (10, 3)).strokes[0].dots]
    assert xs == [LEFT + INSIDE, (LEFT + RIGHT) / 2, RIGHT - INSIDE]


def test_no_pain_lies_at_the_bottom_and_the_worst_at_the_top():
    found = drawn((0, 0), (1, 10), (2, 5))
    assert [dot.y for dot in found.strokes[0].dots] == [found.bottom, found.top, (found.bottom + found.top) / 2]


def test_a_mark_stands_at_the_place_of_its_day():
    found = drawn((0, 7), (20, 1), marks=[Mark(days(10)[0], "treatment", "Session 1")])
    assert found.posts[0].x == (LEFT + RIGHT) / 2


def test_marks_are_numbered_by_day_each_kind_for_itself():
    marks = [Mark(days(9)[0], "hold", "b"), Mark(days(1)[0], "hold", "a"), Mark(days(3)[0], "treatment", "c")]
    assert [(one.code, one.words) for one in numbered(marks)] == [("H1", "a"), ("T1", "c"), ("H2", "b")]


def test_each_kind_of_mark_has_a_lane_of_its_own_above_the_plot():
    marks = [Mark(DAY, kind, kind) for kind in KINDS]
    found = drawn((0, 1), (9, 2), marks=marks)
    ys = [post.y for post in found.posts]
    assert len(set(ys)) == 3
    assert max(ys) < found.top


def test_marks_too_close_for_letters_of_their_own_share_them_and_keep_their_places():
    marks = [Mark(day, "treatment", "x") for day in days(0, 1, 2, 300)]
    found = drawn((0, 1), (300, 2), marks=marks)
    assert [name.label for name in found.names] == ["T1–3", "T4"]
    assert len({post.x for post in found.posts}) == 4


def test_what_happened_long_before_the_first_reading_is_not_drawn_and_presses_nothing_together():
    old = Mark(DAY - timedelta(days=3650), "treatment", "Long ago")
    found = drawn((0, 1), (10, 2), marks=[old])
    assert found.posts == ()
    assert found.first == DAY


def test_a_session_shortly_before_the_first_reading_is_drawn():
    assert drawn((0, 1), marks=[Mark(DAY - timedelta(days=20), "treatment", "x")]).first == DAY - timedelta(days=20)


def test_not_sure_is_no_figure_the_line_breaks_and_the_dot_lies_below_the_plot():
    found = drawn((0, 1), (1, 2), (2, None), (3, 3), (4, 4))
    assert [len(line.split()) for line in found.strokes[0].lines] == [2, 2]
    (unsure,) = [dot for dot in found.strokes[0].dots if not dot.sure]
    assert found.bottom < unsure.y < found.floor
    assert found.steps[-1].label == "Not sure"


def test_without_a_not_sure_there_is_no_row_for_it():
    found = drawn((0, 1))
    assert found.floor == found.bottom
    assert [step.label for step in found.steps] == ["0", "5", "10"]


@pytest.mark.parametrize(
    ("length", "labels"),
    [
        (0, ["1 Mar"]),
        (1, ["1 Mar", "2 Mar"]),
        (4, ["1 Mar", "2 Mar", "3 Mar", "4 Mar", "5 Mar"]),
        (9, ["1 Mar", "3 Mar", "5 Mar", "7 Mar", "9 Mar"]),
        (30, ["1 Mar", "8 Mar", "15 Mar", "22 Mar", "29 Mar"]),
        (69, ["1 Mar", "15 Mar", "29 Mar", "12 Apr", "26 Apr"]),
        (110, ["Mar 2027", "Apr 2027", "May 2027", "Jun 2027"]),
        (365, ["Apr 2027", "Jul 2027", "Oct 2027", "Jan 2028"]),
        (1200, ["2028", "2029", "2030"]),
        (3653, ["2030", "2035"]),
    ],
)  # fmt: skip
def test_the_days_below_are_few_and_even_from_one_day_to_ten_years(length, labels):
    assert [tick.label for tick in drawn((0, 1), (length, 2)).days] == labels


def test_many_readings_are_drawn_small():
    assert not drawn(*((place, 1) for place in range(40))).crowded
    assert drawn(*((place, 1) for place in range(41))).crowded


told = st.lists(
    st.tuples(st.dates(), st.none() | st.integers(0, 10)).map(lambda one: Reading(*one)), min_size=1, max_size=30
)
happened = st.lists(st.builds(Mark, st.dates(), st.sampled_from(list(KINDS)), st.just("x")), max_size=20)


@settings(deadline=None)
@given(told, happened)
def test_everything_lies_inside_and_the_order_of_days_is_the_order_of_places(readings, marks):
    known = numbered(marks)
    ordered = tuple(sorted(readings, key=lambda one: one.on))
    span = span_of([one.on for one in ordered], known)
    found = chart(PAIN, [Series("now", "Now", ordered)], known, span)
    dots = found.strokes[0].dots
    assert len(dots) == len(ordered)
    assert all(LEFT <= dot.x <= RIGHT and found.top <= dot.y <= found.floor for dot in dots)
    assert all(LEFT <= post.x <= RIGHT and 0 <= post.y < found.top for post in found.posts)
    assert all(0 <= name.x <= WIDE for name in found.names)
    assert found.days or found.first != found.last
    assert all(LEFT <= tick.at <= RIGHT for tick in found.days)
    assert found.high == found.floor + AXIS
    placed = sorted([(dot.on, dot.x) for dot in dots] + _placed(found, known))
    assert [x for _, x in placed] == sorted(x for _, x in placed)
    assert len(dict(placed)) == len(set(placed))


def _placed(found, known):
    on = {mark.code: mark.on for mark in known}
    return [(on[post.code], post.x) for post in found.posts]
