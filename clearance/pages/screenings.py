"""Screenings: the client answers and signs on the trainer's device; read, and void when an answer changes.

None of it opens the gate: a later screening, a void and an end take back no answer that was flagged.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from clearance.checkins import access as door
from clearance.checkins import actions
from clearance.checkins.queries import screening_problem, screenings_of
from clearance.pages.client_frame import client_page, today
from clearance.pages.forms.base import posted
from clearance.pages.forms.screenings import ScreeningForm, VoidForm
from clearance.pages.may import SignedIn, may
from clearance.pages.screened import answers, beside, chip_of, consequence, rows_of
from clearance.people import access
from clearance.people.models import Client
from clearance.people.roles import Permission

# The client holds the device: nothing on the page leads to other people.
HANDED_OVER: dict[str, Any] = {"nav": [], "search_url": "", "logout_url": "", "studios": [], "outbox_url": ""}


@require_safe
@may(Permission.SEE_CLIENTS)
def index(request: SignedIn, client_id: int) -> HttpResponse:
    """Every screening of a client, newest first."""
    client = access.client_for(request.membership, client_id)
    rows = rows_of(list(screenings_of(client.pk)), on=today(client.studio))
    return client_page(request, "screenings/index.html", client, rows=rows, new_step=_new_step(client))


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.CHECK_IN)
def new(request: SignedIn, client_id: int) -> HttpResponse:
    """The client answers and signs on this device."""
    client = access.client_for(request.membership, client_id)
    form, on = ScreeningForm(posted(request), client=client), today(client.studio)
    if form.carry_out(lambda _: actions.sign_screening(client=client, by=request.user, on=on, **form.said)):
        messages.success(request, "Signed. Thank you: please hand the device back to your trainer.")
        return redirect("screening", client.pk, form.result.pk)
    return client_page(request, "screenings/new.html", client, form=form, status=form.status, **HANDED_OVER)


@require_safe
@may(Permission.SEE_CLIENTS)
def show(request: SignedIn, client_id: int, screening_id: int) -> HttpResponse:
    """A screening as it was signed, whether it is still good, and what follows from it."""
    client = access.client_for(request.membership, client_id)
    screening = door.screening_for(client, screening_id)
    newest = screenings_of(client.pk).first()
    problem = screening_problem(screening, on=today(client.studio))
    return client_page(
        request, "screenings/show.html", client, screening=screening, problem=problem, answers=answers(screening),
        beside=beside(screening), later=newest if newest != screening else None,
        void=getattr(screening, "void", None), chip=chip_of(screening, problem), consequence=consequence(screening),
        new_step=_new_step(client),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.CHECK_IN)
def void(request: SignedIn, client_id: int, screening_id: int) -> HttpResponse:
    """Say that an answer has changed."""
    client = access.client_for(request.membership, client_id)
    screening = door.screening_for(client, screening_id)
    if hasattr(screening, "void"):
        messages.info(request, "This screening is void already.")
        return redirect("screening", client.pk, screening.pk)
    form = VoidForm(posted(request))
    if form.carry_out(lambda data: actions.void_screening(screening=screening, by=request.user, **data)):
        messages.warning(request, "Void. This opened nothing. Hand your client the device to answer anew.")
        return redirect("screening", client.pk, screening.pk)
    return client_page(request, "screenings/void.html", client, screening=screening, form=form, status=form.status)


def _new_step(client: Client) -> dict[str, str] | None:
    if client.archived_at:
        return None
    url = reverse("screening_new", args=[client.pk])
    return {"label": "Hand the device to your client", "url": url, "method": "get"}
