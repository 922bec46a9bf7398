"""The sessions of a course: recorded, corrected, planned, called off. None of it opens the gate."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from clearance.checkins import actions as checkins
from clearance.decisions.models import Decision
from clearance.decisions.queries import decisions_of
from clearance.injuries import access as door
from clearance.injuries import courses, queries
from clearance.injuries.models import PlannedSession, TreatmentCourse, TreatmentSession
from clearance.pages.client_frame import today
from clearance.pages.forms.base import posted
from clearance.pages.forms.sessions import CallOffForm, CorrectionForm, PlanForm, SessionForm
from clearance.pages.may import SignedIn, may
from clearance.pages.status import day
from clearance.pages.treatments import course_page, running
from clearance.people import access
from clearance.people.models import Client
from clearance.people.refused import Refused
from clearance.people.roles import Permission


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.LOG_INJURIES)
def new(request: SignedIn, client_id: int, course_id: int) -> HttpResponse:
    """Record a session that took place."""
    client, course = running(request, client_id, course_id)
    on, planned = today(client.studio), _planned(client, course)
    form = SessionForm(posted(request), course=course, on=on, planned_on=planned.planned_on if planned else None)
    if form.carry_out(lambda data: _record(request, course, data)):
        counted = queries.courses_of(client.pk).get(pk=course.pk)
        progress = queries.course_progress(counted, on=on)
        messages.success(request, f"Recorded: {progress}. The gate looks at it at once.")
        return redirect("treatment", client.pk, course.pk)
    return course_page(request, "treatments/session.html", client, course, form)


def _record(request: SignedIn, course: TreatmentCourse, data: dict[str, Any]) -> TreatmentSession:
    on = today(course.injury.client.studio)
    return checkins.record_session(course=course, by=request.user, on=on, keep_plan=not data["next_on"], **data)


def _planned(client: Client, course: TreatmentCourse) -> PlannedSession | None:
    return queries.planned_for(client.pk).filter(course=course).first()


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.LOG_INJURIES)
def correct(request: SignedIn, client_id: int, course_id: int, session_id: int) -> HttpResponse:
    """Correct what is recorded of a session. The old entry stays."""
    client = access.client_for(request.membership, client_id)
    course, on = door.course_for(client, course_id), today(client.studio)
    entry = door.session_for(course, session_id)
    if request.method != "POST" and (hasattr(entry, "corrected_by") or not entry.took_place):
        raise Refused("This entry has been corrected already. Look at the course again.")
    form = CorrectionForm(posted(request), session=entry, course=course, on=on)
    if form.carry_out(lambda data: _correct(request, entry, client, data)):
        messages.success(
            request, "Corrected. Until the physician has signed after this, the gate looks at both entries."
        )
        return redirect("treatment", client.pk, course.pk)
    return course_page(request, "treatments/correct.html", client, course, form, session=entry)


def _correct(request: SignedIn, entry: TreatmentSession, client: Client, data: dict[str, Any]) -> TreatmentSession:
    took_place = not data.pop("absent")
    return checkins.correct_session(
        session=entry, by=request.user, on=today(client.studio), took_place=took_place, **data
    )


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.LOG_INJURIES)
def plan(request: SignedIn, client_id: int, course_id: int) -> HttpResponse:
    """Plan the next session for a day, or move it."""
    client, course = running(request, client_id, course_id)
    on, planned = today(client.studio), _planned(client, course)
    form = PlanForm(posted(request), on=on, planned_on=planned.planned_on if planned else None)
    if form.carry_out(lambda data: _plan(request, course, data)):
        messages.success(request, f"Planned for {day(form.result.planned_on)}.")
        return redirect("treatment", client.pk, course.pk)
    return course_page(request, "treatments/plan.html", client, course, form, planned=planned, ending=_ending(client))


def _plan(request: SignedIn, course: TreatmentCourse, data: dict[str, Any]) -> PlannedSession:
    on, planned_on = today(course.injury.client.studio), data["next_on"]
    because = data.get("because", "")
    return courses.plan_session(course=course, by=request.user, planned_on=planned_on, on=on, because=because)


def _ending(client: Client) -> list[Decision]:
    """The present clearances that end on a day for which a session is planned."""
    on = today(client.studio)
    present = [one for one in decisions_of(client.pk) if not hasattr(one, "replaced_by") and not hasattr(one, "void")]
    return [one for one in present if one.valid_until and one.valid_until >= on and not one.holds_through_course]


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.LOG_INJURIES)
def call_off(request: SignedIn, client_id: int, course_id: int) -> HttpResponse:
    """Say that the planned session will not take place."""
    client, course = running(request, client_id, course_id)
    planned = _planned(client, course)
    if planned is None and request.method != "POST":
        raise Refused("No session is planned.")
    form = CallOffForm(posted(request))
    if form.carry_out(lambda data: courses.call_off(course=course, by=request.user, **data)):
        messages.success(request, "Called off. This made no clearance longer.")
        return redirect("treatment", client.pk, course.pk)
    return course_page(
        request, "treatments/call_off.html", client, course, form, planned=planned, ending=_ending(client)
    )
