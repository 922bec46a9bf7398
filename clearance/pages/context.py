"""What base.html shows on every page."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from clearance.pages.may import has
from clearance.people.roles import Permission

NAV = (
    ("Today", "today", "calendar-check", Permission.SEE_CLIENTS),
    ("Clients", "clients", "users", Permission.SEE_CLIENTS),
    ("Physicians", "physicians", "stethoscope", Permission.SEE_CLIENTS),
    ("Caseload", "caseload", "layout-list", Permission.SEE_CASELOAD),
    ("Studio", "studio", "building-2", Permission.RUN_STUDIO),
)


def frame(request: Any) -> dict[str, Any]:
    """Return navigation, search, studios and links of the signed-in person; nothing for anybody else."""
    if not getattr(request, "user", None) or not request.user.is_authenticated or not hasattr(request, "membership"):
        return {"demo": settings.DEMO, "nav": [], "search_url": "", "logout_url": "", "studios": []}
    staff = request.membership is not None
    return {
        "demo": settings.DEMO,
        "outbox_url": reverse("outbox") if settings.DEMO and staff else "",
        "nav": _nav(request),
        "search_url": reverse("client_search") if staff else "",
        "studios": [
            {"id": one.studio_id, "name": one.studio.name, "current": one.pk == request.membership.pk}
            for one in request.memberships
        ],
        "switch_url": reverse("switch_studio"),
        "account_url": reverse("account_change_password"),
        "logout_url": reverse("account_logout"),
    }


def _nav(request: Any) -> list[dict[str, Any]]:
    found = [item for *item, permission in NAV if has(request, permission)]
    if request.is_physician:
        found.append(["Patients", "physician", "clipboard-pen"])
    links = [(label, reverse(name), icon) for label, name, icon in found]
    return [
        {"url": url, "label": label, "icon": icon, "current": _current(request.path, url)} for label, url, icon in links
    ]


def _current(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
