"""Injuries: log, read, amend, describe, void. Nothing here opens the gate, and nothing is deleted."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from clearance.anatomy.bodymap import body_map
from clearance.decisions.queries import covering
from clearance.injuries import access as door
from clearance.injuries import actions, queries
from clearance.injuries.models import Injury, InjuryVersion
from clearance.pages.client_frame import client_page, today
from clearance.pages.forms.base import posted
from clearance.pages.forms.injuries import AmendForm, DescriptionForm, InjuryForm, VoidForm
from clearance.pages.may import SignedIn, has, may
from clearance.people import access
from clearance.people.models import Client
from clearance.people.queries import supervising
from clearance.people.refused import Refused
from clearance.people.roles import Permission

DESCRIPTION = ("tissue", "onset", "onset_on", "description", "icd10")


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.LOG_INJURIES)
def new(request: SignedIn, client_id: int) -> HttpResponse:
    """Log an injury in one screen."""
    client = access.client_for(request.membership, client_id)
    member = supervising(client.pk)
    form = InjuryForm(posted(request), client=client, initial={"supervised_by": member and member.physician_id})
    if form.carry_out(lambda data: actions.log_injury(client=client, by=request.user, **data)):
        messages.success(request, "Logged. The gate is shut until the physician's decision covers this injury.")
        return redirect("client", client.pk)
    picture = body_map(form.place)
    return client_page(request, "injuries/new.html", client, form=form, body_map=picture, status=form.status)


@require_safe
@may(Permission.SEE_CLIENTS)
def show(request: SignedIn, client_id: int, injury_id: int) -> HttpResponse:
    """Read an injury: as it is now, as it was, its treatment, and what physicians said of it."""
    client = access.client_for(request.membership, client_id)
    injury = door.injury_for(client, injury_id)
    versions = list(queries.amendments(injury))
    return client_page(
        request, "injuries/show.html", client, injury=injury, version=versions[0],
        body_map=body_map([(versions[0].area, versions[0].side)]), amendments=list(_amendments(versions)),
        courses=_courses(client, injury), said=covering(injury.pk),
        may_void=has(request, Permission.VOID_ENTRIES),
    )  # fmt: skip


def _courses(client: Client, injury: Injury) -> list[dict[str, Any]]:
    on = today(client.studio)
    return [
        {"course": one, "words": queries.course_words(one), "progress": queries.course_progress(one, on=on)}
        for one in queries.courses_of(client.pk).filter(injury=injury)
    ]


def _amendments(versions: list[InjuryVersion]) -> Iterable[dict[str, Any]]:
    """Each version after the first, newest first, with what it changed."""
    for version, before in pairwise(versions):
        facts = zip(_facts(version), _facts(before), strict=True)
        changes = [{"name": name, "new": new, "old": old} for (name, new), (_, old) in facts if new != old]
        yield {"version": version, "changes": changes}


def _facts(version: InjuryVersion) -> list[tuple[str, str]]:
    physician = str(version.supervised_by or "nobody")
    return [("Place", str(version)), ("Severity", version.severity_word), ("Supervised by", physician)]


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.LOG_INJURIES)
def amend(request: SignedIn, client_id: int, injury_id: int) -> HttpResponse:
    """Change place, side, severity or supervising physician."""
    client, injury = _in_force(request, client_id, injury_id)
    form = AmendForm(posted(request), version=queries.current_version(injury), client=client)
    if form.carry_out(lambda data: actions.amend_injury(injury=injury, by=request.user, **data)):
        messages.success(
            request, "Amended. The gate is shut until the physician's decision covers the injury as it is now."
        )
        return redirect("injury", client.pk, injury.pk)
    picture = body_map(form.place)
    return client_page(
        request, "injuries/amend.html", client, injury=injury, form=form, body_map=picture, status=form.status
    )


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.LOG_INJURIES)
def describe(request: SignedIn, client_id: int, injury_id: int) -> HttpResponse:
    """Change what the gate does not read."""
    client, injury = _in_force(request, client_id, injury_id)
    present = {name: getattr(injury, name) for name in DESCRIPTION}
    form = DescriptionForm(posted(request), client=client, initial=present)
    if form.carry_out(lambda data: actions.describe_injury(injury=injury, by=request.user, **data)):
        messages.success(request, "Saved.")
        return redirect("injury", client.pk, injury.pk)
    return client_page(request, "injuries/describe.html", client, injury=injury, form=form, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.VOID_ENTRIES)
def void(request: SignedIn, client_id: int, injury_id: int) -> HttpResponse:
    """Mark an entry as made by mistake."""
    client, injury = _in_force(request, client_id, injury_id)
    form = VoidForm(posted(request))
    if form.carry_out(lambda data: actions.void_injury(injury=injury, by=request.user, **data)):
        messages.warning(request, "Marked as a mistake. This opened nothing: a physician has to decide after it.")
        return redirect("injury", client.pk, injury.pk)
    version = queries.current_version(injury)
    return client_page(
        request, "injuries/void.html", client, injury=injury, version=version, form=form, status=form.status
    )


def _in_force(request: SignedIn, client_id: int, injury_id: int) -> tuple[Client, Injury]:
    client = access.client_for(request.membership, client_id)
    injury = door.injury_for(client, injury_id)
    if injury.voided_at:
        raise Refused("This entry is void: it was a mistake, and nothing about it changes any more.")
    return client, injury
