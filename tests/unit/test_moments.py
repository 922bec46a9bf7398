"""When something is told: pure arithmetic on moments."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from clearance.gate.rule import Code
from clearance.notices.moments import after_quiet, ending_mark, reminder_marks
from clearance.notices.routes import ROUTES, SHUTTING, SHUTTING_MANY, SUBJECTS, WHY, Kind

DAY = timedelta(days=1)
ASKED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OURS = Path(__file__).resolve().parents[2] / "clearance"


def quiet(clock: str, start: str, end: str, zone: str = "UTC") -> str:
    moment = datetime.fromisoformat(f"2026-03-02T{clock}:00+00:00")
    moved = after_quiet(moment, time.fromisoformat(start), time.fromisoformat(end), zone)
    return f"{moved.astimezone(UTC):%d %H:%M}"


@pytest.mark.parametrize(
    ("clock", "start", "end", "moved"),
    [
        ("21:59", "22:00", "07:00", "02 21:59"),
        ("22:00", "22:00", "07:00", "03 07:00"),
        ("03:00", "22:00", "07:00", "02 07:00"),
        ("07:00", "22:00", "07:00", "02 07:00"),
        ("12:30", "12:00", "14:00", "02 14:00"),
        ("14:00", "12:00", "14:00", "02 14:00"),
        ("11:59", "12:00", "14:00", "02 11:59"),
        ("12:00", "09:00", "09:00", "02 12:00"),
    ],
)
def test_quiet_hours_end_before_anything_is_heard(clock, start, end, moved):
    assert quiet(clock, start, end) == moved


def test_quiet_hours_are_those_of_the_studios_clock():
    assert quiet("02:30", "20:00", "07:00", "America/New_York") == "02 12:00"


def test_an_end_in_the_hour_that_a_clock_change_leaves_out_is_never_before_the_moment():
    moment = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # half an hour before London's clock goes from 1 to 2
    moved = after_quiet(moment, time(23), time(1, 30), "Europe/London")
    assert moment <= moved <= moment + timedelta(hours=1)


def test_without_both_ends_there_are_no_quiet_hours():
    assert after_quiet(ASKED, time(1), None, "UTC") == ASKED


@pytest.mark.parametrize(
    ("days", "marks"), [(7, [3, 6]), (5, [3, 4]), (4, [3]), (3, [2]), (2, [1]), (1, []), (30, [3, 29]), (None, [3])]
)
def test_reminders_keep_a_day_from_the_question_the_end_and_each_other(days, marks):
    expires = None if days is None else ASKED + days * DAY
    assert [(one - ASKED).days for one in reminder_marks(ASKED, expires)] == marks


@pytest.mark.parametrize(
    ("left", "length", "mark"),
    [
        (15, 90, None), (14, 90, 14), (8, 90, 14), (7, 90, 7), (2, 90, 7), (1, 90, 1), (0, 90, 1), (-1, 90, None),
        (14, 14, None), (10, 10, None), (7, 10, 7), (1, 1, None), (1, 2, 1),
    ],
)  # fmt: skip
def test_the_tightest_mark_that_is_reached_counts_and_none_that_is_longer_than_the_clearance(left, length, mark):
    end = date(2026, 6, 30)
    assert ending_mark(end - length * DAY, end, end - left * DAY) == mark


def test_every_action_in_the_table_is_written_by_somebody():
    text = "".join(one.read_text() for one in OURS.rglob("*.py") if "notices" not in one.parts)
    assert [one for one in {*ROUTES, *SHUTTING, *SHUTTING_MANY} if f'"{one}"' not in text] == []


def test_every_reason_and_every_kind_has_words():
    assert set(WHY) == set(Code)
    assert set(SUBJECTS) == set(Kind)
