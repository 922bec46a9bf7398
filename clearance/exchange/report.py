"""What a physician reads before a re-evaluation, on one page: the record of a client and the trend, as it stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from clearance.checkins.models import CheckIn, Flag, Readiness
from clearance.checkins.queries import flags_of, readiness_of
from clearance.checkins.scales import DEDICATION, HEALTH, Strength
from clearance.checkins.tiers import STOPS
from clearance.decisions.answers import HoldAnswer, holds_with_answers
from clearance.decisions.queries import open_injuries
from clearance.exchange.trends import A_YEAR, STRENGTH, Trend, of_ten, trends_of
from clearance.injuries.queries import course_progress, course_words, courses_of
from clearance.people.identity import phone_words
from clearance.people.models import Client, Physician, User
from clearance.people.queries import consent_in_force
from clearance.people.refused import Refused

HEADINGS = ("Day", "About", "Now", "Worst", "Session", "Morning", "Strength", "Effort", "Told by")
MOST_ROWS = 8


@dataclass(frozen=True)
class Report:
    """What stands in a report. `table` holds the newest check-ins, a row of HEADINGS each, newest first."""

    studio: str
    studio_phone: str
    trainer: str
    prepared_by: str
    prepared_on: date
    physician: str
    client_name: str
    born_in: int
    injuries: tuple[str, ...]
    courses: tuple[str, ...]
    trend: Trend | None
    summaries: tuple[str, ...]
    told: int
    table: tuple[tuple[str, ...], ...]
    stops: tuple[str, ...]
    readiness: tuple[str, ...]


def report_of(client: Client, physician: Physician, *, by: User, on: date) -> Report:
    """Return the report on a client for a physician. It is made to be sent: raises Refused while the client's consent
    to share with this physician is not in force."""
    if consent_in_force(client.pk, physician.pk, on=on) is None:
        raise Refused(f"{client}'s consent to share with {physician} is not in force, so there is no report to send.")
    studio, holds = client.studio, holds_with_answers(client.pk)
    zone = ZoneInfo(studio.time_zone)
    trends = [one for one in trends_of(client, holds=holds, since=on - A_YEAR) if not one.told.void]
    injuries = open_injuries(client.pk)
    rows = sorted((row for one in trends for row in one.told.rows), key=lambda row: (row.on, row.pk), reverse=True)
    places = {row.pk: one.told.place if one.told.injury else "–" for one in trends for row in one.told.rows}
    return Report(
        studio=studio.name, studio_phone=phone_words(studio.phone), trainer=client.trainer.user.name,
        prepared_by=str(by), prepared_on=on, physician=physician.name, client_name=client.name,
        born_in=client.born.year, injuries=tuple(f"{one}: {_kind(one)}, {one.severity_word}" for one in injuries),
        courses=tuple(_course(one, on) for one in courses_of(client.pk)), trend=trends[0] if trends else None,
        summaries=tuple(f"{one.told.place}: {one.told.summary}." for one in trends), told=len(rows),
        table=tuple(_row(row, places[row.pk]) for row in rows[:MOST_ROWS]),
        stops=(*_holds(holds, zone), *_flags(flags_of(client.pk), zone)),
        readiness=tuple(_readiness(list(readiness_of(client.pk)[:2]))),
    )  # fmt: skip


def _kind(version: Any) -> str:
    return str(version.injury.get_tissue_display()).lower()


def _course(course: Any, on: date) -> str:
    return f"{course_words(course)}: {course_progress(course, on=on)}"


def _row(row: CheckIn, place: str) -> tuple[str, ...]:
    figures = [of_ten(one) for one in (row.pain_now, row.pain_worst, row.pain_session, row.pain_morning)]
    strength = dict(STRENGTH.steps).get(row.strength) or str(Strength(row.strength).label)
    who = str(row.by) if row.by else "the client"
    return (_day(row.on), place, *figures, strength, of_ten(row.effort), who)


def _holds(holds: Iterable[HoldAnswer], zone: ZoneInfo) -> Iterable[str]:
    for one in holds:
        yield f"{_day(one.hold.at.astimezone(zone))}: hold by {one.hold.by or 'a rule'}: {one.hold.reason} {one.words}"


def _flags(flags: Iterable[Flag], zone: ZoneInfo) -> Iterable[str]:
    """Flags that stopped the training stand as holds already."""
    for one in flags:
        if one.tier not in STOPS:
            review = getattr(one, "review", None)
            answer = f"Reviewed by {review.by}: {review.reason}" if review else "Waits for the trainer's review."
            yield f"{_day(one.at.astimezone(zone))}: red flag: {one.sentence} {answer}"


def _readiness(newest: list[Readiness]) -> Iterable[str]:
    for one in newest:
        health, dedication = HEALTH[one.health].partition(":")[0], DEDICATION[one.dedication].partition(":")[0]
        yield (
            f"{_day(one.on)}: level of health {one.health} of 5 ({health}), dedication {one.dedication} of 5 "
            f"({dedication}), usual effort {one.exertion} of 10, trains well up to pain {one.pain_threshold} of 10."
        )


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
