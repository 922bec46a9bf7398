"""Holds: open one. There is no page that lifts a hold: only a physician's later decision answers it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from clearance.injuries import actions
from clearance.pages.client_frame import client_page
from clearance.pages.forms.base import posted
from clearance.pages.forms.holds import HoldForm
from clearance.pages.may import SignedIn, may
from clearance.people import access
from clearance.people.roles import Permission


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.OPEN_HOLDS)
def new(request: SignedIn, client_id: int) -> HttpResponse:
    """Stop a client's training at once."""
    client = access.client_for(request.membership, client_id)
    form = HoldForm(posted(request))
    if form.carry_out(lambda data: actions.open_hold(client=client, by=request.user, **data)):
        messages.success(request, "On hold, from this moment. Only a physician's later decision answers it.")
        return redirect("client", client.pk)
    return client_page(request, "holds/new.html", client, form=form, status=form.status)
