"""A client's trend: charts with the figures beside them, and the one-page report that a physician reads."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from clearance.checkins.models import Readiness
from clearance.checkins.queries import readiness_of
from clearance.checkins.scales import DEDICATION, HEALTH, effort_word
from clearance.decisions.answers import holds_with_answers
from clearance.exchange.report import report_of
from clearance.exchange.report_pdf import report_pdf
from clearance.exchange.trends import trends_of
from clearance.pages.client_frame import client_page, today
from clearance.pages.may import SignedIn, may
from clearance.people import access
from clearance.people.models import Client, Physician
from clearance.people.queries import consents_of, supervising
from clearance.people.refused import Refused
from clearance.people.roles import Permission

RANGES = {"3": ("3 months", 92), "12": ("12 months", 366), "all": ("All", None)}
USUAL = "12"
MOST_READINESS = 12


@require_safe
@may(Permission.SEE_CLIENTS)
def show(request: SignedIn, client_id: int) -> HttpResponse:
    """Read how pain, strength and effort went, with what happened meanwhile."""
    client = access.client_for(request.membership, client_id)
    on, wish = today(client.studio), request.GET.get("months", "")
    chosen = wish if wish in RANGES else USUAL
    length = RANGES[chosen][1]
    trends = trends_of(
        client, holds=holds_with_answers(client.pk), since=on - timedelta(days=length) if length else None
    )
    return client_page(
        request, "trend/show.html", client, tab="check_ins", trends=trends, ranges=_ranges(client, chosen),
        readiness=[_readiness(one) for one in readiness_of(client.pk)[:MOST_READINESS]],
        readers=_readers(client, on), consent_url=reverse("care_team", args=[client.pk]),
    )  # fmt: skip


def _ranges(client: Client, chosen: str) -> list[dict[str, Any]]:
    url = reverse("trend", args=[client.pk])
    return [
        {"label": label, "url": f"{url}?{urlencode({'months': slug})}", "current": slug == chosen}
        for slug, (label, _) in RANGES.items()
    ]


def _readiness(one: Readiness) -> dict[str, Any]:
    return {
        "on": one.on, "by": one.by, "note": one.note, "pain": one.pain_threshold,
        "health": f"{one.health} {HEALTH[one.health].partition(':')[0]}",
        "dedication": f"{one.dedication} {DEDICATION[one.dedication].partition(':')[0]}",
        "exertion": f"{one.exertion} {effort_word(one.exertion)}",
    }  # fmt: skip


def _readers(client: Client, on: date) -> list[dict[str, Any]]:
    """The physicians to whom the report may be sent: those with whom the client consents to share."""
    url = reverse("report", args=[client.pk])
    given = [one for one in consents_of(client.pk) if one.until is None and one.first_day <= on <= one.last_day]
    return [{"physician": one.physician, "url": f"{url}?physician={one.physician_id}"} for one in given]


@require_safe
@may(Permission.SEE_CLIENTS)
def report(request: SignedIn, client_id: int) -> HttpResponse:
    """The report for one physician, as a file to send."""
    client = access.client_for(request.membership, client_id)
    physician = _reader(request, client)
    page = report_pdf(report_of(client, physician, by=request.user, on=today(client.studio)))
    answer = HttpResponse(page, content_type="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="report.pdf"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _reader(request: SignedIn, client: Client) -> Physician:
    """The physician in the address, or the one who supervises the client."""
    wish = request.GET.get("physician", "")
    if wish:
        if not (wish.isascii() and wish.isdecimal() and len(wish) < 10):
            raise Http404("No such physician here.")
        return access.physician_for(request.membership, int(wish))
    member = supervising(client.pk)
    if member is None:
        raise Refused(f"Nobody supervises {client} yet. Name a physician first, and record the client's consent.")
    return member.physician
