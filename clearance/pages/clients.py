"""Clients: the list and the search, a client's own fields, the archive."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from clearance.gate import standings
from clearance.gate.queries import standings_in
from clearance.pages.client_frame import client_page, today
from clearance.pages.forms.base import posted
from clearance.pages.forms.clients import ClientFilter, ClientForm, values_of
from clearance.pages.may import SignedIn, may
from clearance.pages.overview import overview
from clearance.pages.status import State, plain, state, state_of_standing
from clearance.people import access, actions
from clearance.people.lock import now
from clearance.people.models import Client
from clearance.people.queries import Page, clients_of, page_by_name
from clearance.people.roles import Permission

FOUND_AT_ONCE = 10


@require_safe
@may(Permission.SEE_CLIENTS)
@vary_on_headers("HX-Request")
def index(request: SignedIn) -> HttpResponse:
    """The clients of the studio by name, narrowed by what was typed and chosen."""
    studio = request.membership.studio
    standings.refresh(studio.pk)
    form = ClientFilter(request.GET, studio=studio.pk)
    page = page_by_name(_narrowed(studio.pk, form), studio=studio.pk, **form.place)
    add = {"label": "Add a client", "url": reverse("client_new"), "method": "get"}
    context = {
        "form": form,
        "rows": _rows(page.rows, studio.time_zone),
        "add": add,
        "actions": [add],
        "clear": {"label": "Clear the filters", "url": reverse("clients"), "method": "get"},
        **turned(request, page),
    }
    return render(
        request, part_or_whole(request, "clients/results.html", "clients/index.html"), context, status=form.status
    )


@require_safe
@may(Permission.SEE_CLIENTS)
@vary_on_headers("HX-Request")
def search(request: SignedIn) -> HttpResponse:
    """The first clients whose name, e-mail or phone begins with what is typed into the header."""
    studio = request.membership.studio
    q = request.GET.get("q", "").strip()[:120]
    standings.refresh(studio.pk)
    found = clients_of(studio.pk, search=q).select_related("standing")[: FOUND_AT_ONCE + 1] if q else []
    rows = _rows(found, studio.time_zone)
    context = {
        "q": q, "rows": rows[:FOUND_AT_ONCE], "more": len(rows) > FOUND_AT_ONCE,
        "all_url": f"{reverse('clients')}?{urlencode({'q': q})}",
        "archive": {
            "label": "Search the archived clients", "method": "get",
            "url": f"{reverse('clients')}?{urlencode({'q': q, 'archived': 'on'})}",
        },
    }  # fmt: skip
    return render(request, part_or_whole(request, "components/search_results.html", "clients/search.html"), context)


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.EDIT_CLIENTS)
def new(request: SignedIn) -> HttpResponse:
    """Add a client."""
    studio = request.membership.studio
    form = ClientForm(posted(request), studio=studio, on=today(studio), initial={"trainer": request.membership})
    if form.carry_out(lambda data: actions.add_client(studio=studio, by=request.user, **data)):
        messages.success(request, "Added. Next: name the physician who supervises.")
        return redirect("client", form.result.pk)
    return render(request, "clients/new.html", {"form": form, "back": _back()}, status=form.status)


@require_safe
@may(Permission.SEE_CLIENTS)
def show(request: SignedIn, client_id: int) -> HttpResponse:
    """A client's page."""
    client = access.client_for(request.membership, client_id)
    return client_page(request, "clients/show.html", client, tab="client", **overview(request, client))


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.EDIT_CLIENTS)
def edit(request: SignedIn, client_id: int) -> HttpResponse:
    """Change a client's own fields."""
    client = access.client_for(request.membership, client_id)
    form = ClientForm(
        posted(request), studio=client.studio, on=today(client.studio), client=client, initial=values_of(client)
    )
    if form.carry_out(lambda data: actions.edit_client(client=client, by=request.user, **data)):
        messages.success(request, "Saved.")
        return redirect("client", client.pk)
    return client_page(request, "clients/edit.html", client, form=form, put_away=_put_away(client), status=form.status)


@require_POST
@may(Permission.EDIT_CLIENTS)
def archive(request: SignedIn, client_id: int) -> HttpResponse:
    """Put a client away."""
    client = access.client_for(request.membership, client_id)
    actions.archive_client(client=client, by=request.user)
    messages.success(request, "Archived. Nothing is lost, and no program can be built until you bring the client back.")
    return redirect("client", client.pk)


@require_POST
@may(Permission.EDIT_CLIENTS)
def bring_back(request: SignedIn, client_id: int) -> HttpResponse:
    """Bring an archived client back."""
    client = access.client_for(request.membership, client_id)
    actions.bring_back_client(client=client, by=request.user)
    messages.success(request, "Back on the list of clients.")
    return redirect("client", client.pk)


def turned(request: SignedIn, page: Page) -> dict[str, str]:
    """Return the addresses of the next and the previous page of a list, with its filters kept."""
    return {
        "older_url": _turn(request, after=page.older) if page.older else "",
        "newer_url": _turn(request, before=page.newer) if page.newer else "",
    }


def _turn(request: SignedIn, **place: int) -> str:
    kept = {name: value for name, value in request.GET.items() if value and name not in ("after", "before")}
    return f"{request.path}?{urlencode(kept | place)}"


def part_or_whole(request: SignedIn, part: str, whole: str) -> str:
    """Return the template of the part that htmx swaps in, or of the whole page."""
    return part if request.htmx and not request.htmx.history_restore_request else whole


def _narrowed(studio: int, form: ClientFilter) -> QuerySet[Client]:
    if not form.is_valid():
        return clients_of(studio).none()
    chosen = form.cleaned_data
    trainer = chosen["trainer"].pk if chosen["trainer"] else None
    clients = clients_of(studio, search=chosen["q"], trainer=trainer, archived=chosen["archived"])
    if chosen["state"]:
        clients = clients.filter(standing__in=standings_in(studio, chosen["state"], at=now()))
    return clients.select_related("standing")


def _rows(clients: Any, zone: str) -> list[dict[str, Any]]:
    at = now()
    return [_row(client, at, zone) for client in clients]


def _row(client: Client, at: datetime, zone: str) -> dict[str, Any]:
    standing = getattr(client, "standing", None)
    return {
        "url": reverse("client", args=[client.pk]),
        "name": client.name,
        "detail": f"Born {client.born.day} {client.born:%b %Y} · {client.trainer.user}",
        "state": plain("Archived") if client.archived_at else _state(standing, at, zone),
        "why": standing.sentence if standing and not client.archived_at else "",
    }


def _state(standing: Any, at: datetime, zone: str) -> State:
    # A client whose standing is not known yet is shown as shut: any doubt means shut.
    return state_of_standing(standing, at=at, zone=zone) if standing else state("blocked")


def _back() -> dict[str, str]:
    return {"url": reverse("clients"), "label": "Clients"}


def _put_away(client: Client) -> dict[str, str]:
    label, name = ("Bring back", "client_bring_back") if client.archived_at else ("Archive", "client_archive")
    return {"label": label, "url": reverse(name, args=[client.pk]), "method": "post"}
