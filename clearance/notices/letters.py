"""The words of a message, made while sending. The same delivery always gives the same message."""

import re
from email.utils import format_datetime, formataddr, parseaddr
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.crypto import salted_hmac

from clearance.checkins.tiers import STOPS
from clearance.decisions import links
from clearance.notices.models import Delivery
from clearance.notices.queries import living_link
from clearance.notices.routes import SUBJECTS, WHY, Kind
from clearance.notices.shut import codes_of
from clearance.people import client_links
from clearance.people.models import ClientLink, Studio, User
from clearance.people.refused import Refused

BLANK_LINES = re.compile(r"\n{3,}")
OF_REQUEST = (Kind.OPENED, Kind.BOUNCED, Kind.LOCKED, Kind.REJECTED)


def message_of(delivery: Delivery) -> EmailMessage:
    """Return the message of a delivery. Raises Refused when a link's token cannot be made any more."""
    kind = Kind(delivery.kind)
    words = _words(delivery)
    return _message(
        delivery.studio, delivery.address, SUBJECTS[kind], f"mail/{kind.lower()}.txt",
        {"Message-ID": _message_id(delivery), "Date": format_datetime(delivery.due_at)}, **words,
    )  # fmt: skip


def _words(delivery: Delivery) -> dict[str, Any]:
    if delivery.user:
        return _for_staff(delivery, delivery.user)
    return _for_client(delivery.link, delivery.studio) if delivery.link else _for_physician(delivery)


def test_message(studio: Studio, user: User) -> EmailMessage:
    """Return a message by which a manager sees that mail arrives."""
    words = {"name": one_line(user.name), "link": _absolute("studio_mail")}
    return _message(studio, user.email, "A test of the studio's mail", "mail/test.txt", {}, **words)


def one_line(text: str) -> str:
    """Return text as one line of printable characters: what somebody typed adds no header and no paragraph."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _message(
    studio: Studio, address: str, subject: str, template: str, headers: dict[str, str], **words: Any
) -> EmailMessage:
    frame = {"studio": one_line(studio.name), "phone": studio.phone_words}
    sender = formataddr((frame["studio"], parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))
    body = BLANK_LINES.sub("\n\n", render_to_string(template, frame | words)).strip() + "\n"
    return EmailMessage(subject, body, sender, [address], headers={"Auto-Submitted": "auto-generated"} | headers)


def _message_id(delivery: Delivery) -> str:
    made = salted_hmac("clearance.notice", f"{delivery.pk} {delivery.key} {delivery.address}", algorithm="sha256")
    return f"<{made.hexdigest()[:40]}@{urlsplit(settings.SITE_URL).hostname}>"


def _for_physician(delivery: Delivery) -> dict[str, Any]:
    request = delivery.request
    if request is None:
        raise Refused("There is no question to send.")
    words = {"name": one_line(request.physician.name), "trainer": one_line(request.by.name)}
    link = living_link(request, at=delivery.at)
    if link is None:
        return words | {"account": True, "link": _absolute("physician")}
    until = link.expires_at.astimezone(ZoneInfo(delivery.studio.time_zone))
    return words | {"link": _absolute("answer", links.token_of(link)), "until": until}


def _for_client(link: ClientLink, studio: Studio) -> dict[str, Any]:
    """Even the client's own name stays out: others may read a phone's screen."""
    until = link.expires_at.astimezone(ZoneInfo(studio.time_zone))
    return {"by": one_line(link.by.name), "link": _absolute("my", client_links.token_of(link)), "until": until}


def _for_staff(delivery: Delivery, user: User) -> dict[str, Any]:
    decision, client = delivery.decision, delivery.client
    codes = codes_of([client], at=delivery.at)[client] if delivery.kind == Kind.SHUT and client else []
    return {
        "name": one_line(user.name),
        "link": _page(delivery),
        "reasons": list(dict.fromkeys(WHY[code] for code in codes)),
        "last_day": decision.valid_until if decision else None,
        "stops": delivery.flag is not None and delivery.flag.tier in STOPS,
    }


def _page(delivery: Delivery) -> str:
    """The page that shows what a message does not say; it asks for a sign-in."""
    kind, client = Kind(delivery.kind), delivery.client
    if kind == Kind.VERIFY:
        return _absolute("physician_record", delivery.physician_id)
    if kind == Kind.REFUSED or client is None:
        return _absolute("refusals" if kind == Kind.REFUSED else "today")
    if kind == Kind.GUESSED:
        return _absolute("client_link", client)
    if kind in OF_REQUEST and delivery.request_id:
        return _absolute("request", client, delivery.request_id)
    if kind in (Kind.ANSWERED, Kind.CONFIRM) and delivery.decision_id:
        return _absolute("paper_check" if kind == Kind.CONFIRM else "decision", client, delivery.decision_id)
    return _absolute("client", client)


def _absolute(name: str, *ids: Any) -> str:
    return settings.SITE_URL + reverse(name, args=ids)
