"""Holds: open one. There is no page that lifts a hold: only a physician's later decision answers it."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from clearance.decisions.queries import decisions_of
from clearance.injuries import actions, queries
from clearance.injuries.models import Hold
from clearance.pages.client_frame import client_page
from clearance.pages.forms.base import posted
from clearance.pages.forms.holds import HoldForm
from clearance.pages.may import SignedIn, may
from clearance.people import access
from clearance.people.lock import lock_client
from clearance.people.models import Client, User
from clearance.people.roles import Permission


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.OPEN_HOLDS)
def new(request: SignedIn, client_id: int) -> HttpResponse:
    """Stop a client's training at once."""
    client = access.client_for(request.membership, client_id)
    form = HoldForm(posted(request))
    if form.carry_out(lambda data: _open_once(client, request.user, data)):
        messages.success(request, "On hold, from this moment. Only a physician's later decision answers it.")
        return redirect("client", client.pk)
    return client_page(request, "holds/new.html", client, form=form, status=form.status)


@transaction.atomic
def _open_once(client: Client, by: User, data: dict[str, Any]) -> Hold:
    """The same words sent twice are one hold, as long as no physician has spoken since."""
    lock_client(client.pk)
    last = queries.holds_of(client.pk).first()
    same = last is not None and (last.by, last.reason) == (by, data["reason"])
    if last and same and not decisions_of(client.pk).filter(signed_at__gt=last.at).exists():
        return last
    return actions.open_hold(client=client, by=by, **data)
