"""When something is told: reminders, endings, quiet hours. Pure."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
REMIND_AFTER = timedelta(days=3)
# A mark that was missed for longer is not worth a mail any more.
STALE = timedelta(days=7)
ENDING_MARKS = (1, 7, 14)


def reminder_marks(asked_at: datetime, expires_at: datetime | None) -> list[datetime]:
    """Return the moments at which a physician is reminded of a question: three days after it was last asked, and a day
    before its link ends; never within a day of the question, of the link's end or of each other."""
    marks = [asked_at + REMIND_AFTER]
    if expires_at is not None:
        last = expires_at - DAY
        marks = [one for one in marks if one <= last - DAY] + [last]
    return [one for one in marks if one >= asked_at + DAY]


def ending_mark(signed_on: date, valid_until: date, today: date) -> int | None:
    """Return the tightest mark, in days before the end, that is reached; None when none is, when the end has passed,
    and when the whole clearance was no longer than that."""
    left = (valid_until - today).days
    mark = next((one for one in ENDING_MARKS if 0 <= left <= one), None)
    return mark if mark is not None and (valid_until - signed_on).days > mark else None


def after_quiet(moment: datetime, quiet_from: time | None, quiet_until: time | None, zone: str) -> datetime:
    """Return the moment, or the end of the quiet hours (of the clock in `zone`, may cross midnight) that it lies in."""
    if quiet_from is None or quiet_until is None or quiet_from == quiet_until:
        return moment
    local = moment.astimezone(ZoneInfo(zone))
    clock, crosses = local.time(), quiet_from > quiet_until
    quiet = clock >= quiet_from or clock < quiet_until if crosses else quiet_from <= clock < quiet_until
    if not quiet:
        return moment
    day = local.date() + DAY if crosses and clock >= quiet_from else local.date()
    return max(moment, datetime.combine(day, quiet_until, tzinfo=ZoneInfo(zone)))
