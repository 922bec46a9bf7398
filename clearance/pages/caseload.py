"""The caseload of the whole studio: per trainer who is open, who is shut and why. Every number is a list."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from clearance.audit.queries import trail
from clearance.gate.queries import COUNTED, caseload
from clearance.gate.standings import of_studio
from clearance.pages.may import SignedIn, may
from clearance.pages.trail import REFUSED, lines
from clearance.people.lock import now
from clearance.people.queries import unverified_physicians
from clearance.people.roles import Permission

MOST = 10
ACTIVE = "active"
COLUMNS = {ACTIVE: "Active", "open": "Open", "ending_later": "Ending within 30 days", "shut": "Shut"}
REASONS = {
    "no_physician": "No physician",
    "unverified": "Physician unverified",
    "no_consent": "No consent",
    "to_ask": "To be asked",
    "waiting": "Waiting",
    "on_hold": "On hold",
    "not_cleared": "Not cleared",
    "withdrawn": "Withdrawn",
    "expired": "Expired",
    "not_yet": "Not yet",
}


@require_safe
@may(Permission.SEE_CASELOAD)
def show(request: SignedIn) -> HttpResponse:
    """Numbers per trainer, physicians to verify, and the latest refusals."""
    studio = request.membership.studio
    found = caseload(of_studio(studio.pk), at=now())
    unverified = list(unverified_physicians(studio.pk)[: MOST + 1])
    refused = list(trail(studio.pk, action=REFUSED)[:MOST])
    context = {
        "columns": list(COLUMNS.values()),
        "reasons": list(REASONS.values()),
        "rows": [_row(one["name"], one, one["trainer"]) for one in found],
        "totals": _row("All trainers", _totals(found), None),
        "unverified": [_unverified(one.pk, one.name, one.clinic) for one in unverified[:MOST]],
        "more_unverified": len(unverified) > MOST,
        "refusals": lines(refused, studio.pk),
        "zone": studio.time_zone,
        "actions": [{"label": "Chase board", "url": reverse("chase"), "method": "get"}],
    }
    return render(request, "caseload/show.html", context)


def _totals(found: list[dict[str, Any]]) -> dict[str, int]:
    return {name: sum(one[name] for one in found) for name in (ACTIVE, *COUNTED)}


def _row(name: str, numbers: dict[str, Any], trainer: int | None) -> dict[str, Any]:
    cells = [
        {"label": label, "number": numbers[state], "url": _list_url(trainer, state)}
        for state, label in (COLUMNS | REASONS).items()
    ]
    return {"name": name, "cells": cells}


def _list_url(trainer: int | None, state: str) -> str:
    wanted = {"trainer": trainer, "state": None if state == ACTIVE else state}
    query = urlencode({name: value for name, value in wanted.items() if value is not None})
    return f"{reverse('clients')}?{query}" if query else reverse("clients")


def _unverified(physician: int, name: str, clinic: str) -> dict[str, Any]:
    return {
        "title": name,
        "url": reverse("physician_record", args=[physician]),
        "state": None,
        "why": clinic,
        "step": {"label": "Verify", "url": reverse("physician_verify", args=[physician]), "method": "get"},
    }
