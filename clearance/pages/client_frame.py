"""What every page of a client shows around its own content: header, gate banner, tabs."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from clearance.pages.gate_banner import banner_now
from clearance.people.lock import now
from clearance.people.models import Client, Studio
from clearance.people.queries import supervising

TABS = (("Overview", "client"), ("Trend", "trend"), ("Care team", "care_team"), ("Programs", "programs"))


def today(studio: Studio) -> date:
    """Return today in a studio."""
    return now().astimezone(ZoneInfo(studio.time_zone)).date()


def age(born: date, on: date) -> int:
    """Return whole years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def client_page(
    request: HttpRequest, template: str, client: Client, *, tab: str = "", status: int = 200, **context: Any
) -> HttpResponse:
    """Render a page of a client inside its frame. `tab` is the URL name of the current tab.

    Templates get `client` (the record), `header` (for components/client_header.html), `gate`, `tabs` and `client_url`.
    """
    gate = context.pop("gate", None) or banner_now(request, client)
    member = supervising(client.pk)
    header = {
        "name": client.name,
        "age": age(client.born, today(client.studio)),
        "trainer": client.trainer.user.name,
        "physician": member.physician.name if member else "",
    }
    tabs = [{"label": label, "url": reverse(name, args=[client.pk]), "current": name == tab} for label, name in TABS]
    frame = {
        "client": client, "header": header, "gate": gate, "tabs": tabs,
        "client_url": reverse("client", args=[client.pk]),
        "back": {"label": client.name, "url": reverse("client", args=[client.pk])},
    }  # fmt: skip
    return render(request, template, frame | context, status=status)
