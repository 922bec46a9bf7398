"""The studio's trail: who did what when, newest first; and every attempt that a shut gate refused."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from clearance.audit.models import Event
from clearance.audit.queries import trail
from clearance.pages.forms.trail import TrailForm
from clearance.pages.gate_banner import TITLES
from clearance.pages.may import SignedIn, may
from clearance.people.models import Studio
from clearance.people.queries import clients_found, named_clients, people_of
from clearance.people.roles import Permission

A_PAGE = 50
REFUSED = "gate.refused"


@require_safe
@may(Permission.SEE_TRAIL)
def show(request: SignedIn) -> HttpResponse:
    """Every line, filtered by client, person and kind of action."""
    return _page(request, "trail/show.html", "")


@require_safe
@may(Permission.SEE_TRAIL)
def refusals(request: SignedIn) -> HttpResponse:
    """Every refused attempt: who wanted what for whom, and why not."""
    return _page(request, "trail/refusals.html", REFUSED)


def lines(events: Iterable[Event], studio: int) -> list[dict[str, Any]]:
    """Return events as the templates show them, with the client's present name."""
    found = list(events)
    names = named_clients(studio, {one.client for one in found if one.client})
    return [
        {"event": one, "client": names.get(one.client or 0, ""), "reasons": _reasons(one), "to": one.detail.get("to")}
        for one in found
    ]


def _reasons(event: Event) -> list[str]:
    return [TITLES[code] for code in event.detail.get("reasons", []) if code in TITLES]


def _page(request: SignedIn, template: str, action: str) -> HttpResponse:
    studio = request.membership.studio
    form = TrailForm(request.GET, people=people_of(studio.pk), one_kind=bool(action))
    wanted = form.cleaned_data if form.is_valid() else {}
    events, older, newer = _cut(_wanted(studio, wanted, action), wanted.get("before"), wanted.get("after"))
    context = {
        "form": form,
        "filtered": form.filtered,
        "only": _name_of(studio, wanted.get("client")),
        "events": lines(events, studio.pk),
        "older_url": _url(request, before=older) if older else "",
        "newer_url": _url(request, after=newer) if newer else "",
        "zone": studio.time_zone,
        "back": {"url": reverse("studio"), "label": "Studio"},
    }
    return render(request, template, context, status=200 if form.is_valid() else 422)


def _name_of(studio: Studio, client: int | None) -> str:
    return named_clients(studio.pk, [client]).get(client, "") if client else ""


def _wanted(studio: Studio, wanted: dict[str, Any], action: str) -> QuerySet[Event]:
    events = trail(
        studio.pk, client=wanted.get("client"), actor=wanted.get("person"), action=action or wanted.get("kind", "")
    )
    return events.filter(client__in=clients_found(studio.pk, wanted["q"])) if wanted.get("q") else events


def _cut(events: QuerySet[Event], before: int | None, after: int | None) -> tuple[list[Event], int, int]:
    """Return a page of events and the numbers from which older and newer ones go on, 0 where there are none."""
    if after is not None:
        found = list(events.filter(number__gt=after).order_by("number")[: A_PAGE + 1])
        page = found[:A_PAGE][::-1]
        return page, page[-1].number if page else 0, page[0].number if len(found) > A_PAGE else 0
    found = list(events.filter(number__lt=before)[: A_PAGE + 1] if before is not None else events[: A_PAGE + 1])
    page = found[:A_PAGE]
    more = page[-1].number if len(found) > A_PAGE else 0
    return page, more, page[0].number if page and before is not None else 0


def _url(request: SignedIn, **place: int) -> str:
    kept = {name: value for name, value in request.GET.items() if value and name not in ("before", "after")}
    return f"{request.path}?{urlencode(kept | place)}"
