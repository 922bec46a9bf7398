"""A client's personal link, as the staff sees it: send one, tell the access code in person, end it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clearance.notices.queries import mail_of_link
from clearance.pages.client_frame import client_page
from clearance.pages.may import SignedIn, may
from clearance.people import access, client_links
from clearance.people.lock import now
from clearance.people.models import Client, ClientLink
from clearance.people.roles import Permission

OVER = {
    "expired": "It expired.",
    "locked": "It was locked after five wrong access codes.",
    "sent again": "A newer one took its place.",
    "revoked": "Somebody here ended it.",
    "archived": "It ended when the client was archived.",
    "moved": "The client's address has changed since, so it leads nowhere.",
}


@require_safe
@may(Permission.INVITE_CLIENTS)
def show(request: SignedIn, client_id: int) -> HttpResponse:
    """Say where the link stands, and show the access code to tell in person."""
    client = access.client_for(request.membership, client_id)
    links = list(client_links.links_of(client.pk)[:6])
    edit = {"label": "Edit the client", "url": reverse("client_edit", args=[client.pk]), "method": "get"}
    context: dict[str, Any] = {
        "obstacle": client_links.obstacle_to(client), "edit_step": edit, **(_state(links[0]) if links else {}),
        "earlier": [{"link": one, "why": OVER.get(one.ended_because, "")} for one in links[1:]],
    }  # fmt: skip
    return client_page(request, "client_link/show.html", client, **context)


def _state(link: ClientLink) -> dict[str, Any]:
    why = client_links.ended_because(link, at=now())
    return {
        "link": link, "lives": not why, "over": OVER.get(why, ""), "entered": client_links.code_entered_at(link),
        "mail": mail_of_link(link.pk),
    }  # fmt: skip


@require_POST
@may(Permission.INVITE_CLIENTS)
def send(request: SignedIn, client_id: int) -> HttpResponse:
    """Send a new link; an earlier one ends."""
    client = access.client_for(request.membership, client_id)
    client_links.issue(client=client, by=request.user)
    messages.success(request, f"The mail to {client.email} leaves within a minute. Tell {client} the access code.")
    return redirect(_url(client))


@require_POST
@may(Permission.INVITE_CLIENTS)
def end(request: SignedIn, client_id: int) -> HttpResponse:
    """End the link at once."""
    client = access.client_for(request.membership, client_id)
    client_links.revoke(client=client, by=request.user)
    messages.success(request, "Ended. The link leads nowhere from now on.")
    return redirect(_url(client))


def _url(client: Client) -> str:
    return reverse("client_link", args=[client.pk])
