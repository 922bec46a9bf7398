"""Treatment: a course on an injury, and its sessions. Each shuts the gate unless the decision holds through."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from clearance.checkins import actions as checkins
from clearance.decisions.queries import open_injuries
from clearance.injuries import access as door
from clearance.injuries import courses
from clearance.injuries.models import TreatmentCourse
from clearance.pages.client_frame import client_page, today
from clearance.pages.forms.base import posted
from clearance.pages.forms.treatments import CourseForm, SessionForm
from clearance.pages.may import SignedIn, may
from clearance.people import access
from clearance.people.models import Client
from clearance.people.roles import Permission


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.LOG_INJURIES)
def new(request: SignedIn, client_id: int) -> HttpResponse:
    """Record that a series of treatments begins."""
    client = access.client_for(request.membership, client_id)
    injuries = [(one.injury_id, f"{one}, {one.severity_word}") for one in open_injuries(client.pk)]
    form = CourseForm(posted(request), client=client, injuries=injuries)
    if form.carry_out(lambda data: _start(request, client, data)):
        messages.success(request, "Recorded. Now record each session on the day it takes place.")
        return redirect("session_new", client.pk, form.result.pk)
    return client_page(request, "treatments/new.html", client, form=form, injuries=injuries, status=form.status)


def _start(request: SignedIn, client: Client, data: dict[str, Any]) -> TreatmentCourse:
    injury = door.injury_for(client, data.pop("injury"))
    return courses.start_course(injury=injury, by=request.user, **data)


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.LOG_INJURIES)
def session(request: SignedIn, client_id: int, course_id: int) -> HttpResponse:
    """Record a session that took place."""
    client = access.client_for(request.membership, client_id)
    course, on = door.course_for(client, course_id), today(client.studio)
    form = SessionForm(posted(request), on=on)
    if form.carry_out(lambda data: checkins.record_session(course=course, by=request.user, on=on, **data)):
        messages.success(request, f"Recorded: session {form.result.number}. The gate looks at it at once.")
        return redirect("client", client.pk)
    return client_page(request, "treatments/session.html", client, form=form, course=course, status=form.status)
