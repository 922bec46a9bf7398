"""Treatment: a course on an injury, from its plan to its end. Nothing about it opens the gate."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clearance.anatomy.areas import site_pairs, site_words, sites_of
from clearance.anatomy.bodymap import body_map
from clearance.decisions.queries import open_injuries
from clearance.injuries import access as door
from clearance.injuries import courses, queries, templates
from clearance.injuries.models import CourseTemplate, InjuryVersion, TreatmentCourse
from clearance.pages.client_frame import client_page, today
from clearance.pages.forms.base import PageForm, posted
from clearance.pages.forms.treatments import CourseForm, EndForm, NewCourseForm, of_course, of_template
from clearance.pages.may import SignedIn, may
from clearance.pages.session_list import sessions_shown
from clearance.people import access
from clearance.people.models import Client
from clearance.people.queries import care_team_now
from clearance.people.refused import Refused
from clearance.people.roles import Permission

Row = dict[str, Any]


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.LOG_INJURIES)
def new(request: SignedIn, client_id: int) -> HttpResponse:
    """Record that a series of treatments begins, from a physician's template where there is one."""
    client = access.client_for(request.membership, client_id)
    injuries, on = open_injuries(client.pk), today(client.studio)
    offered = list(queries.templates_of(care_team_now(client.pk).values_list("pk", flat=True)))
    template = next((one for one in offered if str(one.pk) == request.GET.get("template")), None)
    form = NewCourseForm(
        posted(request), client=client, injuries=[(one.injury_id, f"{one}, {one.severity_word}") for one in injuries],
        on=on, initial=_beforehand(request, injuries, template),
    )  # fmt: skip
    if form.carry_out(lambda data: _start(request, client, injuries, data)):
        messages.success(request, "Recorded. Record each session on the day it takes place.")
        return redirect("treatment", client.pk, form.result.pk)
    return client_page(
        request, "treatments/new.html", client, form=form, injuries=injuries, templates=offered, chosen=template,
        injury=request.GET.get("injury", ""), status=form.status,
    )  # fmt: skip


def _beforehand(request: SignedIn, injuries: list[InjuryVersion], template: CourseTemplate | None) -> Row:
    """What is chosen beforehand: the injury where it is clear which, its place, and what the template says."""
    meant = [one for one in injuries if str(one.injury_id) == request.GET.get("injury")] or injuries
    only = meant[0] if len(meant) == 1 else None
    place = {"injury": only.injury_id, "sites": sites_of(only.area, only.side)} if only else {}
    return place | (of_template(template) if template else {})


def _start(request: SignedIn, client: Client, injuries: list[InjuryVersion], data: Row) -> TreatmentCourse:
    version = next(one for one in injuries if one.injury_id == data["injury"])
    injury = door.injury_for(client, data.pop("injury"))
    data["sites"] = data["sites"] or sites_of(version.area, version.side)
    return courses.start_course(injury=injury, by=request.user, on=today(client.studio), **data)


@require_safe
@may(Permission.SEE_CLIENTS)
def show(request: SignedIn, client_id: int, course_id: int) -> HttpResponse:
    """A course: how it is planned, its sessions, what was corrected, and its end."""
    client = access.client_for(request.membership, client_id)
    course, on = door.course_for(client, course_id), today(client.studio)
    counted = queries.courses_of(client.pk).get(pk=course.pk)
    plans = list(queries.plans_of(client.pk).filter(course=course))
    return client_page(
        request, "treatments/show.html", client, course=course, title=queries.course_words(course),
        progress=queries.course_progress(counted, on=on), where=queries.current_version(course.injury),
        places=site_words(course.sites), body_map=body_map(site_pairs(course.sites)), end=getattr(course, "end", None),
        sessions=sessions_shown(client.pk, course), plans=plans[::-1], on=on,
        planned=next((one for one in plans if not one.until), None),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.LOG_INJURIES)
def edit(request: SignedIn, client_id: int, course_id: int) -> HttpResponse:
    """Change what is recorded of a course; its history keeps the earlier values."""
    client, course = running(request, client_id, course_id)
    form = CourseForm(
        posted(request),
        client=client,
        course=course,
        initial=of_course(course, [*templates.KEPT, "performed_by", "sites"]),
    )
    version = queries.current_version(course.injury)
    if form.carry_out(lambda data: _edit(request, course, version, data)):
        messages.success(request, "Saved.")
        return redirect("treatment", client.pk, course.pk)
    return course_page(request, "treatments/edit.html", client, course, form)


def _edit(request: SignedIn, course: TreatmentCourse, version: InjuryVersion, data: Row) -> TreatmentCourse:
    data["sites"] = data["sites"] or sites_of(version.area, version.side)
    return courses.edit_course(course=course, by=request.user, **data)


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.LOG_INJURIES)
def end(request: SignedIn, client_id: int, course_id: int) -> HttpResponse:
    """Record that a course was concluded or stopped."""
    client, course = running(request, client_id, course_id)
    on = today(client.studio)
    form = EndForm(posted(request), on=on)
    if form.carry_out(lambda data: courses.end_course(course=course, by=request.user, on=on, **data)):
        messages.success(request, "Recorded. This opened nothing: whether training may begin, the physician says.")
        return redirect("treatment", client.pk, course.pk)
    return course_page(request, "treatments/end.html", client, course, form)


@require_POST
@may(Permission.EDIT_PHYSICIANS)
def template_drop(request: SignedIn, template_id: int) -> HttpResponse:
    """Offer a physician's template no more."""
    template = door.template_for(request.membership.studio_id, template_id)
    templates.drop_template(template=template, by=request.user)
    messages.success(request, f"Dropped: {template}. What was started from it stays as it is.")
    return redirect("physician_record", template.physician_id)


def running(request: SignedIn, client_id: int, course_id: int) -> tuple[Client, TreatmentCourse]:
    """Return a client's course, or raise 404; and Refused for one that is over, unless something was typed: then the
    action refuses, and what was typed stays."""
    client = access.client_for(request.membership, client_id)
    course = door.course_for(client, course_id)
    if hasattr(course, "end") and request.method != "POST":
        raise Refused("This course is over. Record another course for what comes after it.")
    return client, course


def course_page(
    request: SignedIn, template: str, client: Client, course: TreatmentCourse, form: PageForm, **more: Any
) -> HttpResponse:
    """Render a form about a course inside its client's frame."""
    back = {"label": course.get_kind_display(), "url": reverse("treatment", args=[client.pk, course.pk])}
    shown: dict[str, Any] = {"form": form, "course": course, "back": back} | more
    return client_page(request, template, client, status=form.status, **shown)
