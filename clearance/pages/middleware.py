"""Around every page: whose studio it is, and how refusals are answered."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from clearance.gate.guard import GateShut
from clearance.pages.gate_banner import banner
from clearance.people.access import memberships_of, works_as_physician
from clearance.people.models import Membership
from clearance.people.refused import Refused

Handler = Callable[[HttpRequest], HttpResponse]


def refuse_nul_bytes(get_response: Handler) -> Handler:
    """Answer 400 to an address with a NUL byte: PostgreSQL takes none. Forms say so beside the field themselves,
    and the address of a link with one is a link that leads nowhere, like any other."""

    def middleware(request: HttpRequest) -> HttpResponse:
        token = request.path.startswith(("/answer/", "/my/"))
        asked = any("\x00" in f"{name}{value}" for name, value in request.GET.items())
        if asked or ("\x00" in request.path and not token):
            return render(request, "400.html", status=400)
        return get_response(request)

    return middleware


def who_is_it(get_response: Handler) -> Handler:
    """Set `request.memberships` and `request.membership`: the studio chosen last, or the first. Shows its clock."""

    def middleware(request: Any) -> HttpResponse:
        request.memberships = list(memberships_of(request.user)) if request.user.is_authenticated else []
        request.membership = _chosen(request.memberships, request.session.get("studio"))
        request.is_physician = request.user.is_authenticated and works_as_physician(request.user)
        with timezone.override(request.membership.studio.time_zone if request.membership else "UTC"):
            response = get_response(request)
        if request.user.is_authenticated:
            # A plan that a browser kept must not be there again after the gate has shut.
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def _chosen(memberships: list[Membership], studio: int | None) -> Membership | None:
    chosen = [one for one in memberships if one.studio_id == studio]
    return next(iter(chosen or memberships), None)


class AnswerRefusals:
    """Answer a shut gate and a refused write with 409 and the page that says why; nothing is lost by going back."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or response.content:
            return response
        page = render(request, "405.html", status=405)
        page.headers["Allow"] = response.headers.get("Allow", "")
        return page

    def process_exception(self, request: Any, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, GateShut):
            gate = banner(request, exception.client, exception.verdict)
            return render(request, "programs/shut.html", {"client": exception.client, "gate": gate}, status=409)
        if isinstance(exception, Refused):
            return render(request, "refused.html", {"sentence": exception.sentence}, status=409)
        return None
