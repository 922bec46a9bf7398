"""Read people."""

import re
from datetime import date

from django.contrib.postgres.search import SearchQuery
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from clearance.people.identity import same_mailbox
from clearance.people.models import (
    CareTeamMember,
    Client,
    Consent,
    Membership,
    Physician,
    Policy,
    Studio,
    User,
    Verification,
)

WORD = re.compile(r"[^\W_]+")


def search_words(*texts: str) -> str:
    """Return the words under which a record is found: words as they stand, and the ends of phone numbers."""
    words = [word.casefold() for text in texts for word in WORD.findall(text)]
    digits = ["".join(filter(str.isdigit, text)) for text in texts if text.startswith("+")]
    return " ".join(words + [number[start:] for number in digits for start in range(max(0, len(number) - 3))])


def clients_of(studio: int, *, search: str = "", trainer: int | None = None, archived: bool = False) -> QuerySet[Client]:
    """Return a studio's clients by name; `search` matches the beginnings of words in name, e-mail and phone."""
    clients = Client.objects.filter(studio=studio, archived_at__isnull=not archived)
    if trainer is not None:
        clients = clients.filter(trainer=trainer)
    words = [word.casefold() for word in WORD.findall(search)][:8]
    if words:
        phrase = " & ".join(f"'{word}':*" for word in words)
        clients = clients.filter(search=SearchQuery(phrase, search_type="raw", config="simple"))
    elif search.strip():
        return clients.none()
    return clients.select_related("trainer__user").order_by("name", "id")


def supervising(client: int) -> CareTeamMember | None:
    """Return the client's supervising physician now."""
    return (
        CareTeamMember.objects.select_related("physician")
        .filter(client=client, kind=CareTeamMember.Kind.SUPERVISING, until=None)
        .first()
    )


def care_team(client: int) -> QuerySet[CareTeamMember]:
    """Return everybody who is or was on the client's care team, present ones first."""
    return (
        CareTeamMember.objects.select_related("physician", "by")
        .filter(client=client)
        .order_by("until", "-since", "id")
    )


def consents_of(client: int) -> QuerySet[Consent]:
    """Return the client's consents, newest first."""
    return Consent.objects.select_related("physician", "by").filter(client=client).order_by("-since", "-id")


def consent_in_force(client: int, physician: int, *, on: date) -> Consent | None:
    """Return the consent that lets the studio share this client with this physician on a day."""
    return Consent.objects.filter(
        client=client, physician=physician, until=None, first_day__lte=on, last_day__gte=on
    ).first()


def address_book(studio: int, *, search: str = "") -> QuerySet[Physician]:
    """Return a studio's physicians by name, each with `verified`."""
    current = Verification.objects.filter(physician=OuterRef("pk"), until=None)
    physicians = Physician.objects.filter(studio=studio).annotate(verified=Exists(current))
    if search:
        physicians = physicians.filter(Q(name__icontains=search) | Q(clinic__icontains=search))
    return physicians.order_by("name", "id")


def verification_of(physician: int) -> Verification | None:
    """Return the verification in force, or None."""
    return Verification.objects.select_related("by").filter(physician=physician, until=None).first()


def past_verifications(physician: int) -> QuerySet[Verification]:
    """Return the verifications that were dropped, newest first."""
    return Verification.objects.select_related("by").filter(physician=physician).exclude(until=None).order_by("-since")


def policy_of(studio: int) -> Policy:
    """Return the studio's policy in force."""
    return Policy.objects.get(studio=studio, until=None)


def staff_of(studio: int) -> QuerySet[Membership]:
    """Return a studio's members, active ones first, each with the number of `active_clients`."""
    count = Count("clients", filter=Q(clients__archived_at=None))
    return (
        Membership.objects.filter(studio=studio)
        .select_related("user")
        .annotate(active_clients=count)
        .order_by("-active", "user__name", "id")
    )


def trainers_of(studio: int) -> QuerySet[Membership]:
    """Return the active members of a studio: any of them can be a client's trainer."""
    return Membership.objects.filter(studio=studio, active=True).select_related("user").order_by("user__name", "id")


def mailbox_conflict(studio: Studio, email: str, *, physician: Physician | None = None) -> str:
    """Say why an address cannot be a physician's in this studio, or return an empty string."""
    mailbox = same_mailbox(email)
    if not mailbox:
        return ""
    if User.objects.filter(mailbox=mailbox, memberships__studio=studio).exists():
        return "This address belongs to somebody who works here. A physician answers from an address of their own."
    if Client.objects.filter(studio=studio, mailbox=mailbox).exists():
        return "This address belongs to a client of this studio. A physician answers from an address of their own."
    others = Physician.objects.filter(studio=studio, mailbox=mailbox).exclude(pk=physician.pk if physician else None)
    return "Another physician in the address book has this address." if others.exists() else ""


def is_physicians_mailbox(studio: Studio, email: str) -> bool:
    """Say whether an address is in the studio's address book of physicians."""
    mailbox = same_mailbox(email)
    return bool(mailbox) and Physician.objects.filter(studio=studio, mailbox=mailbox).exists()
