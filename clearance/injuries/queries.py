"""Read injuries, courses and holds."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber

from clearance.injuries.models import (
    CourseEnd,
    CourseTemplate,
    Hold,
    Injury,
    InjuryVersion,
    PlannedSession,
    TreatmentCourse,
    TreatmentSession,
)
from clearance.people.models import Physician


def current_versions(client: int) -> QuerySet[InjuryVersion]:
    """Return the present version of each of a client's injuries, voided ones too, newest injury first."""
    return (
        InjuryVersion.objects.filter(injury__client=client, until=None)
        .select_related("injury", "supervised_by")
        .order_by("-injury__created_at", "-injury_id")
    )


def current_version(injury: Injury) -> InjuryVersion:
    """Return an injury's present version."""
    return InjuryVersion.objects.select_related("injury", "supervised_by").get(injury=injury, until=None)


def amendments(injury: Injury) -> QuerySet[InjuryVersion]:
    """Return all versions of an injury, newest first."""
    return InjuryVersion.objects.select_related("supervised_by", "by").filter(injury=injury).order_by("-number")


def courses_of(client: int) -> QuerySet[Any]:
    """Return a client's courses, newest first, each with the number of sessions `done`, the `last` one's day, and the
    day `next_on` for which the next one is planned."""
    planned: QuerySet[Any] = PlannedSession.objects.filter(course=OuterRef("pk"), until=None)
    took_place = Q(sessions__corrected_by=None, sessions__took_place=True)
    return (
        TreatmentCourse.objects.filter(injury__client=client)
        .select_related("injury", "physician", "end")
        .annotate(
            done=Count("sessions", filter=took_place),
            last=Max("sessions__performed_on", filter=took_place),
            next_on=Subquery(planned.values("planned_on")[:1]),
        )
        .order_by("-created_at", "-id")
    )


def course_progress(course: Any, *, on: date) -> str:
    """Return how far a course of `courses_of` is, as "3 of 6, next on 12 Mar 2027". `on` is today in the studio:
    a planned day that has passed without a session is not called the next."""
    sessions = "1 session" if course.done == 1 else f"{course.done} sessions"
    done = f"{course.done} of {course.planned_sessions}" if course.planned_sessions else sessions
    end = getattr(course, "end", None)
    if end:
        return f"{done}, {end.kind} on {_day(end.ended_on)}"
    if course.next_on:
        passed = course.next_on < on
        return f"{done}, {'was planned for' if passed else 'next on'} {_day(course.next_on)}"
    return f"{done}, last on {_day(course.last)}" if course.last else f"{done}, none yet"


def course_words(course: TreatmentCourse) -> str:
    """Return what a course is, as "Prolotherapy with dextrose 15 %"."""
    return course.get_kind_display() + (f" with {course.agent}" if course.agent else "")


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def sessions_of(client: int) -> QuerySet[Any]:
    """Return the treatment sessions of a client that took place, as they stand, newest first. Each has `place`, its
    place among the sessions of its course by day: recorded late or corrected, they count anew."""
    place = Window(RowNumber(), partition_by=[F("course")], order_by=[F("performed_on").asc(), F("id").asc()])
    return (
        TreatmentSession.objects.filter(course__injury__client=client, corrected_by=None, took_place=True)
        .select_related("course__end", "by", "corrects")
        .annotate(place=place)
        .order_by("-performed_on", "-id")
    )


def sessions_at(client: int, at: datetime) -> QuerySet[TreatmentSession]:
    """Return the treatment sessions of a client as they stood at a moment that has passed, newest first."""
    stood = Q(corrected_by=None) | Q(corrected_by__recorded_at__gt=at)
    rows = TreatmentSession.objects.filter(stood, course__injury__client=client, took_place=True, recorded_at__lte=at)
    return rows.select_related("course", "by").order_by("-performed_on", "-id")


def most_planned(client: int) -> dict[int, int | None]:
    """Return, by course, the highest number of sessions that was ever planned; None where it was once open-ended."""
    history: Any = TreatmentCourse.pgh_event_model  # type: ignore[attr-defined]
    rows = history.objects.filter(pgh_obj__injury__client=client).values_list("pgh_obj", "planned_sessions")
    found: dict[int, int | None] = {}
    for course, planned in rows:
        before = found.get(course, planned)
        found[course] = None if planned is None or before is None else max(planned, before)
    return found


def session_rows(client: int) -> QuerySet[TreatmentSession]:
    """Return every row written about a client's sessions, corrections and what they corrected, oldest first."""
    rows = TreatmentSession.objects.filter(course__injury__client=client)
    return rows.select_related("course", "by", "corrects", "corrected_by").order_by("recorded_at", "id")


def planned_for(client: int) -> QuerySet[PlannedSession]:
    """Return the days that are planned for a client's next sessions, earliest first."""
    planned = PlannedSession.objects.filter(course__injury__client=client, until=None)
    return planned.select_related("course", "by").order_by("planned_on", "id")


def plans_of(client: int) -> QuerySet[PlannedSession]:
    """Return every day that was ever planned for a client's sessions, oldest plan first."""
    planned = PlannedSession.objects.filter(course__injury__client=client)
    return planned.select_related("course", "by").order_by("since", "id")


def ends_of(client: int) -> QuerySet[CourseEnd]:
    """Return the ends of a client's courses, newest first."""
    ends = CourseEnd.objects.filter(course__injury__client=client)
    return ends.select_related("course", "by").order_by("-ended_on", "-id")


def templates_of(physicians: Iterable[int]) -> QuerySet[CourseTemplate]:
    """Return the templates of these physicians that are offered, by physician and name."""
    offered = CourseTemplate.objects.filter(physician__in=list(physicians), until=None)
    return offered.select_related("physician", "by").order_by("physician__name", "name", "id")


def performers(client: int, course: TreatmentCourse | None = None) -> QuerySet[Physician]:
    """Return the physicians who can perform a course: the client's care team, and whoever performs it already."""
    able = Q(care_of__client=client, care_of__until=None)
    if course is not None:
        able |= Q(pk=course.physician_id)
    return Physician.objects.filter(able).distinct().order_by("name", "id")


def holds_of(client: int) -> QuerySet[Hold]:
    """Return a client's holds, newest first."""
    return Hold.objects.select_related("by").filter(client=client).order_by("-at", "-id")


def versions_of(client: int) -> QuerySet[InjuryVersion]:
    """Return every version of every injury of a client, oldest first, with who wrote and who voided it."""
    return (
        InjuryVersion.objects.filter(injury__client=client)
        .select_related("injury__voided_by", "supervised_by", "by")
        .order_by("injury_id", "number")
    )
