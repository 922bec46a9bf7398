"""The demo's outbox: the mails that Django's file backend kept instead of sending them. No demo, no page."""

from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from clearance.pages.may import SignedIn, View, may
from clearance.people.roles import Permission

MOST = 100
BETWEEN = b"\n" + b"-" * 79 + b"\n"


def demo_only(view: View) -> View:
    """Let nobody know of a page that only the demo has."""

    @wraps(view)
    def kept(request: SignedIn, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404("Only the demo keeps its mail.")
        return view(request, *args, **kwargs)

    return kept


@require_safe
@demo_only
@may(Permission.SEE_CLIENTS)
def index(request: SignedIn) -> HttpResponse:
    """The mails kept, newest first."""
    mails = [mail for path in _kept()[:MOST] for mail in _mails(path)]
    return render(request, "outbox/index.html", {"mails": mails[:MOST]})


@require_safe
@demo_only
@may(Permission.SEE_CLIENTS)
def show(request: SignedIn, name: str) -> HttpResponse:
    """One kept mail with its headers and text. Only a name from the list is opened."""
    path = next((one for one in _kept() if one.name == name), None)
    if path is None:
        raise Http404("No such mail.")
    back = {"url": reverse("outbox"), "label": "Outbox"}
    return render(request, "outbox/show.html", {"mails": _mails(path), "back": back})


def _kept() -> list[Path]:
    found = [path for path in Path(settings.OUTBOX).glob("*.log") if path.is_file() and not path.is_symlink()]
    return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)


def _mails(path: Path) -> list[dict[str, Any]]:
    """A file holds one mail, or several that one connection sent; the newest comes first."""
    parts = [part for part in path.read_bytes().split(BETWEEN) if part.strip()]
    return [_mail(path.name, message_from_bytes(part, EmailMessage, policy=default)) for part in reversed(parts)]


def _mail(name: str, message: EmailMessage) -> dict[str, Any]:
    return {
        "url": reverse("outbox_mail", args=[name]),
        "subject": str(message["Subject"] or "No subject"),
        "to": str(message["To"] or ""),
        "sender": str(message["From"] or ""),
        "at": _moment(message),
        "text": _text(message),
    }


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    raw = body.get_payload(decode=True) if body else b""
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""


def _moment(message: EmailMessage) -> datetime | None:
    header = message["Date"]
    return header.datetime if header else None
