"""The lines of the body: injuries and their treatment, as they stand, with what was corrected and moved."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from clearance.injuries.models import InjuryVersion, PlannedSession, TreatmentSession
from clearance.injuries.queries import course_words, courses_of, ends_of, plans_of, session_rows, sessions_of
from clearance.pages.status import day
from clearance.pages.timeline_line import Line, on_its_day, sentence
from clearance.people.models import Client

# The plan ends by itself: the session took place, or another line says what became of the course.
BY_ITSELF = ("took place", "planned anew", "the course ended")


def injury_lines(client: Client, versions: list[InjuryVersion]) -> Iterator[Line]:
    """Yield what was logged, amended and voided."""
    before: InjuryVersion | None = None
    for one in versions:
        url = reverse("injury", args=[client.pk, one.injury_id])
        yield _version(one, before if before and before.injury_id == one.injury_id else None, url)
        injury = one.injury
        if injury.voided_at and one.until is None:
            text = f"{sentence(injury.void_reason)} By {injury.voided_by}. This opened nothing."
            yield Line(injury.voided_at, "injury", f"Entry voided: {one}", text, "stop", url, "See the entry")
        before = one


def _version(one: InjuryVersion, before: InjuryVersion | None, url: str) -> Line:
    now = f"{one}, {one.severity_word}"
    if before is None:
        injury = one.injury
        text = f"{injury.get_tissue_display()}. {injury.get_onset_display()}. By {one.by}."
        title = f"Injury logged: {now}"
    else:
        earlier = f"{before}, {before.severity_word}"
        was = f"Was: {earlier}. " if earlier != now else f"Supervised by {one.supervised_by or 'nobody'}. "
        text, title = f"{was}{sentence(one.reason)} By {one.by}.", f"Injury amended: {now}"
    void = one.injury.voided_at is not None
    return Line(one.since, "injury", title, text, "plain" if void else "stop", url, "See the injury", void)


def treatment_lines(client: Client, versions: list[InjuryVersion]) -> Iterator[Line]:
    """Yield courses, the sessions as they stand, corrections, planned days and ends."""
    yield from _plans(client)
    places = {one.injury_id: str(one) for one in versions}
    where: dict[int, str] = {}
    for course in courses_of(client.pk):
        where[course.pk] = places.get(course.injury_id, "")
        planned = f" {course.planned_sessions} sessions planned." if course.planned_sessions else ""
        title = f"{course_words(course)} begins"
        yield Line(course.created_at, "treatment", title, f"{where[course.pk]}.{planned}")
    yield from _sessions(client, where)
    yield from _corrections(client)
    for end in ends_of(client.pk):
        title = f"{end.course.get_kind_display()} {end.kind} on {day(end.ended_on)}"
        text = f"{sentence(end.reason)} By {end.by}. This opened nothing.".strip()
        yield Line(end.at, "treatment", title, text)


def _sessions(client: Client, where: dict[int, str]) -> Iterator[Line]:
    for session in sessions_of(client.pk):
        title = _named(session, session.place)
        at = on_its_day(session.performed_on, session.recorded_at, client.studio.time_zone)
        text = f"{where[session.course_id]}. By {session.by}."
        yield Line(at, "treatment", title, text, "stop", day_only=True)


def _named(session: Any, place: int) -> str:
    course = session.course
    of = f" of {course.planned_sessions}" if course.planned_sessions else ""
    return f"{course.get_kind_display()}, session {place}{of}"


def _corrections(client: Client) -> Iterator[Line]:
    """A correction is a line of its own, at the moment at which somebody made it."""
    for one in session_rows(client.pk):
        was = one.corrects
        if was is None:
            continue
        title = f"Session corrected: {one.course.kind_word}"
        text = f"{_difference(one, was)} {sentence(one.reason)} By {one.by}."
        yield Line(one.recorded_at, "treatment", title, text, "stop")


def _difference(one: TreatmentSession, was: TreatmentSession) -> str:
    if not one.took_place:
        return f"It did not take place; was recorded on {day(was.performed_on)}."
    if one.performed_on != was.performed_on:
        return f"It took place on {day(one.performed_on)}; was recorded on {day(was.performed_on)}."
    return f"On {day(one.performed_on)}: what is recorded of it changed."


def _plans(client: Client) -> Iterator[Line]:
    plans, before = list(plans_of(client.pk)), dict[int, PlannedSession]()
    begins = {(one.course_id, one.since) for one in plans}
    for one in plans:
        yield _plan(one, before.get(one.course_id))
        before[one.course_id] = one
        if one.until and one.ended_because not in BY_ITSELF and (one.course_id, one.until) not in begins:
            title = f"Session on {day(one.planned_on)} called off: {one.course.kind_word}"
            yield Line(one.until, "treatment", title, sentence(one.ended_because))


def _plan(one: PlannedSession, before: PlannedSession | None) -> Line:
    moved = before is not None and before.until == one.since and before.ended_because not in BY_ITSELF
    verb, was = "Session planned for", ""
    if moved and before:
        why = "" if before.ended_because.startswith("moved to") else f"{sentence(before.ended_because)} "
        verb, was = "Session moved to", f"Was planned for {day(before.planned_on)}. {why}"
    title = f"{verb} {day(one.planned_on)}: {one.course.kind_word}"
    return Line(one.since, "treatment", title, f"{was}By {one.by}.")
