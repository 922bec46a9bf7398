"""A client's consents to share with a physician: recorded and withdrawn."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from clearance.pages.client_frame import client_page, today
from clearance.pages.forms.base import posted
from clearance.pages.forms.consents import ConsentForm, WithdrawForm
from clearance.pages.may import SignedIn, may
from clearance.people import access, actions
from clearance.people.models import Client
from clearance.people.queries import supervising, team_of
from clearance.people.roles import Permission


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.EDIT_CLIENTS)
def new(request: SignedIn, client_id: int) -> HttpResponse:
    """Record that the client consents to sharing with a physician of the care team."""
    client = access.client_for(request.membership, client_id)
    on, team = today(client.studio), team_of(client)
    supervisor = supervising(client.pk)
    chosen = request.GET.get("physician") or (supervisor.physician_id if supervisor else None)
    form = ConsentForm(posted(request), physicians=team, on=on, initial={"physician": chosen})
    if form.carry_out(lambda data: actions.give_consent(client=client, by=request.user, on=on, **data)):
        messages.success(request, f"Recorded. You may share with {form.result.physician} now.")
        return redirect("care_team", client.pk)
    urls = {"name_step": _name_step(client), "team_url": _team_url(client)}
    context: dict[str, Any] = {"form": form, "team": team.exists(), **urls}
    return client_page(request, "consents/new.html", client, status=form.status, **context)


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.EDIT_CLIENTS)
def withdraw(request: SignedIn, client_id: int, consent_id: int) -> HttpResponse:
    """Record that the client withdraws a consent."""
    client = access.client_for(request.membership, client_id)
    consent = access.consent_for(client, consent_id)
    if consent.until is not None:
        messages.info(request, "This consent has ended already.")
        return redirect("care_team", client.pk)
    form = WithdrawForm(posted(request))
    if form.carry_out(lambda data: actions.withdraw_consent(consent=consent, by=request.user, **data)):
        messages.success(request, f"Withdrawn. Nothing more is shared with {consent.physician}.")
        return redirect("care_team", client.pk)
    context: dict[str, Any] = {"form": form, "consent": consent, "team_url": _team_url(client)}
    return client_page(request, "consents/withdraw.html", client, status=form.status, **context)


def _team_url(client: Client) -> str:
    return reverse("care_team", args=[client.pk])


def _name_step(client: Client) -> dict[str, str]:
    url = reverse("supervising", args=[client.pk])
    return {"label": "Name the supervising physician", "url": url, "method": "get"}
