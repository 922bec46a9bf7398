"""The studio's mail: what waits, what left, what failed; and a test of whether mail leaves at all."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clearance.notices import access as door
from clearance.notices import queries
from clearance.notices.actions import again as try_again
from clearance.notices.actions import send_test
from clearance.notices.models import Delivery
from clearance.pages.may import SignedIn, may
from clearance.people.lock import now
from clearance.people.refused import Refused
from clearance.people.roles import Permission


@require_safe
@may(Permission.RUN_STUDIO)
def show(request: SignedIn) -> HttpResponse:
    """Messages of this studio: failed, waiting, and of the last two weeks."""
    studio = request.membership.studio
    context = {
        "failed": _rows(queries.failed_of(studio.pk)),
        "waiting": _rows(queries.waiting_of(studio.pk)),
        "lately": _rows(queries.lately_of(studio.pk, at=now())),
        "most": queries.MOST,
        "zone": studio.time_zone,
        "back": {"url": reverse("studio"), "label": "Studio"},
    }
    return render(request, "studio/mail.html", context)


@require_POST
@may(Permission.RUN_STUDIO)
def test(request: SignedIn) -> HttpResponse:
    """Send a test to the manager's own address, at once."""
    user, why = request.user, send_test(studio=request.membership.studio, user=request.user)
    if why:
        lead = f"The test to {user.email} did not leave. {why}"
        messages.error(request, f"{lead} Ask whoever runs this server to look at its mail settings.")
    else:
        messages.success(
            request, f"The mail server took the test to {user.email}. Look into that mailbox, and its spam."
        )
    return redirect("studio_mail")


@require_POST
@may(Permission.RUN_STUDIO)
def again(request: SignedIn, delivery_id: int) -> HttpResponse:
    """Try a message that failed again."""
    delivery = door.delivery_for(request.membership, delivery_id)
    try:
        try_again(delivery=delivery, by=request.user)
    except Refused as refused:
        messages.info(request, refused.sentence)
    else:
        messages.success(request, "It is tried again with the next round, in a few seconds.")
    return redirect("studio_mail")


def _rows(deliveries: Any) -> list[dict[str, Any]]:
    return [_row(one) for one in deliveries]


def _url(one: Delivery) -> str:
    if one.link_id and one.client:
        return reverse("client_link", args=[one.client])
    return reverse("request", args=[one.client, one.request_id]) if one.request_id and one.client else ""


def _row(one: Delivery) -> dict[str, Any]:
    return {
        "id": one.pk,
        "what": one.get_kind_display(),
        "url": _url(one),
        "to": one.user or (one.link.client if one.link else one.physician),
        "address": one.address,
        "at": one.sent_at or one.due_at,
        "state": one.state,
        "attempts": one.attempts,
        "why": one.why,
    }
