"""Readiness: what a trainer has to take into account, recorded on a day, and how it has changed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from clearance.checkins import actions
from clearance.pages.client_frame import client_page, today
from clearance.pages.forms.base import posted
from clearance.pages.forms.readiness import ReadinessForm
from clearance.pages.may import SignedIn, may
from clearance.pages.screened import SCALES, shared_readiness, trend_of
from clearance.people import access
from clearance.people.roles import Permission


@require_safe
@may(Permission.SEE_CLIENTS)
def index(request: SignedIn, client_id: int) -> HttpResponse:
    """Every readiness of a client, newest first, and how each value moved."""
    client = access.client_for(request.membership, client_id)
    url = reverse("readiness_new", args=[client.pk])
    step = None if client.archived_at else {"label": "Record the readiness", "url": url, "method": "get"}
    terms = [term for _, term, _ in SCALES]
    return client_page(request, "readiness/index.html", client, rows=trend_of(client), terms=terms, new_step=step)


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.CHECK_IN)
def new(request: SignedIn, client_id: int) -> HttpResponse:
    """Record how ready a client is today; the last record stands beside."""
    client = access.client_for(request.membership, client_id)
    form, on = ReadinessForm(posted(request)), today(client.studio)
    if form.carry_out(lambda data: actions.record_readiness(client=client, by=request.user, on=on, **data)):
        messages.success(request, "Recorded. The physician reads it with the next question.")
        return redirect("readiness", client.pk)
    return client_page(
        request, "readiness/new.html", client, form=form, last=shared_readiness(client), status=form.status
    )
