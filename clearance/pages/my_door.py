"""The door of a client's personal link: the token, then the access code, then the own pages and nobody else's.

GET, HEAD and OPTIONS change nothing. Nothing of a client is shown before the code, and nothing after the link's end.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control

from clearance.people import client_links
from clearance.people.lock import now
from clearance.people.models import ClientLink

# A client checks in weekly on the own phone, and would put a code that is asked for every time beside the link. It is
# remembered in a signed cookie of its own and not in the session: a long session would keep whoever signs in later on
# the same browser, as staff, signed in for as long.
REMEMBERED = timedelta(days=30)
OPEN_FOR = timedelta(hours=1)
SALT = "clearance.my"
View = Callable[..., HttpResponse]


def of_link(view: View) -> View:
    """Let whoever holds a living link in; everybody else gets the page that says so, with nothing about a client."""

    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, token: str, **ids: int) -> HttpResponse:
        link = client_links.find(token)
        response = view(request, link, **ids) if link and _lives(request, link) else closed(request, link)
        patch_cache_control(response, no_store=True)
        response.headers["Referrer-Policy"] = "strict-origin"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return guarded


def _lives(request: HttpRequest, link: ClientLink) -> bool:
    return not client_links.ended_because(link, at=now()) and not _staff(request, link)


def _staff(request: Any, link: ClientLink) -> bool:
    """Whoever works for the studio tells nothing in the client's name. In the demo one person plays everybody."""
    studio = link.client.studio
    return not studio.demo and any(one.studio_id == studio.pk for one in request.memberships)


def closed(request: HttpRequest, link: ClientLink | None) -> HttpResponse:
    """The page of a link that leads nowhere, has ended, or is another person's."""
    if link is None:
        return render(request, "my/unknown.html", status=404)
    why = client_links.ended_because(link, at=now())
    context = {"why": why, "studio": link.client.studio, "staff": not why}
    return render(request, "my/ended.html", context, status=410 if why else 403)


def with_code(view: View) -> View:
    """Ask for the access code first."""

    @wraps(view)
    def guarded(request: HttpRequest, link: ClientLink, **ids: int) -> HttpResponse:
        return view(request, link, **ids) if is_open(request, link) else redirect(url_of("my", link))

    return guarded


def _key(link: ClientLink) -> str:
    return f"my-{link.pk}"


def is_open(request: HttpRequest, link: ClientLink) -> bool:
    """Say whether the code was entered on this device and is still remembered."""
    until = request.get_signed_cookie(_key(link), default="", salt=SALT) or ""
    return bool(until) and now() < datetime.fromisoformat(until)


def remember(response: HttpResponse, link: ClientLink, *, own_device: bool) -> None:
    """Remember on this device that the code was right, and never for longer than the link lives."""
    lasts = min(REMEMBERED if own_device else OPEN_FOR, link.expires_at - now())
    response.set_signed_cookie(
        _key(link), (now() + lasts).isoformat(), salt=SALT, max_age=lasts if own_device else None,
        path=reverse("my", args=["x"]).removesuffix("x/"), secure=settings.SESSION_COOKIE_SECURE, httponly=True,
        samesite="Lax",
    )  # fmt: skip


def forget(response: HttpResponse, link: ClientLink) -> None:
    """Forget the code on this device."""
    response.delete_cookie(_key(link), path=reverse("my", args=["x"]).removesuffix("x/"), samesite="Lax")


def url_of(name: str, link: ClientLink, *ids: int) -> str:
    """Return the address of one of the pages behind a link."""
    return reverse(name, args=[client_links.token_of(link), *ids])


def my_page(
    request: HttpRequest, template: str, link: ClientLink, *, status: int = 200, **context: Any
) -> HttpResponse:
    """Render a page behind a link, with every time as the studio's clocks show it."""
    home = url_of("my", link)
    frame = {
        "client": link.client, "studio": link.client.studio, "until": link.expires_at, "home_url": home,
        "leave_url": url_of("my_leave", link), "back": {"label": "Your page", "url": home},
    }  # fmt: skip
    with timezone.override(ZoneInfo(link.client.studio.time_zone)):
        return render(request, template, frame | context, status=status)
